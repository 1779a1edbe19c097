import { describe, expect, test } from 'vitest';
import { messageOf, textOf } from '../../server/broadcast/message.ts';
import type { NoticeUpdate } from '../../server/broadcast/notice.ts';
import { messageTime } from '../../server/broadcast/words.ts';
import { noticeWith } from '../support/outgoingMail.ts';

const nameOf = (id: string): string | null => (id === 'ben-responder' ? '벤' : null);

const full: Partial<NoticeUpdate> = {
  ...{ state: 'identified', text: 'Card payments fail.', impact: 'One in ten since 02:00.' },
  ...{ known: 'A certificate ended.', ruledOut: 'The network.', doing: 'We renew it.' },
  ...{ locale: 'en', nextUpdateAt: '2026-03-14T15:30:00.000Z' },
  translations: { ko: { text: '카드 결제가 되지 않습니다.', doing: '인증서를 갱신하고 있습니다.' } },
};

describe('the words of a message', () => {
  test('[M1] it says state, what happened, the labelled parts in their order, and when the next one comes', () => {
    const message = messageOf(noticeWith(full), 'en', { nameOf });
    expect(message).toMatchObject({
      ...{ subject: '[INC-42] Checkout: cards fail', state: 'Cause known', paragraphsLocale: 'en' },
      ...{ corrects: null, handoff: null, drillNote: null },
      nextUpdate: 'Next update by Sat 14 Mar 2026, 15:30 UTC.',
    });
    expect(message.paragraphs).toEqual([
      { label: null, text: full.text },
      { label: 'Impact', text: full.impact },
      { label: 'What we know', text: full.known },
      { label: 'What we have ruled out', text: full.ruledOut },
      { label: 'What we are doing', text: full.doing },
    ]);
    const order = [
      'Cause known',
      'Card payments',
      'Impact\n',
      'We renew it.',
      'Next update by',
      'INC-42 · Update 3',
    ];
    const text = textOf(message);
    expect(order.map((part) => text.indexOf(part)).toSorted((a, b) => a - b)).toEqual(
      order.map((part) => text.indexOf(part)),
    );
    expect(text).toContain('We renew it.');
  });

  test('[M1] a Korean reader gets Korean words around the translation, and the original where there is none', () => {
    const message = messageOf(noticeWith(full), 'ko', { nameOf });
    expect(message).toMatchObject({ state: '원인 파악', paragraphsLocale: 'ko' });
    expect(message.paragraphs).toEqual([
      { label: null, text: '카드 결제가 되지 않습니다.' },
      { label: '조치 중인 내용', text: '인증서를 갱신하고 있습니다.' },
    ]);
    const { translations: _, ...untranslated } = full;
    const foreign = messageOf(noticeWith(untranslated), 'ko', { nameOf });
    expect(foreign).toMatchObject({
      paragraphsLocale: 'en',
      paragraphs: [{ text: full.text }, {}, {}, {}, {}],
    });
    expect(messageOf(noticeWith({ state: '점검 중' }), 'en', { nameOf }).state).toBe('점검 중');
  });

  test.each(['en', 'ko'] as const)(
    '[M1] neither severity nor a word of responders is in it (%s)',
    (locale) => {
      const notice = noticeWith(full, { handoff: { to: 'ben-responder', at: '2026-03-14T03:00:00.000Z' } });
      const text = textOf(messageOf(notice, locale, { nameOf }));
      expect(text).not.toMatch(/SEV|commander|제어자|mitigating|identified|ben-responder/);
    },
  );

  test('[M2] times are UTC, for Korean readers Korean time with UTC beside it and its date where that differs', () => {
    expect(messageTime('2026-03-14T03:06:31.000Z', 'en')).toBe('Sat 14 Mar 2026, 03:06 UTC');
    expect(messageTime('2026-03-14T03:06:31.000Z', 'ko')).toBe('2026. 3. 14. (토) 12:06 KST(03:06 UTC)');
    expect(messageTime('2026-03-14T15:00:00.000Z', 'ko')).toBe(
      '2026. 3. 15. (일) 00:00 KST(3. 14. 15:00 UTC)',
    );
    expect(messageTime('2026-12-31T23:59:00.000Z', 'en')).toBe('Thu 31 Dec 2026, 23:59 UTC');
  });

  test('[M3] that nothing is new is said in the language of the reader, whoever wrote it', () => {
    const notice = noticeWith({ text: 'Nothing new.', nothingNew: true, locale: 'en' });
    const message = messageOf(notice, 'ko', { nameOf });
    expect(message.paragraphs).toEqual([{ label: null, text: '지난 공지 이후 새로운 내용이 없습니다.' }]);
    expect(message.paragraphsLocale).toBe('ko');
  });

  test('[M3] a correction says what it corrects, by time or else by number', () => {
    const at = '2026-03-14T03:00:00.000Z';
    const of = (corrects: { number: number; at: string | null }, locale: 'en' | 'ko') =>
      messageOf(noticeWith({ corrects }), locale, { nameOf }).corrects;
    expect(of({ number: 2, at }, 'en')).toBe('This corrects our update of Sat 14 Mar 2026, 03:00 UTC.');
    expect(of({ number: 2, at }, 'ko')).toBe('2026. 3. 14. (토) 12:00 KST(03:00 UTC) 공지를 정정합니다.');
    expect(of({ number: 2, at: null }, 'en')).toBe('This corrects our update 2.');
    expect(of({ number: 2, at: null }, 'ko')).toBe('2번째 공지를 정정합니다.');
  });

  test('[M3] a handoff is told by name, also alone, and without one when the person is not known', () => {
    const at = '2026-03-14T03:00:00.000Z';
    const alone = noticeWith(null, { handoff: { to: 'ben-responder', at } });
    const message = messageOf(alone, 'ko', { nameOf });
    expect(message).toMatchObject({ state: null, paragraphs: [], nextUpdate: null });
    expect(message.handoff).toBe('2026. 3. 14. (토) 12:00 KST(03:00 UTC)부터 벤님이 복구를 이끌고 있습니다.');
    expect(message.footer).not.toContain('번째');
    const unknown = noticeWith({}, { handoff: { to: 'gone', at } });
    expect(messageOf(unknown, 'en', { nameOf }).handoff).toBe(
      'Somebody else has led the repair since Sat 14 Mar 2026, 03:00 UTC.',
    );
  });

  test('[M3] a drill says so in the subject and first of all', () => {
    const message = messageOf(noticeWith({}, { drill: true }), 'en', { nameOf });
    expect(message.subject).toBe('[INC-42] [Drill] Checkout: cards fail');
    expect(textOf(message)).toMatch(/^This is a drill\./);
    const korean = messageOf(noticeWith({}, { drill: true }), 'ko', { nameOf });
    expect(korean.subject).toContain('[훈련]');
  });

  test('[M1] the subject stays the same for all updates of an incident, so that mail programs keep them together', () => {
    const subjects = ['investigating', 'resolved'].map(
      (state) => messageOf(noticeWith({ state }), 'en', { nameOf }).subject,
    );
    expect(new Set(subjects).size).toBe(1);
  });
});
