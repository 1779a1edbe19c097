/**
 * Small things kept per person in this browser: drafts, widths, how far one has read. Storage may be switched off or
 * full; then they last as long as the page.
 */
const memory = new Map<string, string>();

export function readStored(key: string): string | null {
  const kept = memory.get(key);
  if (kept !== undefined) return kept;
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Keeps the text under the key; an empty text removes it. */
export function writeStored(key: string, text: string): void {
  try {
    if (text === '') localStorage.removeItem(key);
    else localStorage.setItem(key, text);
    memory.delete(key);
  } catch {
    memory.set(key, text);
  }
}

/** The keys of what is kept under a prefix. */
export function storedUnder(prefix: string): string[] {
  const keys = new Set(memory.keys());
  try {
    for (let index = 0; index < localStorage.length; index++) keys.add(localStorage.key(index) ?? '');
  } catch {
    // Storage is switched off; what lasts as long as the page is known.
  }
  return [...keys].filter((key) => key.startsWith(prefix));
}

/** Forgets a text for good. */
export function dropStored(key: string): void {
  memory.delete(key);
  writeStored(key, '');
}

/** The keys of what is kept per person and incident. */
export const storedKeys = {
  draft: (person: string, incidentId: string) => `warroom.draft.${person}.${incidentId}`,
  lastRead: (person: string, incidentId: string) => `warroom.read.${person}.${incidentId}`,
  reminded: (person: string, incidentId: string, epoch: number) =>
    `warroom.reminded.${person}.${incidentId}.${epoch}`,
  logWidth: (person: string) => `warroom.logWidth.${person}`,
  commandColumn: (person: string) => `warroom.commandColumn.${person}`,
} as const;
