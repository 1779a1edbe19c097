import { describe, expect, test } from 'vitest';
import { isSingleKey, keyMeant, pressed } from '../../client/app/keys.ts';
import type { KeyPress } from '../../client/app/keys.ts';

function press(changes: Partial<KeyPress>): KeyPress {
  return { key: '', code: '', ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...changes };
}

describe('which key was meant', () => {
  test.each([
    [{ key: 'h', code: 'KeyH' }, 'h'],
    [{ key: 'H', code: 'KeyH' }, 'h'],
    [{ key: 'ㅗ', code: 'KeyH' }, 'h'],
    [{ key: 'ф', code: 'KeyA' }, 'a'],
    [{ key: 'Process', code: 'KeyD' }, 'd'],
    // A French keyboard has its A where others have Q, and prints it there.
    [{ key: 'a', code: 'KeyQ' }, 'a'],
    [{ key: '/', code: 'Slash' }, '/'],
    [{ key: ' ', code: 'Space' }, 'space'],
    [{ key: 'ArrowLeft', code: 'ArrowLeft' }, 'arrowleft'],
    [{ key: 'Process', code: 'Digit3' }, '3'],
  ])('%o means %s', (event, meant) => {
    expect(keyMeant(event)).toBe(meant);
  });
});

describe('combinations', () => {
  test.each([
    ['d', press({ key: 'd', code: 'KeyD' })],
    ['ctrl+k', press({ key: 'k', code: 'KeyK', ctrlKey: true })],
    ['ctrl+k', press({ key: 'ㅏ', code: 'KeyK', ctrlKey: true })],
    ['ctrl+k', press({ key: 'k', code: 'KeyK', metaKey: true })],
    ['/', press({ key: '/', code: 'Digit7', shiftKey: true })],
    ['ctrl+shift+f6', press({ key: 'F6', code: 'F6', ctrlKey: true, shiftKey: true })],
  ])('%s is pressed by %o', (combination, event) => {
    expect(pressed(event, combination)).toBe(true);
  });

  test.each([
    ['d', press({ key: 'd', code: 'KeyD', ctrlKey: true })],
    ['d', press({ key: 'd', code: 'KeyD', altKey: true })],
    ['d', press({ key: 'D', code: 'KeyD', shiftKey: true })],
    ['ctrl+k', press({ key: 'k', code: 'KeyK' })],
    ['q', press({ key: 'a', code: 'KeyQ' })],
    ['ctrl+f6', press({ key: 'F6', code: 'F6', ctrlKey: true, shiftKey: true })],
  ])('%s is not pressed by %o', (combination, event) => {
    expect(pressed(event, combination)).toBe(false);
  });

  test('those that type a character are the ones that can be switched off', () => {
    expect(['d', '/', 'g b', 'shift+d'].filter(isSingleKey)).toEqual(['d', '/', 'g b', 'shift+d']);
    expect(['ctrl+k', 'end', 'arrowleft', 'alt+1', 'escape'].filter(isSingleKey)).toEqual([]);
  });
});
