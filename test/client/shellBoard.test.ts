import { describe, expect, test } from 'vitest';
import type { IncidentSummary } from '#shared/contract/wire.ts';
import { withIncident } from '../../client/app/incidentLists.ts';
import { arrangeBoard, countChanges, groupOf } from '../../client/views/board/boardGroups.ts';
import { similarIncidents } from '../../client/views/declare/similar.ts';

const NOW = Date.parse('2026-03-14T12:00:00.000Z');
const ME = 'person-me';

function incident(number: number, changes: Partial<IncidentSummary> = {}): IncidentSummary {
  return {
    id: `incident-${number}`,
    number,
    title: `Title ${number}`,
    severity: 'SEV3',
    status: 'investigating',
    private: false,
    drill: false,
    commander: 'person-other',
    epoch: 1,
    declaredAt: new Date(NOW - number * 60_000).toISOString(),
    head: { seq: 1, hash: '', docSeq: 1, docHash: '' },
    nextUpdateAt: null,
    resolvedAt: null,
    offeredTo: null,
    ...changes,
  };
}

describe('the board', () => {
  test('has mine first, then by severity, then what is open longest', () => {
    const placed = arrangeBoard(
      [
        incident(1),
        incident(2, { severity: 'SEV1' }),
        incident(3),
        incident(4, { commander: ME, severity: 'SEV4' }),
        incident(5, { drill: true, severity: 'SEV1' }),
      ],
      ME,
      NOW,
    );
    expect(placed.map(({ id, group }) => `${group} ${id}`)).toEqual([
      'mine incident-4',
      'open incident-2',
      'open incident-3',
      'open incident-1',
      'drills incident-5',
    ]);
  });

  test('keeps what was resolved for a week', () => {
    const resolved = (daysAgo: number): IncidentSummary =>
      incident(1, { status: 'resolved', resolvedAt: new Date(NOW - daysAgo * 86_400_000).toISOString() });
    expect(groupOf(resolved(6.9), ME, NOW)).toBe('resolved');
    expect(groupOf(resolved(7.1), ME, NOW)).toBeNull();
    expect(
      groupOf(
        incident(1, { status: 'resolved', commander: ME, resolvedAt: new Date(NOW).toISOString() }),
        ME,
        NOW,
      ),
    ).toBe('resolved');
  });
});

describe('changes that wait', () => {
  const placed = (...ids: string[]) => ids.map((id) => ({ id, group: 'open' as const }));

  test('are none when the order is the same', () => {
    expect(countChanges(placed('a', 'b'), placed('a', 'b'))).toBe(0);
    expect(countChanges([], [])).toBe(0);
  });

  test('are what is new, what is gone and what moved, each counted once', () => {
    expect(countChanges(placed('a', 'b'), placed('a', 'x', 'b'))).toBe(1);
    expect(countChanges(placed('a', 'b', 'c'), placed('a', 'c'))).toBe(1);
    expect(countChanges(placed('a', 'b', 'c', 'd'), placed('d', 'a', 'b', 'c'))).toBe(1);
    expect(countChanges(placed('a', 'b'), [{ id: 'a', group: 'mine' }, ...placed('b')])).toBe(1);
    expect(countChanges(placed('a', 'b'), placed('c', 'd'))).toBe(4);
  });
});

describe('a list with one incident as it is now', () => {
  const page = { incidents: [incident(1), incident(2)] };

  test('gains it, has it changed, or loses it', () => {
    expect(withIncident(page, incident(3), 'open').incidents.map((one) => one.number)).toEqual([1, 2, 3]);
    expect(withIncident(page, incident(2, { title: 'New' }), 'open').incidents[1]?.title).toBe('New');
    expect(
      withIncident(page, incident(1, { status: 'resolved' }), 'open').incidents.map((one) => one.number),
    ).toEqual([2]);
    expect(withIncident(page, incident(9, { status: 'resolved' }), 'open')).toBe(page);
    expect(
      withIncident({ incidents: [] }, incident(9, { status: 'closed' }), 'closed').incidents,
    ).toHaveLength(1);
  });

  test('does not go back to an older state of it', () => {
    const newer = {
      incidents: [incident(1, { title: 'New', head: { seq: 9, hash: '', docSeq: 1, docHash: '' } })],
    };
    expect(withIncident(newer, incident(1, { title: 'Old' }), 'open')).toBe(newer);
  });
});

describe('similar incidents', () => {
  const open = [
    { title: 'Search is slow' },
    { title: '결제 서버 응답이 느림' },
    { title: 'Checkout returns 500' },
  ];

  test('share words that say something', () => {
    expect(similarIncidents('checkout fails', open)).toEqual([{ title: 'Checkout returns 500' }]);
    expect(similarIncidents('결제가 안 됨', open)).toEqual([{ title: '결제 서버 응답이 느림' }]);
    expect(similarIncidents('The login is down', open)).toEqual([]);
    expect(similarIncidents('', open)).toEqual([]);
  });
});
