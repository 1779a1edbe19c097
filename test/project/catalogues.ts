/** A flat message catalogue: "room.title" -> "Room". */
export type Catalogue = ReadonlyMap<string, string>;

/** A Korean particle right after a value: which form is right depends on the value, so the sentence has to avoid it. */
const PARTICLE_AFTER_VALUE = /\}\}(을|를|이|가|은|는|과|와|으로|로)(?!\p{L})/u;
const PLACEHOLDER = /\{\{-?\s*([\w.]+)[^}]*\}\}/g;
const PLURAL = /_(zero|one|two|few|many|other)$/;

/** What reads the same in both languages on purpose. */
const SAME_IN_BOTH = new Set([
  'warroom',
  'English',
  '한국어',
  'UTC',
  'OK',
  'Markdown',
  'SEV1',
  'SEV2',
  'SEV3',
  'SEV4',
  'INC-',
]);

/** Reads nested or flat JSON into one level. Throws on a value that is neither text nor a group of texts. */
export function flatten(value: unknown, prefix = ''): Catalogue {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError(`${prefix || 'The catalogue'} is not a group of messages.`);
  }
  return new Map(
    Object.entries(value).flatMap(([key, inner]: [string, unknown]): [string, string][] => {
      const path = prefix === '' ? key : `${prefix}.${key}`;
      return typeof inner === 'string' ? [[path, inner]] : [...flatten(inner, path)];
    }),
  );
}

/** Every complaint about a pair of catalogues; empty when Korean says all that English says. */
export function complaintsAbout(english: Catalogue, korean: Catalogue): string[] {
  return [
    ...differentKeys(english, korean),
    ...[...english].flatMap(([key, text]) => (text.trim() === '' ? [`en ${key} is empty.`] : [])),
    ...[...korean].flatMap(([key, text]) => complaintsAboutKorean(key, text, englishFor(english, key))),
  ];
}

/** English needs two plural forms and Korean one, so keys are compared by what they are forms of. */
function differentKeys(english: Catalogue, korean: Catalogue): string[] {
  const [inEnglish, inKorean] = [bases(english), bases(korean)];
  return [
    ...[...inEnglish].filter((base) => !inKorean.has(base)).map((base) => `ko lacks ${base}.`),
    ...[...inKorean].filter((base) => !inEnglish.has(base)).map((base) => `en lacks ${base}.`),
    ...missingForms('en', english, ['one', 'other']),
    ...missingForms('ko', korean, ['other']),
  ];
}

function bases(catalogue: Catalogue): Set<string> {
  return new Set([...catalogue.keys()].map((key) => key.replace(PLURAL, '')));
}

function missingForms(language: string, catalogue: Catalogue, forms: readonly string[]): string[] {
  const plural = new Set(
    [...catalogue.keys()].filter((key) => PLURAL.test(key)).map((key) => key.replace(PLURAL, '')),
  );
  return [...plural].flatMap((base) =>
    forms
      .filter((form) => !catalogue.has(`${base}_${form}`))
      .map((form) => `${language} lacks the plural form ${base}_${form}.`),
  );
}

function englishFor(english: Catalogue, key: string): string | undefined {
  return english.get(key) ?? english.get(`${key.replace(PLURAL, '')}_other`);
}

function complaintsAboutKorean(key: string, text: string, english: string | undefined): string[] {
  const complaints: string[] = [];
  if (text.trim() === '') complaints.push(`ko ${key} is empty.`);
  if (PARTICLE_AFTER_VALUE.test(text))
    complaints.push(`ko ${key} has a particle right after a value: ${text}`);
  if (english === undefined) return complaints;
  const [have, want] = [placeholders(text), placeholders(english)];
  if (have !== want) complaints.push(`ko ${key} has the values [${have}] where en has [${want}].`);
  if (text === english && isProse(text)) complaints.push(`ko ${key} is not translated: ${text}`);
  return complaints;
}

function placeholders(text: string): string {
  return [...new Set([...text.matchAll(PLACEHOLDER)].map((match) => match[1] ?? ''))].toSorted().join(', ');
}

/** Has the text words to translate, once values, markup and the names common to both are taken out? */
function isProse(text: string): boolean {
  const bare = text
    .replace(PLACEHOLDER, '')
    .replace(/<[^>]*>/g, '')
    .trim();
  return /\p{L}/u.test(bare) && !SAME_IN_BOTH.has(bare);
}
