import { asKnown } from '#shared/contract/entries.ts';
import type { Entry } from '#shared/contract/entries.ts';
import type { UpdateWords } from '#shared/contract/updates.ts';
import { updateWordFields } from '#shared/contract/updates.ts';
import type { Quoted } from '../room/roomDialogs.ts';

/** The words of an update that is to be corrected; null for what is no update, or is hidden. */
export function quotedOf(entry: Entry): Quoted | null {
  const known = entry.redacted ? null : asKnown(entry);
  if (known?.type !== 'update.sent') return null;
  const { number, locale = 'en', translations } = known.body;
  return { number, words: { ...translations, [locale]: wordsOf(known.body) } };
}

function wordsOf(body: UpdateWords): UpdateWords {
  const said = updateWordFields.flatMap((part) => (body[part] === undefined ? [] : [[part, body[part]]]));
  return Object.fromEntries(said) as UpdateWords;
}
