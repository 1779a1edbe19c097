import { entryTypes, isEntryType } from '#shared/contract/entries.ts';

/** Fields that search reads besides those a redaction erases. */
const ALSO_SEARCHED = ['title', 'state'];

/** Text as search keeps it: composed, and without NUL, which raw output in a document may hold and PostgreSQL refuses. */
export function keptText(text: string): string {
  return text.replaceAll('\0', ' ').normalize('NFC');
}

/** How text is compared in search: composed, lower case, white space as one blank. */
export function fold(text: string): string {
  return keptText(text).toLowerCase().replace(/\s+/gu, ' ').trim();
}

/**
 * Text as the terms of the index: each pair of neighbouring characters is one term, so that a phrase of terms finds
 * any part of a word, two Korean syllables as well as English. Terms are written in ASCII, since no tokenizer then
 * has an opinion about them.
 */
export function termsOf(text: string): string {
  const characters = Array.from(fold(text));
  return characters.map((character, index) => code(character) + code(characters[index + 1] ?? ' ')).join(' ');
}

/** The index query that finds `text` anywhere in a text; null when it asks for nothing. */
export function matchOf(text: string): string | null {
  const characters = Array.from(fold(text));
  const [only] = characters;
  if (only === undefined) return null;
  if (characters.length === 1) return `${code(only)}*`;
  const pairs = characters
    .slice(0, -1)
    .map((character, index) => code(character) + code(characters[index + 1] ?? ' '));
  return `"${pairs.join(' ')}"`;
}

/**
 * The single characters and pairs of a text, each once, as codes of four and eight digits: an index of lists finds
 * with them every text that may contain another one.
 */
export function gramsOf(text: string): string[] {
  const singles = new Set<string>();
  const pairs = new Map<string, Set<string>>();
  let before: Set<string> | undefined;
  for (const character of fold(text)) {
    before?.add(character);
    singles.add(character);
    before = pairs.get(character);
    if (!before) pairs.set(character, (before = new Set()));
  }
  // A long text has few that differ: only those are written as codes.
  return [
    ...[...singles].map(code),
    ...[...pairs].flatMap(([first, seconds]) => [...seconds].map((second) => code(first) + code(second))),
  ];
}

/** What search reads of an entry's body; empty when there is nothing to find. */
export function searchedText(type: string, body: Readonly<Record<string, unknown>>): string {
  // What is for Communications alone is not found by everybody in the room.
  if (!isEntryType(type) || type.startsWith('question.')) return '';
  const fields = new Set([...ALSO_SEARCHED, ...entryTypes[type].redactable]);
  return [...fields]
    .map((field) => body[field])
    .filter((value) => typeof value === 'string')
    .join('\n')
    .normalize('NFC')
    .trim();
}

/** A code point in four base-36 digits. */
function code(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(36).padStart(4, '0');
}
