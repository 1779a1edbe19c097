import { beforeEach, describe, expect, test } from 'vitest';
import { createEnterGuard } from '../../client/app/enter.ts';
import type { EnterGuard } from '../../client/app/enter.ts';

let acts: number;
let waiting: (() => void)[];
let guard: EnterGuard;

const ENTER = { key: 'Enter', code: 'Enter', keyCode: 13, isComposing: false };
const COMPOSING_ENTER = { key: 'Process', code: 'Enter', keyCode: 229, isComposing: true };

function runLater(): void {
  for (const then of waiting.splice(0)) then();
}

beforeEach(() => {
  acts = 0;
  waiting = [];
  guard = createEnterGuard(
    () => acts++,
    (then) => waiting.push(then),
  );
});

describe('one Enter is one act', () => {
  test('without composition at once, and not again while the key is held', () => {
    expect(guard.keyDown(ENTER)).toBe(true);
    expect(guard.keyDown(ENTER)).toBe(true);
    expect(acts).toBe(1);
    guard.keyUp(ENTER);
    guard.keyDown(ENTER);
    expect(acts).toBe(2);
  });

  test('in Hangul once, after the composition has ended', () => {
    guard.compositionUpdate('요');
    expect(guard.keyDown(COMPOSING_ENTER)).toBe(false);
    expect(acts).toBe(0);
    guard.compositionEnd();
    expect(acts).toBe(0);
    runLater();
    expect(acts).toBe(1);
  });

  test('in Hangul once also when the system sends Enter again, before or after', () => {
    guard.compositionUpdate('요');
    guard.keyDown(COMPOSING_ENTER);
    guard.compositionEnd();
    expect(guard.keyDown(ENTER)).toBe(true);
    runLater();
    expect(guard.keyDown(ENTER)).toBe(true);
    expect(acts).toBe(1);
    guard.keyUp(ENTER);
    guard.keyDown(ENTER);
    expect(acts).toBe(2);
  });

  test('in Hangul the next Enter acts when the key was released before the composition ended', () => {
    guard.compositionUpdate('요');
    guard.keyDown(COMPOSING_ENTER);
    guard.keyUp(ENTER);
    guard.compositionEnd();
    runLater();
    guard.keyDown(ENTER);
    expect(acts).toBe(2);
  });

  test('with another script it only ends the composition', () => {
    guard.compositionUpdate('かな');
    guard.keyDown({ ...COMPOSING_ENTER, key: 'Enter' });
    guard.compositionEnd();
    runLater();
    expect(acts).toBe(0);
    guard.keyUp(ENTER);
    guard.keyDown(ENTER);
    expect(acts).toBe(1);
  });

  test('other keys are nobody’s business', () => {
    expect(guard.keyDown({ key: 'a', code: 'KeyA', keyCode: 65, isComposing: false })).toBe(false);
    guard.compositionUpdate('하');
    guard.compositionEnd();
    runLater();
    expect(acts).toBe(0);
  });
});
