/** Characters that leave nothing to read: spaces, controls, zero-width and bidi marks, Hangul fillers, blank Braille. */
const UNSEEN = /[\s\p{Default_Ignorable_Code_Point}\p{Cc}\u2800]/gu;

/** Marks that reorder or hide text; in a title they let one name pass for another. */
const DECEIVING = /[\u200B\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/gu;

/** Letters of the scripts that are written with joiners. */
const JOINING =
  '[\\p{M}\\p{sc=Arabic}\\p{sc=Syriac}\\p{sc=Mongolian}\\p{sc=Devanagari}\\p{sc=Bengali}\\p{sc=Gurmukhi}\\p{sc=Gujarati}\\p{sc=Oriya}\\p{sc=Tamil}\\p{sc=Telugu}\\p{sc=Kannada}\\p{sc=Malayalam}\\p{sc=Sinhala}\\p{sc=Khmer}\\p{sc=Myanmar}]';
const PICTURE = '[\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\uFE0F]';

/** Joiners that stand where no reader would see them: not inside a picture, nor in a script that needs them. */
const STRAY_JOINER = new RegExp(
  `(?<!${PICTURE}(?=\\u200D${PICTURE})|${JOINING}(?=[\\u200C\\u200D]${JOINING}))[\\u200C\\u200D]`,
  'gu',
);

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** True when a reader would see nothing. */
export function isBlank(text: string): boolean {
  return text.replace(UNSEEN, '') === '';
}

/** True when any string in the value, at any depth, holds NUL or half a surrogate pair: neither can be stored. */
export function hasMalformedText(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\0') || !value.isWellFormed();
  if (Array.isArray(value)) return value.some(hasMalformedText);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, part]) => hasMalformedText(key) || hasMalformedText(part));
}

/** A title as it is kept: one line, composed (NFC), without marks that deceive. May come out empty. */
export function plainTitle(text: string): string {
  return text
    .normalize('NFC')
    .replace(DECEIVING, '')
    .replace(STRAY_JOINER, '')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
}

/** How many characters a reader counts: `각` and `👩🏽‍🚒` are one each, however they are coded. */
export function countGraphemes(text: string): number {
  return [...graphemes.segment(text)].length;
}

/** True for a time that exists, in the form of the wire: a pattern alone lets 30 February pass. */
export function isRealTime(text: string): boolean {
  const milliseconds = Date.parse(text);
  return !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString() === text;
}
