import type { Outgoing } from '../../server/broadcast/channel.ts';
import type { Notice, NoticeUpdate } from '../../server/broadcast/notice.ts';

/** Who leads the repair in these messages. */
export const nameOf = (id: string): string | null => (id === 'person-ada' ? 'Ada Kim' : null);

/** The notice of a third update. */
export function noticeOf(update: Partial<NoticeUpdate> = {}, rest: Partial<Notice> = {}): Notice {
  return {
    ...{ thread: 'thread-42', number: 42, title: 'Checkout returns 500', drill: false },
    ...{ declaredAt: '2026-03-14T01:42:00.000Z', resolvedAt: null, at: '2026-03-14T03:00:00.000Z' },
    handoff: null,
    inside: {
      ...{ incidentId: 'incident-42', severity: 'SEV1', status: 'mitigating', private: false },
      ...{ seq: 57, hash: 'a'.repeat(64) },
    },
    update: {
      ...{ number: 3, corrects: null, state: 'mitigating', locale: 'en' },
      text: 'Card payments fail for some customers.',
      impact: 'About one payment in five fails.',
      nextUpdateAt: '2026-03-14T03:30:00.000Z',
      translations: { ko: { text: '일부 고객의 카드 결제가 실패합니다.' } },
      ...update,
    },
    ...rest,
  };
}

/** That notice on its way to an address. */
export function outgoingTo(address: string, rest: Partial<Outgoing> = {}): Outgoing {
  return {
    deliveryId: '0123456789abcdef0123456789abcdef',
    ...{ notice: noticeOf(), address, name: null, locale: 'en', secret: null },
    links: { page: null, unsubscribe: null },
    ...rest,
  };
}
