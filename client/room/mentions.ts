import { asKnown } from '#shared/contract/entries.ts';
import type { Entry } from '#shared/contract/entries.ts';

/** Who of the authors of these entries mentions this person, each once, the newest last. */
export function mentionersIn(entries: readonly Entry[], me: string): string[] {
  const found = new Set<string>();
  for (const entry of entries) {
    const known = asKnown(entry);
    if (known?.type !== 'chat.posted' || known.actor === me) continue;
    if (!known.body.mentions?.includes(me)) continue;
    found.delete(known.actor);
    found.add(known.actor);
  }
  return [...found];
}
