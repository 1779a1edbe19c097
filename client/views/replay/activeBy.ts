import { voiceOf } from './jumps.ts';
import type { Timeline } from './timeline.ts';

/** Who wrote an entry this short a time before was there. Milliseconds. */
const LATELY = 10 * 60_000;
/** At most this many entries are looked through: a storm of messages names its people early. */
const MOST_ENTRIES = 2_000;

/** Who wrote into the log in the ten minutes before a moment, the last first. The log keeps nobody's mere presence. */
export function activeBy(
  timeline: Timeline,
  place: number,
  time: number,
): { voice: string; isPerson: boolean }[] {
  const order = timeline.order();
  const voices = new Map<string, boolean>();
  for (let at = place; at > Math.max(0, place - MOST_ENTRIES); at -= 1) {
    if ((order.times[at - 1] ?? 0) < time - LATELY) break;
    const entry = timeline.entry(order.seqAt(at));
    if (!entry || entry.actor === 'system') continue;
    const voice = voiceOf(entry);
    // An imported record says who wrote elsewhere; who imported it was not there then.
    const isOutside = entry.type === 'record.imported' && typeof entry.body['who'] !== 'string';
    if (!isOutside && !voices.has(voice)) voices.set(voice, voice === entry.actor);
  }
  return [...voices].map(([voice, isPerson]) => ({ voice, isPerson }));
}
