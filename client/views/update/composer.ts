import type { Severity } from '#shared/contract/identifiers.ts';
import type { ReaderState } from '#shared/contract/readerStates.ts';
import type { Template } from '#shared/contract/settings.ts';
import { updateWordFields } from '#shared/contract/updates.ts';
import type { UpdateBody, UpdateWords } from '#shared/contract/updates.ts';
import type { Locale } from '#shared/contract/wire.ts';
import type { DraftWords } from '../../document/draft.ts';

/** What the composer holds besides the words. */
export interface Chosen {
  state: string;
  /** The language of those who get no translation. */
  locale: Locale;
  /** Milliseconds since 1970; null for no promise. */
  nextUpdateAt: number | null;
  corrects: number | null;
  /** Exactly these audiences; null for all that the incident has. */
  audiences: readonly string[] | null;
}

/** The draft's choice of audiences that this one update does not go to: their ids, with commas between. */
export const WITHOUT = 'without';

/** The audiences left out by the draft, read from its choices. */
export function leftOut(choices: Readonly<Record<string, unknown>>): ReadonlySet<string> {
  const { [WITHOUT]: text } = choices;
  return new Set(typeof text === 'string' ? text.split(',').filter((id) => id !== '') : []);
}

/** Of the audiences an incident has, those that this update goes to; null for all of them. */
export function pickedAudiences(
  reached: readonly string[],
  without: ReadonlySet<string>,
): readonly string[] | null {
  const picked = reached.filter((id) => !without.has(id));
  return picked.length === reached.length ? null : picked;
}

/** The words of one language that say something; null without what happened. */
function saidIn(words: DraftWords): UpdateWords | null {
  const said = Object.fromEntries(
    updateWordFields.flatMap((part) => (words[part].trim() === '' ? [] : [[part, words[part].trim()]])),
  );
  return 'text' in said ? (said as UpdateWords) : null;
}

/** The update as it would be sent; null while nothing is said in any language. */
export function updateBodyOf(words: Record<Locale, DraftWords>, chosen: Chosen): UpdateBody | null {
  const other: Locale = chosen.locale === 'en' ? 'ko' : 'en';
  const [first, second] = [saidIn(words[chosen.locale]), saidIn(words[other])];
  const main = first ?? second;
  if (main === null) return null;
  const translated = first !== null && second !== null ? { translations: { [other]: second } } : {};
  return {
    state: chosen.state,
    ...main,
    locale: first === null ? other : chosen.locale,
    ...translated,
    ...(chosen.nextUpdateAt === null ? {} : { nextUpdateAt: new Date(chosen.nextUpdateAt).toISOString() }),
    ...(chosen.corrects === null ? {} : { corrects: chosen.corrects }),
    ...(chosen.audiences === null ? {} : { audiences: [...chosen.audiences] }),
  };
}

export type Required = Template['required'][number] | 'text';

/** What has to be there before it is sent and is not, in the order of the form. */
export function missingParts(
  body: UpdateBody | null,
  required: readonly Template['required'][number][],
): Required[] {
  const isThere = (part: Required): boolean => body?.[part] !== undefined;
  const order: readonly Required[] = [...updateWordFields, 'nextUpdateAt'];
  return order.filter((part) => (part === 'text' || required.includes(part)) && !isThere(part));
}

/** Templates for a state and severity in a language, the most particular first. */
export function templatesFor<T extends { body: Template }>(
  templates: readonly T[],
  { state, severity, locale }: { state: ReaderState; severity: Severity; locale: Locale },
): T[] {
  const particular = ({ body }: T): number =>
    (body.state === null ? 0 : 2) + (body.severity === null ? 0 : 1);
  return templates
    .filter(
      ({ body }) =>
        body.locale === locale &&
        (body.state === null || body.state === state) &&
        (body.severity === null || body.severity === severity),
    )
    .toSorted(
      (one, other) => particular(other) - particular(one) || one.body.name.localeCompare(other.body.name),
    );
}

/** What `{{variables}}` of templates stand for. */
export type TemplateValues = Readonly<Record<(typeof templateVariables)[number], string>>;
export const templateVariables = ['title', 'number', 'services', 'since', 'time', 'next', 'impact'] as const;

/** The fields of a template with its variables filled in; an unknown one stays, so that it is seen. */
export function filledTemplate(fields: Template['fields'], values: TemplateValues): Partial<DraftWords> {
  const known = new Map<string, string>(Object.entries(values));
  const fill = (text: string): string =>
    text.replace(/\{\{\s*(\w+)\s*\}\}/g, (whole, name: string) => known.get(name) ?? whole);
  return Object.fromEntries(Object.entries(fields).map(([part, text]) => [part, fill(text)]));
}
