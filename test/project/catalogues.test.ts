import { describe, expect, test } from 'vitest';
import { complaintsAbout, flatten } from './catalogues.ts';
import { projectFiles, textOf } from './files.ts';

function catalogueFiles(language: string): string[] {
  return projectFiles(`client/i18n/${language}`)
    .map((path) => path.split('/').at(-1) ?? '')
    .filter((name) => name.endsWith('.json'))
    .toSorted();
}

/** The complaints about two small catalogues. */
function about(english: unknown, korean: unknown): string[] {
  return complaintsAbout(flatten(english), flatten(korean));
}

describe('the message catalogues', () => {
  test('exist in both languages, file by file', () => {
    expect(catalogueFiles('en').length).toBeGreaterThan(0);
    expect(catalogueFiles('ko')).toEqual(catalogueFiles('en'));
  });

  test('say the same in both languages, with nothing empty, untranslated or ungrammatical', () => {
    const complaints = catalogueFiles('en').flatMap((name) => {
      const [english, korean] = ['en', 'ko'].map((language) =>
        flatten(JSON.parse(textOf(`client/i18n/${language}/${name}`))),
      );
      return complaintsAbout(english ?? new Map(), korean ?? new Map()).map((text) => `${name}: ${text}`);
    });
    expect(complaints).toEqual([]);
  });
});

describe('the catalogue check itself', () => {
  test('accepts a true pair, with nested keys, plural forms and names common to both', () => {
    const english = { a: { b: 'Open' }, n_one: '{{count}} person', n_other: '{{count}} people', utc: 'UTC' };
    expect(about(english, { a: { b: '열기' }, n_other: '{{count}}명', utc: 'UTC' })).toEqual([]);
  });

  test.each([
    ['a key only English has', { a: 'A b', c: 'C d' }, { a: '가' }],
    ['a key only Korean has', { a: 'A b' }, { a: '가', c: '다' }],
    ['an empty Korean value', { a: 'A b' }, { a: ' ' }],
    ['an English value left in Korean', { a: 'Declare' }, { a: 'Declare' }],
    ['a lost value', { a: 'By {{name}}' }, { a: '작성자' }],
    ['a missing plural form', { n_other: '{{count}} people' }, { n_other: '{{count}}명' }],
  ])('names %s', (_, english, korean) => {
    expect(about(english, korean)).toHaveLength(1);
  });

  test.each(['을', '를', '이', '가', '은', '는', '과', '와', '으로', '로'])(
    'names the particle %s after a value',
    (particle) => {
      expect(about({ a: 'To {{name}} now' }, { a: `{{name}}${particle} 지금` })).toHaveLength(1);
    },
  );

  test('lets a word that begins like a particle stand', () => {
    expect(about({ a: '{{name}} left' }, { a: '{{name}}님이 나갔습니다' })).toEqual([]);
    expect(about({ a: '{{n}} log' }, { a: '{{n}}로그' })).toEqual([]);
  });

  test('refuses a catalogue that is not text', () => {
    expect(() => flatten({ a: 3 })).toThrow('a is not a group of messages');
  });
});
