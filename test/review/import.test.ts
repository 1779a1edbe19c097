import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { delaysOf, milestonesOf } from '#shared/review/delays.ts';
import { parseCsv } from '../../server/review/import/csv.ts';
import { parseIrc } from '../../server/review/import/irc.ts';
import { readZone, UTC } from '../../server/review/import/zone.ts';
import { ADA, Scenario } from '../rules/scenario.ts';

const REAL = process.env['WARROOM_REAL_DATA'] ?? '';
const zone = (name: string) => ({ zone: readZone(name) ?? UTC });
const utc = { zone: UTC };

describe('a table', () => {
  test('[A1] columns are found by name; times have their own zone or the given one; kinds that nobody knows are other', () => {
    const text =
      '\uFEFFwhat,happened_at,kind,who,role,seq\r\n"a, ""b""\nc",2026-03-01T10:00:00+09:00,Deploy,CI,admin,1\r\nd,2026-03-01 10:00,odd,,,\r\n';
    expect(parseCsv(text, zone('-02:00'))).toEqual({
      records: [
        { happenedAt: '2026-03-01T01:00:00.000Z', text: 'a, "b"\nc', kind: 'deploy', who: 'CI' },
        { happenedAt: '2026-03-01T12:00:00.000Z', text: 'd', kind: 'other' },
      ],
      skipped: [],
    });
  });

  test.each([
    ['nothing', '', []],
    ['a header alone', 'happened_at,what\n', []],
    ['no column of ours', 'a,b\n1,2\n', [{ line: 2, reason: 'no_time' }]],
    ['a day that does not exist', 'time,what\n2026-02-30T00:00Z,x\n', [{ line: 2, reason: 'no_time' }]],
    ['an hour that does not exist', 'time,what\n2026-02-03T25:00Z,x\n', [{ line: 2, reason: 'no_time' }]],
    [
      'control characters alone',
      'time,what\n2026-02-03T00:00Z,\u0000\u0007\n',
      [{ line: 2, reason: 'no_text' }],
    ],
    ['a quote that never ends', 'time,what\n"2026-02-03T00:00Z,x\n', [{ line: 2, reason: 'no_time' }]],
  ])('[A1] has no record and says which lines were left out: %s', (_, text, skipped) => {
    expect(parseCsv(text, utc)).toEqual({ records: [], skipped });
  });

  test('[A1] text is cut to what can be stored, and half a surrogate pair never remains', () => {
    const [record] = parseCsv(`time,what\n2026-02-03T00:00Z,${'😀'.repeat(5_000)}\ud83d`, utc).records;
    expect(record?.text.length).toBeLessThanOrEqual(8_000);
    expect(record?.text.isWellFormed()).toBe(true);
  });

  test.skipIf(!existsSync(join(REAL, 'incidents/duplicate-votes.csv')))(
    '[A2] the real incident gives exactly the delays that are known of it',
    () => {
      const { records, skipped } = parseCsv(
        readFileSync(join(REAL, 'incidents/duplicate-votes.csv'), 'utf8'),
        utc,
      );
      expect([records.length, skipped]).toEqual([9, []]);
      const incident = new Scenario();
      incident.does(ADA, 'records.import', { importId: 'import-0001', source: 'csv', records });
      const reverted = incident.log.find((entry) => entry.body['happenedAt'] === '2017-09-04T08:03:00.000Z');
      incident.does(ADA, 'milestone.set', { milestone: 'somebody_knew', seq: reverted?.seq ?? 0 });
      const delays = delaysOf(milestonesOf(incident.log, incident.state.review));
      const minutes = Object.fromEntries(
        delays.map(({ delay, milliseconds }) => [delay, milliseconds / 60_000]),
      );
      expect(minutes).toMatchObject({
        ...{ in_effect: 43, knew_until_report: 309, report_until_noticed: 25, report_until_update: 46 },
      });
    },
  );
});

describe('a log of an IRC channel', () => {
  test('[A3] each line that says something is a record, with or without a name or seconds, without colours', () => {
    const text =
      'ops 2026-01-26 [15:04:04] <bot>\t \u000303(mod)\u000F Wrong \r\nops 2026-01-26 [15:05] * ada waves\n\nops 2026-01-26 [15:06] <ben> \nhello\nops 2026-02-30 [15:06] <ben> x\nops 2026-01-26 === ben is now known as ben_\nops 2026-01-27 === ben_ left\n';
    expect(parseIrc(text, zone('+01:00'))).toEqual({
      records: [
        {
          happenedAt: '2026-01-26T14:04:04.000Z',
          text: '(mod) Wrong',
          kind: 'message',
          who: 'bot',
          place: 'ops',
        },
        { happenedAt: '2026-01-26T14:05:00.000Z', text: '* ada waves', kind: 'message', place: 'ops' },
        {
          happenedAt: '2026-01-26T14:05:00.000Z',
          text: '=== ben is now known as ben_',
          kind: 'message',
          place: 'ops',
        },
      ],
      skipped: [
        { line: 4, reason: 'no_text' },
        { line: 5, reason: 'malformed' },
        { line: 6, reason: 'no_time' },
        { line: 8, reason: 'no_time' },
      ],
    });
  });

  test.skipIf(REAL === '').each(['mediawiki', 'stripe', 'ubuntu-meeting'])(
    '[A3] of the real log of %s every line is understood',
    (name) => {
      const { records, skipped } = parseIrc(readFileSync(join(REAL, `chat/${name}.0.txt`), 'utf8'), utc);
      expect(records.length + skipped.length).toBe(1_200);
      // Notices without a time before the first line of a day that has one.
      expect(skipped.filter((each) => each.reason === 'malformed')).toEqual([]);
      expect(records.length).toBeGreaterThan(1_180);
    },
  );
});
