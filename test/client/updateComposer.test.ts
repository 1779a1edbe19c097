import { describe, expect, test } from 'vitest';
import type { Entry } from '#shared/contract/entries.ts';
import type { Template } from '#shared/contract/settings.ts';
import type { IncidentState, LastUpdate } from '#shared/incident/state.ts';
import { withNews } from '../../client/room/deliveries.ts';
import { windowOf } from '../../client/room/logWindow.ts';
import type { LogWindow } from '../../client/room/logWindow.ts';
import {
  filledTemplate,
  leftOut,
  missingParts,
  pickedAudiences,
  templatesFor,
  updateBodyOf,
} from '../../client/views/update/composer.ts';
import type { Chosen } from '../../client/views/update/composer.ts';
import { offeredMinutes, proposedState } from '../../client/views/update/updateRules.ts';

const nothing = { text: '', impact: '', known: '', ruledOut: '', doing: '' };
const chosen: Chosen = {
  state: 'mitigating',
  locale: 'en',
  nextUpdateAt: null,
  corrects: null,
  audiences: null,
};

describe('the update that is written', () => {
  test('is nothing while nothing is said, whatever else is filled in', () => {
    expect(updateBodyOf({ en: nothing, ko: { ...nothing, impact: '전부' } }, chosen)).toBeNull();
    expect(updateBodyOf({ en: { ...nothing, text: ' \n' }, ko: nothing }, chosen)).toBeNull();
  });

  test('holds what is filled in, without the spaces around it, in the language that is chosen', () => {
    const en = { ...nothing, text: ' Payments fail. ', doing: 'We roll back.' };
    const ko = { ...nothing, text: '결제가 실패합니다.' };
    expect(updateBodyOf({ en, ko }, { ...chosen, nextUpdateAt: 0, corrects: 2 })).toEqual({
      ...{ state: 'mitigating', text: 'Payments fail.', doing: 'We roll back.', locale: 'en' },
      translations: { ko: { text: '결제가 실패합니다.' } },
      ...{ nextUpdateAt: '1970-01-01T00:00:00.000Z', corrects: 2 },
    });
    expect(updateBodyOf({ en, ko }, { ...chosen, locale: 'ko' })).toMatchObject({
      ...{ text: '결제가 실패합니다.', locale: 'ko' },
      translations: { en: { text: 'Payments fail.' } },
    });
  });

  test('is in the other language when only that one says something', () => {
    const ko = { ...nothing, text: '결제가 실패합니다.' };
    expect(updateBodyOf({ en: nothing, ko }, chosen)).toEqual({
      ...{ state: 'mitigating', text: '결제가 실패합니다.', locale: 'ko' },
    });
  });

  test('goes to the audiences of the incident, but for those left out of it', () => {
    const en = { ...nothing, text: 'Payments fail.' };
    const without = leftOut({ without: 'list-b,list-gone' });
    const audiences = pickedAudiences(['list-a', 'list-b'], without);
    expect(updateBodyOf({ en, ko: nothing }, { ...chosen, audiences })).toMatchObject({
      audiences: ['list-a'],
    });
    expect(pickedAudiences(['list-a'], without)).toBeNull();
    expect(pickedAudiences(['list-a'], leftOut({ without: 7 }))).toBeNull();
    expect(pickedAudiences(['list-b'], without)).toEqual([]);
  });

  test('names what it still needs, in the order of the form', () => {
    expect(missingParts(null, ['nextUpdateAt', 'impact'])).toEqual(['text', 'impact', 'nextUpdateAt']);
    const body = { state: 'x', text: 'y', nextUpdateAt: '2026-03-14T03:30:00.000Z' };
    expect(missingParts(body, ['nextUpdateAt', 'impact'])).toEqual(['impact']);
    expect(missingParts(body, [])).toEqual([]);
  });
});

describe('the state an update begins with', () => {
  const told = { seq: 4, state: 'mitigating' } as LastUpdate;
  const log = (...types: string[]): LogWindow =>
    windowOf(types.map((type, index) => ({ ...({} as Entry), seq: index + 4, type })));
  const at = (lastUpdate: LastUpdate | null, window: LogWindow): string =>
    proposedState({ status: 'investigating', lastUpdate } as IncidentState, window);

  test('is what people outside were told last, unless the status changed since', () => {
    expect(at(told, log('update.sent', 'chat.posted'))).toBe('mitigating');
    expect(at(told, log('update.sent', 'status.set'))).toBe('investigating');
  });

  test('is the status where nothing was told, or it is not known what came after', () => {
    expect(at(null, log('status.set'))).toBe('investigating');
    expect(at({ ...told, state: 'own words' }, log('update.sent'))).toBe('investigating');
    expect(at({ ...told, seq: 2 }, log('chat.posted'))).toBe('investigating');
  });
});

describe('templates', () => {
  const template = (id: string, more: Partial<Template>): { id: string; body: Template } => ({
    id,
    body: { name: id, state: null, severity: null, locale: 'en', fields: {}, required: [], ...more },
  });

  test('fit by state, severity and language, the most particular first', () => {
    const all = [
      template('any', {}),
      template('state', { state: 'monitoring' }),
      template('both', { state: 'monitoring', severity: 'SEV1' }),
      template('severity', { severity: 'SEV1' }),
      template('other state', { state: 'resolved' }),
      template('other severity', { severity: 'SEV2' }),
      template('korean', { locale: 'ko' }),
    ];
    const found = templatesFor(all, { state: 'monitoring', severity: 'SEV1', locale: 'en' });
    expect(found.map(({ id }) => id)).toEqual(['both', 'state', 'severity', 'any']);
  });

  test('are filled from the log; a variable that there is not stays in sight', () => {
    const values = {
      ...{ title: 'Checkout {{since}}', number: '7', services: 'Checkout', since: '10:42' },
      ...{ time: '11:00', next: '11:30', impact: '' },
    };
    expect(
      filledTemplate({ text: '{{ title }} since {{since}}.', doing: '{{constructor}} {{who}}' }, values),
    ).toEqual({ text: 'Checkout {{since}} since 10:42.', doing: '{{constructor}} {{who}}' });
  });
});

test('the minutes of the cadence are among those offered, once and in order', () => {
  expect(offeredMinutes(null)).toEqual([15, 30, 60]);
  expect(offeredMinutes(60)).toEqual([15, 30, 60]);
  expect(offeredMinutes(45)).toEqual([15, 30, 45, 60]);
});

test('news of deliveries takes the place of what was known of the same entry', () => {
  const counts = { delivered: 0, failed: 0, unknown: 0, waiting: 2, sending: 0, withdrawn: 0 };
  const before = [
    { seq: 4, counts, settled: false },
    { seq: 9, counts, settled: false },
  ];
  const news = { seq: 4, counts: { ...counts, delivered: 2, waiting: 0 }, settled: true };
  const added = { seq: 7, counts, settled: false };
  expect(withNews(before, [added, news])).toEqual([news, added, before[1]]);
});
