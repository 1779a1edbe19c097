import { describe, expect, test } from 'vitest';
import { refusalReasons, toWireError } from '#shared/contract/refusals.ts';
import type { RefusalReason } from '#shared/contract/refusals.ts';
import { createAnnouncer } from '../../client/app/announce.ts';
import type { PaletteAction } from '../../client/app/commands.ts';
import { arrangeActions } from '../../client/app/paletteOrder.ts';
import { readPreferences } from '../../client/app/preferences.tsx';
import { refusalSentence } from '../../client/app/refusal.ts';
import type { RefusalWords } from '../../client/app/refusal.ts';
import { withParticle } from '../../client/i18n/particles.ts';
import { initialLocale } from '../../client/i18n/locale.ts';

const words: RefusalWords = {
  locale: 'ko',
  nameOf: (id) => (id === 'person-anna0' ? '김안나' : undefined),
  somebody: '담당자',
  network: '응답 없음',
  unreadable: '읽을 수 없음',
  unavailable: '처리 불가',
};

describe('a refusal', () => {
  test('is said in the reader’s language with the name in place of the id', () => {
    const error = toWireError({ reason: 'commander_only', details: { person: 'person-anna0' } }, 'en');
    expect(refusalSentence(error, words)).toBe('장애 제어자만 할 수 있습니다. 김안나님에게 요청하세요.');
    expect(refusalSentence(error, { ...words, locale: 'en' })).toBe(
      'Only the commander can do this. Ask 김안나.',
    );
  });

  test('names somebody where the person is not known', () => {
    const error = toWireError({ reason: 'commander_only', details: { person: 'person-other' } });
    expect(refusalSentence(error, words)).toContain('담당자님에게');
  });

  test('without a reason falls back to its code, then to what the server said', () => {
    expect(refusalSentence({ code: 'closed', message: 'x' }, words)).toBe(refusalReasons.closed.ko);
    expect(refusalSentence({ code: 'cycle', message: 'As the server said' }, words)).toBe(
      'As the server said',
    );
    const foreign = { code: 'closed', message: 'x', details: { reason: 'of_a_newer_server' } } as const;
    expect(refusalSentence(foreign, words)).toBe(refusalReasons.closed.ko);
  });

  test('of the browser itself has a sentence of its own', () => {
    expect(refusalSentence({ code: 'unavailable', message: '', details: { reason: 'network' } }, words)).toBe(
      '응답 없음',
    );
  });

  test.each(Object.keys(refusalReasons) as RefusalReason[])('%s leaves no place unfilled', (reason) => {
    expect(refusalSentence(toWireError({ reason }), words)).not.toMatch(/[{}]/);
  });
});

describe('Korean particles', () => {
  test.each([
    ['장애', 'eulreul', '장애를'],
    ['등급', 'iga', '등급이'],
    ['서울', 'euro', '서울로'],
    ['부산', 'euro', '부산으로'],
    ['제주', 'euro', '제주로'],
    ['INC-1', 'euro', 'INC-1로'],
    ['INC-3', 'euro', 'INC-3으로'],
    ['INC-7', 'eunneun', 'INC-7은'],
    ['INC-2', 'gwawa', 'INC-2와'],
    ['mail', 'iga', 'mail이'],
    ['plan', 'eulreul', 'plan을'],
    ['page', 'eulreul', 'page를'],
    ['(조사)', 'eunneun', '(조사)는'],
    ['★', 'eulreul', '★을(를)'],
    ['', 'iga', '이(가)'],
  ] as const)('%s with %s is %s', (word, particle, whole) => {
    expect(withParticle(word, particle)).toBe(whole);
  });
});

describe('the first language', () => {
  test('is the chosen one, else the first of the browser’s that is spoken here', () => {
    expect(initialLocale('ko', ['en-GB'])).toBe('ko');
    expect(initialLocale(null, ['fr-FR', 'ko-KR', 'en'])).toBe('ko');
    expect(initialLocale(null, ['fr-FR'])).toBe('en');
    expect(initialLocale('xx', ['en-US', 'ko'])).toBe('en');
  });
});

describe('preferences', () => {
  test('that are not understood are as if not chosen', () => {
    const defaults = { singleKeys: true, sound: false };
    for (const text of [null, '', '{', '[]', 'null', '3', '{"singleKeys":"no","sound":1}'])
      expect(readPreferences(text)).toEqual(defaults);
    expect(readPreferences('{"singleKeys":false,"sound":true}')).toEqual({ singleKeys: false, sound: true });
  });
});

describe('the palette', () => {
  const action = (
    id: string,
    group: PaletteAction['group'],
    more: Partial<PaletteAction> = {},
  ): PaletteAction => ({
    id,
    title: id,
    group,
    run: () => undefined,
    ...more,
  });
  const groups = ['waiting', 'incident', 'go', 'me'] as const;

  test('lists everything by group when nothing is asked for', () => {
    const listed = arrangeActions([action('b', 'me'), action('a', 'waiting'), action('c', 'go')], '', groups);
    expect(listed.map(({ id }) => id)).toEqual(['a', 'c', 'b']);
  });

  test('finds by other words, the best first, and keeps what is refused behind what is not', () => {
    const listed = arrangeActions(
      [
        action('Hand over', 'incident', { disabledReason: 'no', also: ['제어권 인계'] }),
        action('Hand in', 'incident'),
        action('Board', 'go'),
        action('The hand', 'go'),
      ],
      'hand',
      groups,
    );
    expect(listed.map(({ id }) => id)).toEqual(['Hand in', 'Hand over', 'The hand']);
    expect(
      arrangeActions([action('Hand over', 'go', { also: ['제어권 인계'] })], 'ㅇㄱ', groups),
    ).toHaveLength(1);
  });
});

describe('announcements', () => {
  interface Timer {
    at: number;
    run: () => void;
  }

  /** An announcer with its page and a clock that is moved by hand. */
  function announcer() {
    let now = 0;
    let timers: Timer[] = [];
    const shown: string[] = [];
    const announce = createAnnouncer({
      show: (politeness, text) => shown.push(`${now} ${politeness}: ${text}`),
      after: (milliseconds, run) => {
        const timer = { at: now + milliseconds, run };
        timers.push(timer);
        return () => {
          timers = timers.filter((one) => one !== timer);
        };
      },
    });
    const pass = (milliseconds: number): void => {
      const until = now + milliseconds;
      for (;;) {
        const [due] = timers.filter((one) => one.at <= until).toSorted((a, b) => a.at - b.at);
        if (!due) break;
        now = due.at;
        timers = timers.filter((one) => one !== due);
        due.run();
      }
      now = until;
    };
    return { announce, shown, pass };
  }

  test('of one second are said together, each once, and cleared after five', () => {
    const { announce, shown, pass } = announcer();
    announce('polite', 'One.');
    pass(500);
    announce('polite', 'Two.');
    announce('polite', 'One.');
    pass(10_000);
    expect(shown).toEqual(['1000 polite: One. Two.', '6000 polite: ']);
  });

  test('that follow are said, and are not cleared by the timer of the first', () => {
    const { announce, shown, pass } = announcer();
    announce('polite', 'One.');
    pass(2_000);
    announce('polite', 'Two.');
    pass(10_000);
    expect(shown).toEqual(['1000 polite: One.', '3000 polite: Two.', '8000 polite: ']);
  });

  test('of both kinds do not wait for each other, and nothing is said for nothing', () => {
    const { announce, shown, pass } = announcer();
    announce('assertive', 'Now.');
    announce('polite', ' ');
    pass(1_000);
    expect(shown).toEqual(['50 assertive: Now.']);
  });
});
