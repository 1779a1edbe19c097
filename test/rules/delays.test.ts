import { describe, expect, test } from 'vitest';
import type { OutsideRecord } from '#shared/contract/review.ts';
import type { RecordKind } from '#shared/contract/reviewWords.ts';
import { delaysOf, milestonesOf } from '#shared/review/delays.ts';
import { ADA, Scenario } from './scenario.ts';

/** Made up, in the form of a small incident that was imported as a table: time of day, kind. */
const DAY: readonly [string, RecordKind][] = [
  ['09:00', 'change'],
  ['09:10', 'deploy'],
  ['09:50', 'change'],
  ['15:00', 'report'],
  ['15:30', 'told'],
  ['16:00', 'update'],
];

function imported(): Scenario {
  const incident = new Scenario();
  const records = DAY.map(([time, kind]): OutsideRecord => {
    return { happenedAt: `2026-03-01T${time}:00.000Z`, kind, text: kind };
  });
  // In another order than they happened: their own times count.
  incident.does(ADA, 'records.import', {
    importId: 'import-0001',
    source: 'csv',
    records: records.toReversed(),
  });
  return incident;
}

/** Delays in minutes. */
function minutes({ log, state }: Scenario): Record<string, number> {
  const delays = delaysOf(milestonesOf(log, state.review));
  return Object.fromEntries(delays.map(({ delay, milliseconds }) => [delay, milliseconds / 60_000]));
}

describe('delays', () => {
  test('[Y20] are proposed from the kinds of records and from the log, by when things happened', () => {
    expect(minutes(imported())).toMatchObject({
      ...{ in_effect: 40, until_noticed: 380, report_until_noticed: 30, report_until_update: 60 },
    });
  });

  test('[Y20] what people chose counts first; without both ends there is no delay, nor one that ends before it began', () => {
    const incident = imported();
    expect(minutes(incident)).not.toHaveProperty('knew_until_report');
    const reverted = incident.log.findLast((entry) => String(entry.body['happenedAt']).includes('09:50'));
    incident.does(ADA, 'milestone.set', { milestone: 'somebody_knew', seq: reverted?.seq ?? 0 });
    expect(minutes(incident)).toMatchObject({ knew_until_report: 310, knew_until_room: 340 });
    // Told before the incident was declared here: nothing was late.
    expect(minutes(incident)).not.toHaveProperty('declared_until_update');
    incident.does(ADA, 'milestone.set', { milestone: 'noticed', seq: 1 });
    const noticed = milestonesOf(incident.log, incident.state.review).find(
      (each) => each.milestone === 'noticed',
    );
    expect(noticed).toMatchObject({ seq: 1, chosen: true, at: incident.state.declaredAt });
  });

  test('[Y20] what was withdrawn proposes nothing', () => {
    const incident = imported();
    incident.does(ADA, 'records.withdraw', { importId: 'import-0001', reason: 'Wrong file' });
    expect(minutes(incident)).toEqual({ noticed_until_declared: 0, declared_until_commander: 0 });
  });

  test('[Y20] a native incident has its own', () => {
    const incident = new Scenario();
    incident.passes(5 * 60_000);
    incident.does(ADA, 'update.send', { state: 'Down', text: 'We look into it' });
    incident.passes(5 * 60_000);
    incident.does(ADA, 'status.set', { status: 'monitoring' });
    incident.passes(5 * 60_000);
    incident.does(ADA, 'status.set', { status: 'resolved' });
    expect(minutes(incident)).toMatchObject({
      ...{ declared_until_update: 5, declared_until_mitigated: 10, declared_until_resolved: 15 },
    });
  });
});
