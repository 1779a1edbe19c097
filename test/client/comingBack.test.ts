import { describe, expect, test } from 'vitest';
import { backoff, meaningOfClose } from '../../client/document/backoff.ts';
import { closeCodes } from '#shared/contract/wire.ts';
import { seeded } from '../support/seeded.ts';

const CLIENTS = 2_000;

/** When each of many clients tries, for the attempt of that number. */
function triesOf(attempt: number, slowly = false): number[] {
  const random = seeded(attempt + 1);
  return Array.from({ length: CLIENTS }, () => backoff(attempt, slowly, random.next()));
}

/** Most tries that fall into one slot. */
function crowd(tries: readonly number[], slots: number): number {
  const [from, to] = [Math.min(...tries), Math.max(...tries) + 1];
  const counts = new Map<number, number>();
  for (const at of tries) {
    const slot = Math.floor(((at - from) * slots) / (to - from));
    counts.set(slot, (counts.get(slot) ?? 0) + 1);
  }
  return Math.max(...counts.values());
}

describe('coming back to a document after the server was lost', () => {
  test.each([0, 1, 2, 5, 20])('many clients do not try in the same instant (attempt %i)', (attempt) => {
    const tries = triesOf(attempt);
    expect(Math.max(...tries)).toBeLessThanOrEqual(5_000);
    expect(Math.max(...tries) - Math.min(...tries)).toBeGreaterThan(0.45 * Math.max(...tries));
    expect(crowd(tries, 10)).toBeLessThan((CLIENTS / 10) * 1.4);
  });

  test('the first try comes within 300 ms, and later ones leave more and more time', () => {
    const longest = [0, 1, 2, 3, 4, 5, 6].map((attempt) => Math.max(...triesOf(attempt)));
    expect(longest[0]).toBeLessThanOrEqual(300);
    expect(longest).toEqual(longest.toSorted((a, b) => a - b));
    expect(Math.max(...triesOf(20))).toBeGreaterThan(4_500);
  });

  test('a server that is back within two seconds has everybody within four', () => {
    const random = seeded(9);
    for (let client = 0; client < CLIENTS; client += 1) {
      let at = 0;
      for (let attempt = 0; at < 2_000; attempt += 1) at += backoff(attempt, false, random.next());
      expect(at).toBeLessThan(4_000);
    }
  });

  test('an overloaded server, or one without its store, is given more time from the first try on', () => {
    for (const code of [closeCodes.overloaded, closeCodes.storeAway, closeCodes.notSaved]) {
      expect(meaningOfClose(code)).toEqual({ kind: 'again', slowly: true });
    }
    expect(Math.min(...triesOf(0, true))).toBeGreaterThanOrEqual(750);
  });
});
