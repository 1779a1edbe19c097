import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { caretLooks } from '../../client/document/caretColors.ts';
import { bindText, editBetween, movedBy } from '../../client/document/sharedText.ts';
import type { TextField } from '../../client/document/sharedText.ts';
import { cleanText, looksLikeLog } from '../../client/document/terminalLog.ts';
import { terminalLog } from '../support/clipboardSamples.ts';

/** A text area without a page. */
class Field extends EventTarget implements TextField {
  value = '';
  selectionStart = 0;
  selectionEnd = 0;
  selectionDirection: 'forward' | 'backward' | 'none' = 'none';
  scrollTop = 0;

  setSelectionRange(start: number, end: number): void {
    this.selectionStart = start;
    this.selectionEnd = end;
  }

  /** Types at the caret, as a key does; while composing only the browser knows. */
  type(text: string): void {
    this.value = this.value.slice(0, this.selectionStart) + text + this.value.slice(this.selectionEnd);
    this.setSelectionRange(this.selectionStart + text.length, this.selectionStart + text.length);
    this.dispatchEvent(new Event('input'));
  }

  /** Replaces the last `length` characters before the caret, as a composition does with each jamo. */
  recompose(length: number, text: string): void {
    this.setSelectionRange(this.selectionStart - length, this.selectionStart);
    this.type(text);
  }
}

function bound(initial = ''): { text: Y.Text; field: Field; theirs: Y.Text; exchange(): void } {
  const [mine, other] = [new Y.Doc(), new Y.Doc()];
  mine.getText('scratch').insert(0, initial);
  const field = new Field();
  bindText(mine.getText('scratch'), field);
  const exchange = (): void => {
    Y.applyUpdate(other, Y.encodeStateAsUpdate(mine), 'wire');
    Y.applyUpdate(mine, Y.encodeStateAsUpdate(other), 'wire');
  };
  exchange();
  return { text: mine.getText('scratch'), field, theirs: other.getText('scratch'), exchange };
}

describe('the edit that was typed', () => {
  test('among equal readings it is the one that ends at the caret', () => {
    expect(editBetween('aa', 'aaa', 2)).toEqual({ index: 1, remove: 0, insert: 'a' });
    expect(editBetween('aa', 'aaa', 1)).toEqual({ index: 0, remove: 0, insert: 'a' });
    expect(editBetween('aaa', 'aa', 1)).toEqual({ index: 1, remove: 1, insert: '' });
  });

  test('applied to the text before, it always gives the text after, and never halves a character', () => {
    const texts = fc.string({ unit: fc.constantFrom('a', 'b', '\n', '한', '😀', '😁'), maxLength: 12 });
    fc.assert(
      fc.property(texts, texts, fc.nat(24), (before, after, caret) => {
        const edit = editBetween(before, after, Math.min(caret, after.length));
        if (edit === null) {
          expect(before).toBe(after);
          return;
        }
        expect(before.slice(0, edit.index) + edit.insert + before.slice(edit.index + edit.remove)).toBe(
          after,
        );
        const whole = (text: string): boolean => text.isWellFormed();
        expect([whole(edit.insert), whole(before.slice(edit.index, edit.index + edit.remove))]).toEqual([
          true,
          true,
        ]);
      }),
      { seed: 42, numRuns: 2_000 },
    );
  });

  test('a caret moves with what others insert and delete before it, and stays for what is behind', () => {
    expect(movedBy([{ retain: 2 }, { insert: 'xyz' }], 5)).toBe(8);
    expect(movedBy([{ retain: 5 }, { insert: 'xyz' }], 5)).toBe(5);
    expect(movedBy([{ retain: 2 }, { delete: 2 }], 5)).toBe(3);
    expect(movedBy([{ delete: 9 }], 5)).toBe(0);
  });
});

describe('the scratch pad', () => {
  test('takes over what is typed and shows what others write, with the caret in its place', () => {
    const { text, field, theirs, exchange } = bound('log\n');
    field.setSelectionRange(4, 4);
    field.type('mine');
    exchange();
    theirs.insert(0, 'theirs ');
    exchange();
    expect([field.value, field.selectionStart, text.toJSON()]).toEqual([
      'theirs log\nmine',
      15,
      'theirs log\nmine',
    ]);
  });

  test('leaves a composing field alone, and puts what was composed in its place among what came meanwhile', () => {
    const { text, field, theirs, exchange } = bound('start  end');
    field.setSelectionRange(6, 6);
    field.dispatchEvent(new Event('compositionstart'));
    field.type('ㅎ');
    field.recompose(1, '하');
    theirs.insert(0, 'xx');
    theirs.insert(theirs.length, 'yy');
    exchange();
    expect(field.value).toBe('start 하 end');
    field.recompose(1, '한');
    field.dispatchEvent(new Event('compositionend'));
    exchange();
    expect([field.value, text.toJSON(), theirs.toJSON()]).toEqual(
      Array.from({ length: 3 }, () => 'xxstart 한 endyy'),
    );
    expect(field.selectionStart).toBe('xxstart 한'.length);
  });

  test('any mix of typing, composing and changes of others converges and loses nobody’s letters', () => {
    const step = fc.oneof(
      fc.record({ who: fc.constant('me'), at: fc.nat(30), text: fc.constantFrom('a', 'bc', '한', '😀') }),
      fc.record({ who: fc.constant('them'), at: fc.nat(30), text: fc.constantFrom('X', 'YZ', '글') }),
      fc.record({ who: fc.constantFrom('compose', 'commit', 'wire'), at: fc.nat(30), text: fc.constant('') }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const { text, field, theirs, exchange } = bound('');
        let composing = false;
        let typed = 0;
        for (const { who, at, text: letters } of steps) {
          if (who === 'me') {
            if (!composing) {
              let place = Math.min(at, field.value.length);
              // Carets stand between characters.
              if (!field.value.slice(0, place).isWellFormed()) place -= 1;
              field.setSelectionRange(place, place);
            }
            field.type(letters);
            typed += letters.length;
          } else if (who === 'them') {
            let place = Math.min(at, theirs.length);
            if (!theirs.toJSON().slice(0, place).isWellFormed()) place -= 1;
            theirs.insert(place, letters);
            typed += letters.length;
          } else if (who === 'wire') exchange();
          else if ((who === 'compose') !== composing) {
            composing = !composing;
            field.dispatchEvent(new Event(composing ? 'compositionstart' : 'compositionend'));
          }
        }
        if (composing) field.dispatchEvent(new Event('compositionend'));
        exchange();
        expect([text.toJSON(), theirs.toJSON()]).toEqual([field.value, field.value]);
        expect(field.value).toHaveLength(typed);
        expect(field.value.isWellFormed()).toBe(true);
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});

describe('text from a terminal', () => {
  test.each([
    ['colours', '\u001B[31mred\u001B[0m', 'red'],
    ['a window title', '\u001B]0;title\u0007prompt$ ', 'prompt$ '],
    ['lines of Windows', 'a\r\nb\r\n', 'a\nb\n'],
    ['an overwritten line', '10%\r50%\r100%\ndone', '100%\ndone'],
    ['control characters', 'a\u0000b\u0007c\u007F', 'abc'],
    ['tabs and wide characters', 'a\tb 한글 😀', 'a\tb 한글 😀'],
    ['halves of characters', 'x\uD83Dy\uDE00z', 'x\uFFFDy\uFFFDz'],
  ])('is cleaned of %s', (_, raw, clean) => {
    expect(cleanText(raw)).toBe(clean);
  });

  test.each([
    ['colours', terminalLog],
    ['time stamps', '2026-03-14 12:06:31 started\n2026-03-14 12:06:32 stopped'],
    ['syslog', 'Mar 14 12:06:31 db-3 kernel: oom\nMar 14 12:06:33 db-3 kernel: killed'],
    ['levels', 'INFO starting\nERROR failed: no pool\nWARN retrying'],
    ['a stack trace', 'TypeError: x is not a function\n    at run (a.js:1:2)\n    at main (b.js:3:4)'],
    ['a prompt', '$ kubectl get pods\nNAME READY\ncheckout-1 0/1'],
    ['columns', 'NAME         READY   STATUS\ncheckout-1   0/1     CrashLoop\nsearch-2     1/1     Running'],
    ['indentation', 'spec:\n  replicas: 3\n  template:\n    image: v41'],
  ])('is known by %s', (_, text) => {
    expect(looksLikeLog(text)).toBe(true);
  });

  test.each([
    ['one line', '2026-03-14 12:06:31 started'],
    ['prose', 'We looked at the pool.\nIt was full, so we made it larger.\n\nThen it was fine.'],
    ['a list', '- first\n- second\n  - nested\n  - nested too'],
    ['Korean prose', '결제 장애를 확인했습니다.\n원인은 커넥션 풀입니다.'],
    ['nothing', ''],
  ])('is not taken for one: %s', (_, text) => {
    expect(looksLikeLog(text)).toBe(false);
  });

  test('judging a large text takes no time', () => {
    const started = performance.now();
    cleanText('\r'.repeat(100_000));
    looksLikeLog(`${'a'.repeat(200_000)}\n${' '.repeat(50_000)}`);
    looksLikeLog('\u001B'.repeat(100_000));
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

test('the first six people have six colours, the same for everybody; a seventh repeats one, dashed', () => {
  const people = Array.from({ length: 7 }, (_, index) => `person-${index}`);
  const looks = caretLooks([...people].reverse());
  expect(new Set(people.slice(0, 6).map((person) => looks.get(person)?.color)).size).toBe(6);
  expect(looks.get('person-6')).toEqual({ color: 1, dashed: true });
  expect(looks).toEqual(caretLooks(people));
});
