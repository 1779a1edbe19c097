import { expect, test } from 'vitest';
import type { IncidentSummary } from '#shared/contract/wire.ts';
import { createBoardNews } from '../../server/edges/boardNews.ts';

const summary: IncidentSummary = {
  id: 'incident-0001',
  number: 1,
  title: 'Payments fail',
  severity: 'SEV2',
  status: 'investigating',
  private: false,
  drill: false,
  commander: 'person-01',
  epoch: 1,
  declaredAt: '2026-03-14T03:00:00.000Z',
  head: { seq: 1, hash: 'a', docSeq: 1, docHash: 'b' },
  nextUpdateAt: null,
  resolvedAt: null,
  offeredTo: null,
};

test('[E44] what a board shows is news, another message in the room is not', () => {
  const isNews = createBoardNews();
  expect(isNews(summary)).toBe(true);
  expect(isNews({ ...summary, head: { ...summary.head, seq: 2, hash: 'c' } })).toBe(false);
  const changes: Partial<IncidentSummary>[] = [
    { title: 'Payments and refunds fail' },
    { severity: 'SEV1' },
    { status: 'mitigating' },
    { commander: 'person-02', epoch: 2 },
    { offeredTo: 'person-01' },
    { nextUpdateAt: '2026-03-14T04:00:00.000Z' },
    { members: ['person-01'] },
  ];
  let now = summary;
  for (const change of changes) {
    now = { ...now, ...change };
    expect(isNews(now)).toBe(true);
    expect(isNews({ ...now, head: { ...now.head, seq: now.head.seq + 1 } })).toBe(false);
  }
});

test('[E44] incidents are told apart, and one that was forgotten is told again', () => {
  const isNews = createBoardNews(2);
  const other = (id: string) => ({ ...summary, id });
  expect([other('a'), other('b'), other('a')].map(isNews)).toEqual([true, true, false]);
  expect(isNews(other('c'))).toBe(true);
  expect([other('b'), other('c')].map(isNews)).toEqual([false, false]);
  expect(isNews(other('a'))).toBe(true);
});

test('[E44] how incidents looked before anybody came is no news after a restart', () => {
  const { head, ...shown } = summary;
  // As a store answers it: the same fields in another order.
  const stored: IncidentSummary = { head, ...shown };
  const isNews = createBoardNews(undefined, [stored]);
  expect(isNews({ ...summary, head: { ...head, seq: 2 } })).toBe(false);
  expect(isNews({ ...summary, severity: 'SEV1' })).toBe(true);
});
