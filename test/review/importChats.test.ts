import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { fileSources, parseImport } from '../../server/review/import/parse.ts';
import { readZone, UTC } from '../../server/review/import/zone.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const read = (source: (typeof fileSources)[number], value: unknown) =>
  parseImport(source, bytes(typeof value === 'string' ? value : JSON.stringify(value)), UTC);

describe('a channel export of Slack', () => {
  const users = [
    { id: 'U1', name: 'ada', profile: { real_name: 'Ada L', display_name: 'Ada' } },
    { id: 'U2', name: 'ben', profile: { real_name: 'Ben', display_name: '' } },
  ];
  const day = [
    {
      type: 'message',
      user: 'U2',
      ts: '1503435960.000100',
      text: '<@U1> see <https://x.test/a|the graph> in <#C1|ops> &lt;b&gt;',
    },
    {
      type: 'message',
      user: 'U1',
      ts: '1503435956.000247',
      text: 'down since <!date^1503435900^{time}|14:05>',
      role: 'admin',
    },
    {
      ...{ type: 'message', subtype: 'bot_message', username: 'Alerts', ts: '1503435957.5', text: '' },
      attachments: [{ fallback: 'p99 > 2 s' }],
    },
    {
      type: 'message',
      user: 'U3',
      ts: '1503435970.0',
      text: '',
      files: [{ name: 'a.png' }, { title: 'Graph' }],
    },
    { type: 'message', user: 'U1', ts: '1503435971.0', text: '' },
    { type: 'message', user: 'U1', ts: 'soon', text: 'x' },
    'text',
  ];
  const expected = [
    ['2017-08-22T21:05:56.000Z', 'Ada', 'down since @14:05'],
    ['2017-08-22T21:05:57.500Z', 'Alerts', 'p99 > 2 s'],
    ['2017-08-22T21:06:00.000Z', 'Ben', '@Ada see the graph (https://x.test/a) in #ops <b>'],
    ['2017-08-22T21:06:10.000Z', 'U3', '[a.png]\n[Graph]'],
  ];

  test.each([
    ['one file, users in it', { users, messages: day }],
    ['its files joined', `${JSON.stringify(users, null, 1)}\n${JSON.stringify(day, null, 1)}`],
  ])(
    '[A8] comes in by the times and names of who spoke, bots too, without the marks of its source: %s',
    (_, value) => {
      const parsed = read('slack', value);
      expect(parsed?.records.map((each) => [each.happenedAt, each.who, each.text])).toEqual(expected);
      expect(parsed?.records[0]).toEqual({
        ...{ happenedAt: expected[0]?.[0], who: 'Ada', text: expected[0]?.[2], kind: 'message' },
      });
      expect(parsed?.skipped).toEqual([
        { line: 5, reason: 'no_text' },
        { line: 6, reason: 'no_time' },
        { line: 7, reason: 'malformed' },
      ]);
    },
  );

  test('[A8] names come with messages where there is no list of users', () => {
    const messages = [
      { user: 'U9', ts: '1.0', text: 'hi', user_profile: { display_name: '', real_name: 'Cleo' } },
    ];
    expect(read('slack', messages)?.records[0]?.who).toBe('Cleo');
  });
});

describe('an export of Mattermost', () => {
  test('[A9] its bulk export gives the posts of channels with their replies, in the order of time', () => {
    const post = (create_at: unknown, message: string, more: object = {}) =>
      JSON.stringify({
        type: 'post',
        post: { team: 't', channel: 'ops', user: 'ada', message, create_at, ...more },
      });
    const lines = [
      '{"type":"version","version":1}',
      post(1_700_000_000_000, 'first', {
        replies: [{ user: 'ben', message: 'reply', create_at: 1_700_000_050_000 }],
      }),
      post(1_700_000_010_000, 'second'),
      post(1_700_000_060_000, '', {
        props: { override_username: 'Bot', attachments: [{ fallback: 'alert' }] },
      }),
      post('now', 'no time'),
      JSON.stringify({ type: 'direct_post', direct_post: { user: 'ada', message: 'private', create_at: 1 } }),
      'not json',
    ];
    const parsed = read('mattermost', `${lines.join('\r\n')}\n`);
    expect(parsed?.records.map(({ who, text, place }) => [who, text, place])).toEqual([
      ...[
        ['ada', 'first', 'ops'],
        ['ada', 'second', 'ops'],
        ['ben', 'reply', 'ops'],
        ['Bot', 'alert', 'ops'],
      ],
    ]);
    expect(parsed?.skipped.map(({ reason }) => reason)).toEqual(['no_time', 'malformed']);
  });

  test('[A9] so do the posts of a channel as its API answers them', () => {
    const posts = {
      b: { create_at: 2_000, user_id: 'u1', message: 'later' },
      a: { create_at: 1_000, user_id: 'u2', message: 'sooner' },
    };
    const parsed = read('mattermost', { order: ['b', 'a'], posts });
    expect(parsed?.records.map(({ text }) => text)).toEqual(['sooner', 'later']);
  });
});

describe('lines of JSON', () => {
  test('[A10] have the fields of a table, and times as text or as numbers of seconds or milliseconds', () => {
    const lines = [
      '{"happenedAt":"2026-03-01T10:00:00+09:00","text":"a","who":"CI","kind":"deploy","place":"prod","seq":4}',
      '{"ts":1700000000.5,"message":"b"}',
      '',
      '{"timestamp":1700000000500,"message":"c","channel":"ops"}',
      '{"time":true,"text":"d"}',
      '[1]',
      '{"time":"2026-03-01T10:00Z"}',
      '{"time":8.64e16,"text":"e"}',
    ];
    expect(read('jsonl', lines.join('\n'))).toEqual({
      records: [
        { happenedAt: '2026-03-01T01:00:00.000Z', text: 'a', kind: 'deploy', who: 'CI', place: 'prod' },
        { happenedAt: '2023-11-14T22:13:20.500Z', text: 'b', kind: 'other' },
        { happenedAt: '2023-11-14T22:13:20.500Z', text: 'c', kind: 'other', place: 'ops' },
      ],
      skipped: [
        { line: 5, reason: 'no_time' },
        { line: 6, reason: 'malformed' },
        { line: 7, reason: 'no_text' },
        { line: 8, reason: 'no_time' },
      ],
    });
    expect(read('jsonl', [{ time: 1, text: 'x' }])?.records).toHaveLength(1);
  });
});

describe('zones', () => {
  const utc = (zone: string, shown: string) => {
    const at = readZone(zone)?.toUtc(Date.parse(`${shown}Z`));
    return at === undefined ? null : new Date(at).toISOString();
  };

  test.each([
    ['+09:00', '2026-03-01T10:00:00', '2026-03-01T01:00:00.000Z'],
    ['-0330', '2026-03-01T10:00:00', '2026-03-01T13:30:00.000Z'],
    ['Asia/Seoul', '2017-09-04T16:20:00', '2017-09-04T07:20:00.000Z'],
    ['Asia/Seoul', '1988-07-01T12:00:00', '1988-07-01T02:00:00.000Z'],
    ['Europe/Berlin', '2026-01-15T12:00:00', '2026-01-15T11:00:00.000Z'],
    ['Europe/Berlin', '2026-07-15T12:00:00', '2026-07-15T10:00:00.000Z'],
    // An hour that never came, and one that came twice.
    ['Europe/Berlin', '2026-03-29T02:30:00', '2026-03-29T01:30:00.000Z'],
    ['Europe/Berlin', '2026-10-25T02:30:00', '2026-10-25T00:30:00.000Z'],
    ['America/New_York', '2013-01-26T15:04:00', '2013-01-26T20:04:00.000Z'],
  ])('[A11] %s: clocks that show %s stand at %s', (zone, shown, expected) => {
    expect(utc(zone, shown)).toBe(expected);
  });

  test.each(['Mars/Olympus', '', '+25:00', '../etc', 'x'.repeat(80), 'Asia/Seoul\n'])(
    '[A11] %j is no zone',
    (zone) => {
      expect(readZone(zone)).toBeNull();
    },
  );
});

describe('whatever comes', () => {
  test('[A12] reading any bytes as any source ends, and what it gives can be stored', () => {
    const pieces = fc.constantFrom(
      ...[
        '[',
        ']',
        '{',
        '}',
        '"',
        ',',
        '\n',
        '\\',
        '"ts":"1.0"',
        '"text":"x"',
        '<@U1|',
        '\u0000',
        '\ud83d',
        '=1+1',
      ],
      ...[
        '2026-03-01T10:00Z',
        '"create_at":1',
        '"type":"post"',
        'time,what\n',
        'ops 2026-01-26 [15:04] <a> b',
      ],
    );
    const texts = fc.array(fc.oneof(pieces, fc.string()), { maxLength: 40 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(texts, fc.constantFrom(...fileSources), (text, source) => {
        for (const { happenedAt, text: words, who } of parseImport(source, bytes(text), UTC)?.records ?? []) {
          expect(new Date(happenedAt).toISOString()).toBe(happenedAt);
          expect([words.isWellFormed(), words.trim() === '', (who?.length ?? 1) > 0]).toEqual([
            true,
            false,
            true,
          ]);
        }
      }),
    );
  });

  test('[A12] a file of more lines than are read is refused, and depth without end is one line that cannot be read', () => {
    expect(parseImport('irc', bytes('\n'.repeat(1_000_000)), UTC)).toBeNull();
    for (const source of ['slack', 'mattermost', 'jsonl'] as const) {
      expect(read(source, '['.repeat(200_000))?.records).toEqual([]);
    }
  });

  test('[A12] UTF-16 is read where the file says so', () => {
    const text = '\uFEFFtime,what\n2026-03-01T10:00Z,한글\n';
    const utf16 = new Uint8Array(new Uint16Array(Array.from(text, (letter) => letter.charCodeAt(0))).buffer);
    expect(parseImport('csv', utf16, UTC)?.records[0]?.text).toBe('한글');
  });
});
