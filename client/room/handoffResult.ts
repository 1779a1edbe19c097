import { asKnown } from '#shared/contract/entries.ts';
import { entryAt } from './logWindow.ts';
import type { LogWindow } from './logWindow.ts';

/** How the last offer of command ended without being accepted, or that command was taken by force. */
export type HandoffResult =
  | { kind: 'declined'; seq: number; by: string; reason: string }
  | { kind: 'withdrawn' | 'expired' | 'voided'; seq: number }
  | { kind: 'forced'; seq: number; from: string; to: string; at: string };

/** So far back a result is still told. Entries. */
const BACK = 300;

/** The latest result that concerns a person; null once a newer offer was made or command passed otherwise. */
export function handoffResultFor(log: LogWindow, me: string): HandoffResult | null {
  let found: { result: HandoffResult; offer: string } | null = null;
  for (let seq = log.last; seq >= Math.max(log.first, log.last - BACK); seq -= 1) {
    const entry = entryAt(log, seq);
    const known = entry && !entry.withheld ? asKnown(entry) : null;
    if (!known) continue;
    if (known.type === 'handoff.offered') {
      if (found?.offer !== known.body.offer) return null;
      return known.body.from === me || known.body.to === me ? found.result : null;
    }
    if (found) continue;
    if (known.type === 'handoff.accepted') return null;
    if (known.type === 'handoff.forced') {
      const { from, to } = known.body;
      return from === me || to === me ? { kind: 'forced', seq, from, to, at: known.at } : null;
    }
    if (known.type === 'handoff.declined') {
      const { offer, reason } = known.body;
      found = { offer, result: { kind: 'declined', seq, by: known.actor, reason: reason ?? '–' } };
    } else if (known.type === 'handoff.withdrawn')
      found = { offer: known.body.offer, result: { kind: 'withdrawn', seq } };
    else if (known.type === 'handoff.expired')
      found = { offer: known.body.offer, result: { kind: 'expired', seq } };
    else if (known.type === 'handoff.voided')
      found = { offer: known.body.offer, result: { kind: 'voided', seq } };
  }
  return null;
}
