/**
 * Korean text as it is searched for: by initial consonants (ㅇㄱ finds 인계), by half a syllable (인ㄱ finds 인계), and
 * when the keyboard was in the wrong mode (`ㅗ무앨ㄹ` finds handoff, `dlsrP` finds 인계). Two-set keyboard (두벌식).
 */
const FIRST = 0xac00;
const LAST = 0xd7a3;
const VOWELS = 21;
const FINALS = 28;

const INITIALS = 'ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ';
const MEDIALS = 'ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ';
const FINAL_LETTERS = ' ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ';

/** The keys of each letter; lower case, since a Shift more or less is a slip as well. */
const STROKES: ReadonlyMap<string, string> = new Map([
  ...pairs('ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔ', 'qwertyuiop'),
  ...pairs('ㅁㄴㅇㄹㅎㅗㅓㅏㅣ', 'asdfghjkl'),
  ...pairs('ㅋㅌㅊㅍㅠㅜㅡ', 'zxcvbnm'),
  ...pairs('ㅃㅉㄸㄲㅆㅒㅖ', 'qwertop'),
  ['ㅘ', 'hk'],
  ['ㅙ', 'ho'],
  ['ㅚ', 'hl'],
  ['ㅝ', 'nj'],
  ['ㅞ', 'np'],
  ['ㅟ', 'nl'],
  ['ㅢ', 'ml'],
  ['ㄳ', 'rt'],
  ['ㄵ', 'sw'],
  ['ㄶ', 'sg'],
  ['ㄺ', 'fr'],
  ['ㄻ', 'fa'],
  ['ㄼ', 'fq'],
  ['ㄽ', 'ft'],
  ['ㄾ', 'fx'],
  ['ㄿ', 'fv'],
  ['ㅀ', 'fg'],
  ['ㅄ', 'qt'],
]);

function pairs(letters: string, keys: string): [string, string][] {
  return Array.from(letters).map((letter, index) => [letter, keys[index] ?? '']);
}

interface Syllable {
  initial: string;
  medial: string;
  final: string;
}

function syllableOf(character: string): Syllable | null {
  const code = character.codePointAt(0) ?? 0;
  if (code < FIRST || code > LAST) return null;
  const place = code - FIRST;
  return {
    initial: INITIALS[Math.floor(place / (VOWELS * FINALS))] ?? '',
    medial: MEDIALS[Math.floor(place / FINALS) % VOWELS] ?? '',
    final: (FINAL_LETTERS[place % FINALS] ?? '').trim(),
  };
}

/** `장애 선언` → `ㅈㅇ ㅅㅇ`; what is not a Hangul syllable stays. */
export function initialConsonants(text: string): string {
  return Array.from(text.normalize('NFC'))
    .map((character) => syllableOf(character)?.initial ?? character)
    .join('');
}

/** The keys that type the text on a two-set keyboard: `인계` → `dlsrp`, `handoff` → `handoff`. */
export function keystrokes(text: string): string {
  return Array.from(text.normalize('NFC').toLowerCase())
    .map((character) => {
      const syllable = syllableOf(character);
      const letters = syllable ? [syllable.initial, syllable.medial, syllable.final] : [character];
      return letters.map((letter) => STROKES.get(letter) ?? letter).join('');
    })
    .join('');
}

/** How well a text answers a query: 3 begins with it, 2 a word begins with it, 1 has it somewhere, 0 not at all. */
export function matchQuality(query: string, text: string): number {
  const wanted = squeeze(query);
  if (wanted === '') return 1;
  const consonantsOnly = /^[ㄱ-ㅎ\s]+$/u.test(query.normalize('NFC'));
  const direct = consonantsOnly ? quality(wanted, initialConsonants(text.toLowerCase())) : 0;
  return Math.max(direct, quality(keystrokes(wanted), keystrokes(text)));
}

/** The best quality over several texts. */
export function bestMatch(query: string, texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => matchQuality(query, text)));
}

function quality(wanted: string, text: string): number {
  const squeezed = squeeze(text);
  if (squeezed.startsWith(wanted)) return 3;
  const words = text.toLowerCase().split(/[\s·,()‘’-]+/u);
  if (words.some((_, index) => squeeze(words.slice(index).join('')).startsWith(wanted))) return 2;
  return squeezed.includes(wanted) ? 1 : 0;
}

function squeeze(text: string): string {
  return text.normalize('NFC').toLowerCase().replace(/\s+/gu, '');
}
