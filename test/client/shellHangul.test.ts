import { describe, expect, test } from 'vitest';
import { bestMatch, initialConsonants, keystrokes, matchQuality } from '../../client/app/hangul.ts';

describe('initial consonants', () => {
  test('stand for their syllables, and all else for itself', () => {
    expect(initialConsonants('장애 선언 INC-42')).toBe('ㅈㅇ ㅅㅇ INC-42');
    expect(initialConsonants('빨간 꽃')).toBe('ㅃㄱ ㄲ');
  });
});

describe('keystrokes on a two-set keyboard', () => {
  test.each([
    ['인계', 'dlsrp'],
    ['값', 'rkqt'],
    ['뷁', 'qnpfr'],
    ['의사', 'dmltk'],
    ['handoff', 'handoff'],
    ['ㅗ무앨ㄹ', 'handoff'],
    ['쌍', 'tkd'],
  ])('of %s are %s', (text, keys) => {
    expect(keystrokes(text)).toBe(keys);
  });

  test('are the same for a text in parts (NFD)', () => {
    expect(keystrokes('인계'.normalize('NFD'))).toBe('dlsrp');
  });
});

describe('matching', () => {
  test.each([
    ['ㅇㄱ', '제어권 인계'],
    ['인ㄱ', '인계'],
    ['ㅗ무앨ㄹ', 'Hand over (handoff)'],
    ['dlsrP', '제어권 인계'],
    ['over', 'Hand over command'],
    ['HAND', 'Hand over command'],
    ['장애선언', '장애 선언'],
    ['42', 'Open INC-42: Checkout'],
    ['inc-42', 'Open INC-42: Checkout'],
  ])('%s finds %s', (query, text) => {
    expect(matchQuality(query, text)).toBeGreaterThan(0);
  });

  test.each([
    ['ㅇㄴ', '제어권 인계'],
    ['update', 'Declare incident'],
    ['선언', '설정'],
  ])('%s does not find %s', (query, text) => {
    expect(matchQuality(query, text)).toBe(0);
  });

  test('prefers the beginning of the text, then of a word', () => {
    expect(matchQuality('dec', 'Declare incident')).toBe(3);
    expect(matchQuality('inc', 'Declare incident')).toBe(2);
    expect(matchQuality('cid', 'Declare incident')).toBe(1);
  });

  test('an empty query finds everything, and no text finds nothing', () => {
    expect(matchQuality('  ', 'Declare')).toBe(1);
    expect(bestMatch('x', [])).toBe(0);
    expect(bestMatch('인계', ['Hand over', '제어권 인계'])).toBe(2);
  });
});
