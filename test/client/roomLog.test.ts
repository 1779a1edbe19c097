import { describe, expect, test } from 'vitest';
import type { Entry } from '#shared/contract/entries.ts';
import { appended, emptyLog, entryAt, prepended, windowOf } from '../../client/room/logWindow.ts';
import {
  continuesGroup,
  createRowIndex,
  currentText,
  lastMessageOf,
  passes,
  startsDay,
} from '../../client/room/rows.ts';
import { mentionersIn } from '../../client/room/mentions.ts';
import { afterUnreadEvent, nothingUnread, unreadCount } from '../../client/room/unread.ts';
import { bareEntry } from '../support/bareEntry.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 2, 14, 12);

function entry(seq: number, type: string, body: Record<string, unknown>, more: Partial<Entry> = {}): Entry {
  const at = new Date(START + seq * 1_000).toISOString();
  return bareEntry({ seq, at, actor: 'person-dana', type, body, ...more });
}
const said = (seq: number, more: Partial<Entry> = {}): Entry =>
  entry(seq, 'chat.posted', { text: `message ${seq}` }, more);
const run = (from: number, to: number): Entry[] =>
  Array.from({ length: to - from + 1 }, (_, index) => said(from + index));
const noRoles = (): undefined => undefined;

describe('the held part of the log', () => {
  test('takes what continues it, skips what it has, and gives back what lies behind a gap', () => {
    const { log, ahead } = appended(windowOf(run(5, 8)), [said(7), said(9), said(11)]);
    expect([log.first, log.last]).toEqual([5, 9]);
    expect(ahead.map((each) => each.seq)).toEqual([11]);
  });

  test('takes an older page only if it ends right before it', () => {
    const log = windowOf(run(5, 8));
    expect(prepended(log, run(1, 3))).toBe(log);
    expect(prepended(log, run(2, 6)).first).toBe(2);
  });

  test('an older window that is grown again does not disturb the newer one', () => {
    const old = windowOf(run(1, 3));
    const grown = appended(old, [said(4)]).log;
    const other = appended(old, [said(4), said(5)]).log;
    expect(grown.entries.map((each) => each.seq)).toEqual([1, 2, 3, 4]);
    expect(other.entries.map((each) => each.seq)).toEqual([1, 2, 3, 4, 5]);
  });

  test('finds nothing outside of what it holds', () => {
    const log = windowOf(run(5, 8));
    expect([entryAt(log, 4), entryAt(log, 9), entryAt(log, 5)?.seq]).toEqual([undefined, undefined, 5]);
    expect(entryAt(emptyLog, 1)).toBeUndefined();
  });

  test('a hidden entry loses its text here too, whether it was held or comes later in an older page', () => {
    const hide = entry(6, 'entry.redacted', { seq: 3, reason: 'a password' });
    const held = appended(windowOf(run(2, 5)), [hide]).log;
    expect(entryAt(held, 3)).toMatchObject({ body: {}, redacted: true, salt: null });
    const later = prepended(windowOf([...run(4, 5), hide]), run(1, 3));
    expect(entryAt(later, 3)?.body).toEqual({});
    expect(currentText(later, entryAt(later, 3) as Entry)).toBeNull();
  });

  test('shows the latest correction, of entries that come in an older page as well', () => {
    const corrected = [
      entry(5, 'chat.corrected', { seq: 2, text: 'second try' }),
      entry(6, 'chat.corrected', { seq: 2, text: 'third try' }),
    ];
    const log = prepended(windowOf(corrected), run(1, 4));
    expect(currentText(log, entryAt(log, 2) as Entry)).toBe('third try');
    expect(log.entries[1]?.body['text']).toBe('message 2');
    const hidden = appended(log, [entry(7, 'entry.redacted', { seq: 6, reason: 'name' })]).log;
    expect(currentText(hidden, entryAt(hidden, 2) as Entry)).toBe('second try');
  });
});

describe('rows', () => {
  test('filters never hide what names me', () => {
    const assigned = entry(1, 'role.assigned', { role: 'ops', person: 'person-me' });
    expect(passes(assigned, 'chat', 'person-me')).toBe(true);
    expect(passes(assigned, 'chat', 'person-else')).toBe(false);
    const mention = entry(2, 'chat.posted', { text: '@me', mentions: ['person-me'] });
    expect(passes(mention, 'command', 'person-me')).toBe(true);
  });

  test('the index grows at both ends and counts what came in front', () => {
    const indexOf = createRowIndex('chat', 'person-me');
    const start = windowOf([said(5), entry(6, 'status.set', {}), said(7)]);
    expect(indexOf(start)).toEqual({ seqs: [5, 7], added: 0 });
    const grown = prepended(appended(start, [said(8)]).log, [said(3), entry(4, 'status.set', {})]);
    expect(indexOf(grown)).toEqual({ seqs: [3, 5, 7, 8], added: 1 });
  });

  test('a group is one author, one set of roles, within five minutes, and no reply', () => {
    const log = windowOf([
      said(1),
      said(2),
      said(3, { actor: 'person-olu' }),
      said(4, { actor: 'person-olu', at: new Date(START + HOUR).toISOString() }),
      said(5, {
        actor: 'person-olu',
        at: new Date(START + HOUR).toISOString(),
        body: { text: 'yes', replyTo: 1 },
      }),
    ]);
    expect([1, 2, 3, 4, 5].map((seq) => continuesGroup(log, seq - 1, seq, noRoles))).toEqual([
      false,
      true,
      false,
      false,
      false,
    ]);
    const roles = [
      { roles: [], deputy: false },
      { roles: [], deputy: true },
    ];
    expect(continuesGroup(log, 1, 2, (seq) => roles[seq - 1])).toBe(false);
  });

  test('no group crosses the edge of a loaded page, so that loading more moves nothing', () => {
    const log = prepended(windowOf(run(3, 4)), run(1, 2));
    expect(continuesGroup(log, 2, 3, noRoles)).toBe(false);
  });

  test('a day begins with entry 1 and where the date changes', () => {
    const log = windowOf([said(1), said(2), said(3, { at: new Date(START + 48 * HOUR).toISOString() })]);
    expect([startsDay(log, undefined, 1), startsDay(log, 1, 2), startsDay(log, 2, 3)]).toEqual([
      true,
      false,
      true,
    ]);
  });

  test('my last message skips hidden ones and what others wrote', () => {
    const log = windowOf([said(1), said(2, { redacted: true }), said(3, { actor: 'person-olu' })]);
    expect(lastMessageOf(log, 'person-dana')?.seq).toBe(1);
    expect(lastMessageOf(log, 'person-nobody')).toBeNull();
  });
});

describe('mentions among many new entries', () => {
  test('name each author once, the newest last, without myself', () => {
    const post = (seq: number, actor: string, mentions?: string[]): Entry =>
      entry(seq, 'chat.posted', { text: 'look', ...(mentions ? { mentions } : {}) }, { actor });
    const posted = [
      post(1, 'ada', ['me']),
      post(2, 'kim', ['me', 'lee']),
      post(3, 'me', ['me']),
      post(4, 'lee', ['kim']),
      post(5, 'lee'),
      post(6, 'ada', ['me']),
      entry(7, 'severity.set', { severity: 'SEV1', reason: 'me' }),
    ];
    expect(mentionersIn(posted, 'me')).toEqual(['kim', 'ada']);
    expect(mentionersIn(posted, 'nobody')).toEqual([]);
  });
});

describe('unread', () => {
  const opened = (lastRead: number, last: number) =>
    afterUnreadEvent(nothingUnread, { kind: 'opened', lastRead, last });

  test('opening marks nothing as read; the line stands above the first unread', () => {
    expect(opened(5, 9)).toEqual({ lastRead: 5, line: 6, watching: false });
    expect(unreadCount(opened(5, 9), [1, 4, 6, 7, 9])).toBe(3);
  });

  test('the first visit has nothing unread', () => {
    expect(opened(0, 9)).toEqual({ lastRead: 9, line: null, watching: false });
  });

  test('what arrives under my eyes is read; what arrives while I am away gets the line', () => {
    const watching = afterUnreadEvent(opened(9, 9), { kind: 'watching', last: 9 });
    expect(afterUnreadEvent(watching, { kind: 'arrived', last: 10, own: false }).lastRead).toBe(10);
    const away = afterUnreadEvent(watching, { kind: 'away', last: 9 });
    const arrived = afterUnreadEvent(away, { kind: 'arrived', last: 12, own: false });
    expect([arrived.line, arrived.lastRead]).toEqual([10, 9]);
    expect(afterUnreadEvent(arrived, { kind: 'arrived', last: 13, own: false }).line).toBe(10);
  });

  test('the line stays while one reads, and goes when it has done its work', () => {
    const read = afterUnreadEvent(opened(5, 9), { kind: 'watching', last: 9 });
    expect([read.line, read.lastRead]).toEqual([6, 9]);
    expect(afterUnreadEvent(read, { kind: 'cleared', last: 9 }).line).toBeNull();
    expect(afterUnreadEvent(read, { kind: 'away', last: 9 }).line).toBeNull();
  });
});
