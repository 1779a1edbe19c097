/** Caret colours that were checked for contrast and colour blindness; the client maps them to its theme. */
export const caretColors = ['#692a06', '#1e554c', '#4964f6', '#573289', '#b85725', '#8c6b88'] as const;

/** The caret colour of a person: always the same one, from the fixed palette. */
export function caretColor(person: string): string {
  let hash = 0;
  for (let index = 0; index < person.length; index += 1) hash = (hash * 31 + person.charCodeAt(index)) >>> 0;
  return caretColors[hash % caretColors.length] ?? caretColors[0];
}
