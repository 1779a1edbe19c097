import { expect, test } from 'vitest';
import { noticeOf, wordsFor } from '../../server/broadcast/notice.ts';
import type { NoticeUpdate } from '../../server/broadcast/notice.ts';
import { asKnown } from '#shared/contract/entries.ts';
import { fold } from '#shared/incident/evolve.ts';
import { ADA, Scenario } from '../rules/scenario.ts';

const update = (given: Partial<NoticeUpdate>): NoticeUpdate => ({
  ...{ state: 'Down', text: 'Cards fail', impact: 'One in ten', number: 1, corrects: null },
  ...given,
});

test('[B8] who reads another language gets the translation where there is one, else what was written', () => {
  const translations = { ko: { text: '카드 결제 실패' } };
  const both = update({ locale: 'en', translations });
  expect(wordsFor(both, 'ko')).toEqual({ text: '카드 결제 실패', locale: 'ko' });
  expect(wordsFor(both, 'en')).toEqual({ text: 'Cards fail', impact: 'One in ten', locale: 'en' });
  expect(wordsFor(update({ locale: 'ko', translations: { en: { text: 'x' } } }), 'ko').text).toBe(
    'Cards fail',
  );
  expect(wordsFor(update({}), 'ko')).toMatchObject({ text: 'Cards fail', locale: null });
});

test('[U3] the notice of a correction says when the update it corrects was sent', () => {
  const incident = new Scenario();
  incident.does(ADA, 'update.send', { state: 'Down', text: 'All cards' });
  incident.passes(60_000);
  incident.does(ADA, 'update.send', { state: 'Down', text: 'Some cards', corrects: 1 });
  const [, first, second] = incident.log;
  const entry = second && asKnown(second);
  const before = fold(null, incident.log.slice(0, 2));
  if (!entry || !before) throw new Error('sent');
  const notice = noticeOf(entry, before, incident.state);
  expect(notice?.update).toMatchObject({ number: 2, corrects: { number: 1, at: first?.at } });
});
