/** A name that stands in a text, from one place to another (UTF-16 units). */
export interface NameFound {
  from: number;
  to: number;
  /** The whole name of the person. */
  name: string;
}

/** Words of names that are more often something else; a person's whole name is found all the same. */
const commonWords: ReadonlySet<string> = new Set(
  (
    'admin administrator agent alert bot call commander deputy desk engineer group guest help incident lead manager ' +
    'office on ops operations person responder support system team test user'
  ).split(' '),
);

interface Form {
  name: string;
  pattern: RegExp;
}

/**
 * Where a text names people: by their whole name, or by a part of it that is at least three letters (two in Hangul). Names
 * in Hangul may have a particle or a form of address behind them. Never overlapping, in the order of the text.
 */
export function namesIn(text: string, names: readonly string[]): NameFound[] {
  const found = formsOf(names).flatMap(({ name, pattern }) =>
    [...text.matchAll(pattern)].map((match) => ({
      from: match.index,
      to: match.index + match[0].length,
      name,
    })),
  );
  const longestFirst = found.toSorted((a, b) => a.from - b.from || b.to - a.to);
  const kept: NameFound[] = [];
  for (const each of longestFirst) if (each.from >= (kept.at(-1)?.to ?? 0)) kept.push(each);
  return kept;
}

/** The text with each name replaced; `insteadOf` is asked with a person's whole name. */
export function withoutNames(
  text: string,
  names: readonly string[],
  insteadOf: (name: string) => string,
): string {
  let [said, end] = ['', 0];
  for (const { from, to, name } of namesIn(text, names)) {
    said += text.slice(end, from) + insteadOf(name);
    end = to;
  }
  return said + text.slice(end);
}

function formsOf(names: readonly string[]): Form[] {
  return [...new Set(names)].flatMap((name) => {
    const whole = name.trim().normalize('NFC');
    if (whole.length < 2) return [];
    return [
      { name, pattern: patternOf(whole, 'giu') },
      ...partsOf(whole).map((part) => partForm(name, part)),
    ];
  });
}

function partForm(name: string, part: string): Form {
  return { name, pattern: patternOf(part, 'gu', isHangul(part)) };
}

/** Parts that may stand for the person; of a Korean name written in one word the given name. */
function partsOf(name: string): string[] {
  const words = name.split(/\s+/u);
  if (words.length === 1) return /^[가-힣]{3,4}$/u.test(name) ? [name.slice(-2)] : [];
  return words.filter(
    (word) => word.length >= (isHangul(word) ? 2 : 3) && !commonWords.has(word.toLocaleLowerCase('en')),
  );
}

/** What may stand right behind a Korean given name and leave it one: address and particles. */
const AFTER_GIVEN =
  '(?=$|[^\\p{L}\\p{N}]|님|씨|이(?:가|는|를|의|도|에게|한테|랑)?(?![가-힣])|가(?![가-힣])|은(?![가-힣])|는(?![가-힣])|을(?![가-힣])|를(?![가-힣])|의(?![가-힣])|도(?![가-힣])|에게|한테|과(?![가-힣])|와(?![가-힣]))';

function patternOf(word: string, flags: string, isGivenInHangul = false): RegExp {
  const escaped = word.split(/\s+/u).map(escapePattern).join('\\s+');
  const last = word.at(-1) ?? '';
  // Behind letters of other scripts Korean particles follow without a blank.
  const behind = isGivenInHangul
    ? AFTER_GIVEN
    : isHangul(last)
      ? ''
      : '(?![\\p{Script=Latin}\\p{Script=Cyrillic}\\p{Script=Greek}\\p{N}_])';
  return new RegExp(`@?(?<![\\p{L}\\p{N}_])${escaped}${behind}`, flags);
}

function isHangul(text: string): boolean {
  return /^[가-힣\s]+$/u.test(text);
}

function escapePattern(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, (sign) => `\\${sign}`);
}
