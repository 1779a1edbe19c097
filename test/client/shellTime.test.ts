import { describe, expect, test } from 'vitest';
import {
  formatClock,
  formatDate,
  formatElapsed,
  formatElapsedClock,
  formatFull,
  formatTime,
  formatUtc,
  nextMomentAt,
} from '../../client/design/time.ts';
import { nextUpdateMoment } from '../../client/views/update/updateRules.ts';

const AT = '2026-03-14T03:06:31.000Z';
const SEOUL_EN = { locale: 'en', timeZone: 'Asia/Seoul' } as const;
const SEOUL_KO = { locale: 'ko', timeZone: 'Asia/Seoul' } as const;
const MINUTE = 60_000;

describe('moments', () => {
  test('are told in 24 hours, locally and in UTC', () => {
    expect(formatTime(AT, SEOUL_EN)).toBe('12:06');
    expect(formatClock(AT, SEOUL_KO)).toBe('12:06:31');
    expect(formatUtc(AT)).toBe('03:06Z');
    expect(formatTime('2026-03-13T15:00:00.000Z', SEOUL_EN)).toBe('00:00');
  });

  test('have the date in the form of the language', () => {
    expect(formatDate(AT, SEOUL_EN)).toBe('Sat 14 Mar 2026');
    expect(formatDate(AT, SEOUL_KO)).toBe('2026. 3. 14. (토)');
  });

  test('in full name both zones, and the UTC date where it is another day', () => {
    expect(formatFull(AT, SEOUL_EN)).toBe('Sat 14 Mar 2026, 12:06:31 KST · 03:06:31 UTC');
    expect(formatFull(AT, SEOUL_KO)).toBe('2026. 3. 14. (토) 12:06:31 KST · 03:06:31 UTC');
    expect(formatFull('2026-03-13T20:00:00.000Z', SEOUL_EN)).toBe(
      'Sat 14 Mar 2026, 05:00:00 KST · Fri 13 Mar 2026, 20:00:00 UTC',
    );
    expect(formatFull(AT, { locale: 'en', timeZone: 'UTC' })).toBe('Sat 14 Mar 2026, 03:06:31 UTC');
  });
});

describe('time passed', () => {
  test.each([
    [0, '00:00:00', '0 min', '0분'],
    [84 * MINUTE + 10_000, '01:24:10', '1 h 24 min', '1시간 24분'],
    [47 * 60 * MINUTE, '47:00:00', '47 h 0 min', '47시간 0분'],
    [50 * 60 * MINUTE, '50:00:00', '2 d 2 h', '2일 2시간'],
    [-5_000, '00:00:00', '0 min', '0분'],
  ])('%i ms', (passed, clock, english, korean) => {
    expect(formatElapsedClock(passed)).toBe(clock);
    expect(formatElapsed(passed, 'en')).toBe(english);
    expect(formatElapsed(passed, 'ko')).toBe(korean);
  });

  test('under an hour is short where asked for', () => {
    expect(formatElapsedClock(9 * MINUTE + 12_000, true)).toBe('09:12');
    expect(formatElapsedClock(61 * MINUTE, true)).toBe('01:01:00');
  });
});

describe('a time as typed', () => {
  const now = new Date(2026, 2, 14, 12, 6, 31).getTime();

  test.each(['12:30', '1230', ' 12:30 ', '12시30분', '12시 30분'])(
    '%s is today when it is still to come',
    (text) => {
      expect(nextMomentAt(text, now)).toBe(new Date(2026, 2, 14, 12, 30).getTime());
    },
  );

  test('is tomorrow when it has passed', () => {
    expect(nextMomentAt('11:00', now)).toBe(new Date(2026, 2, 15, 11, 0).getTime());
    expect(nextMomentAt('12:06', now)).toBe(new Date(2026, 2, 15, 12, 6).getTime());
  });

  test.each(['', '24:00', '12:60', 'soon', '12', '-1:30'])('%j is none', (text) => {
    expect(nextMomentAt(text, now)).toBeNull();
  });

  test('the next update is promised to the full minute', () => {
    expect(nextUpdateMoment({ kind: 'minutes', minutes: 30 }, now)).toBe(
      new Date(2026, 2, 14, 12, 37).getTime(),
    );
    expect(nextUpdateMoment({ kind: 'time', text: 'x' }, now)).toBe('invalid');
    expect(nextUpdateMoment({ kind: 'none' }, now)).toBeNull();
  });
});
