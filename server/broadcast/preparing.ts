import { PUBLIC_PAGE } from '#shared/contract/updates.ts';
import type { DeliveryRecord, Store } from '../rooms/ports.ts';
import type { Attempt, Outgoing } from './channel.ts';
import { isOfReaders, noticeForReaders, readNotice } from './notice.ts';
import type { Notice } from './notice.ts';
import type { OutgoingLinks } from './outgoingLinks.ts';

/** Entries whose notice is kept in memory, and for how long: a redaction must be seen soon. Milliseconds. */
const REMEMBERED = 50;
const FRESH_MILLISECONDS = 5_000;

/**
 * Makes of a delivery what a channel sends. What was redacted meanwhile is withdrawn, and who unsubscribed meanwhile gets
 * nothing. Thousands of deliveries of one entry read it once.
 */
export function createPreparing(parts: {
  store: Pick<Store, 'stateAt' | 'readEntry' | 'readTarget'>;
  links: OutgoingLinks;
  clock: { elapsed(): number };
}): (delivery: DeliveryRecord) => Promise<Outgoing | Attempt | 'withdrawn'> {
  const { store, links, clock } = parts;
  const notices = new Map<string, { notice: Promise<Notice | null>; readAt: number }>();

  function noticeOf(incidentId: string, seq: number): Promise<Notice | null> {
    const key = `${incidentId} ${seq}`;
    const known = notices.get(key);
    if (known && clock.elapsed() - known.readAt < FRESH_MILLISECONDS) return known.notice;
    const notice = readNotice(store, incidentId, seq).then((found) => found?.notice ?? null);
    notice.catch(() => notices.delete(key));
    notices.delete(key);
    notices.set(key, { notice, readAt: clock.elapsed() });
    const oldest = notices.keys().next();
    if (notices.size > REMEMBERED && !oldest.done) notices.delete(oldest.value);
    return notice;
  }

  return async ({ id, incidentId, seq, target, address, locale, list }) => {
    const [whole, found] = await Promise.all([noticeOf(incidentId, seq), store.readTarget(target)]);
    const isSubscriber = isOfReaders(list, incidentId);
    const notice = whole && isSubscriber ? noticeForReaders(whole) : whole;
    if (!notice) return 'withdrawn';
    if (found?.state !== 'active') return { kind: 'refused', detail: 'no longer on the list' };
    return {
      ...{ deliveryId: id, notice, address, locale },
      name: found.name,
      secret: found.secret,
      links: {
        page: list === PUBLIC_PAGE ? `${links.origin}/status` : null,
        unsubscribe: isSubscriber || found.channel === 'mail' ? links.url('unsubscribe', target) : null,
      },
    };
  };
}
