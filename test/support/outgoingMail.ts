import type { Outgoing } from '../../server/broadcast/channel.ts';
import type { Notice, NoticeUpdate } from '../../server/broadcast/notice.ts';

/** A notice of an update that a test changes where it matters. */
export function noticeWith(update: Partial<NoticeUpdate> | null = {}, given: Partial<Notice> = {}): Notice {
  return {
    ...{ thread: 'thread-one1', number: 42, title: 'Checkout: cards fail', drill: false },
    ...{ resolvedAt: null, handoff: null, declaredAt: '2026-03-14T02:00:00.000Z' },
    at: '2026-03-14T03:06:31.000Z',
    inside: {
      ...{ incidentId: 'incident-one1', severity: 'SEV1', status: 'mitigating', private: false },
      ...{ seq: 12, hash: 'a1'.repeat(32) },
    },
    update: update && {
      ...{ state: 'mitigating', text: 'Card payments fail.', number: 3, corrects: null },
      ...update,
    },
    ...given,
  };
}

/** One notice on its way to one address. */
export function outgoingTo(address: string, given: Partial<Outgoing> = {}): Outgoing {
  return {
    ...{ deliveryId: 'd'.repeat(32), notice: noticeWith(), address, name: null, locale: 'en' },
    ...{ secret: null, links: { page: null, unsubscribe: null } },
    ...given,
  };
}
