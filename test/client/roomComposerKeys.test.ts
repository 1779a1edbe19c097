import type { CompositionEvent, KeyboardEvent } from 'react';
import { describe, expect, test } from 'vitest';
import { composerHandlers } from '../../client/room/useComposerKeys.ts';

interface Press {
  key?: string;
  code?: string;
  keyCode?: number;
  isComposing?: boolean;
  shiftKey?: boolean;
}

/** A message box with a fake text field: what Enter sends is what stands in it when it is read. */
function box(touch = false) {
  let field = '';
  const sent: string[] = [];
  const keys: string[] = [];
  const macrotasks: (() => void)[] = [];
  const handlers = composerHandlers({
    enter() {
      if (field !== '') sent.push(field);
      field = '';
    },
    key(event) {
      keys.push(event.key);
      return false;
    },
    later: (then) => void macrotasks.push(then),
    touch: () => touch,
  });
  const event = (press: Press) => {
    const native = { key: 'Enter', code: 'Enter', keyCode: 13, isComposing: false, ...press };
    let prevented = false;
    return {
      ...native,
      shiftKey: press.shiftKey ?? false,
      altKey: false,
      ctrlKey: false,
      metaKey: false,
      nativeEvent: native,
      preventDefault: () => {
        prevented = true;
      },
      wasPrevented: () => prevented,
    };
  };
  return {
    sent,
    keys,
    field: () => field,
    type: (text: string) => {
      field = text;
    },
    compose(text: string) {
      handlers.onCompositionStart();
      handlers.onCompositionUpdate({ data: text } as CompositionEvent);
      field = text;
    },
    endComposition: () => handlers.onCompositionEnd(),
    press(press: Press = {}): boolean {
      const pressed = event(press);
      handlers.onKeyDown(pressed as unknown as KeyboardEvent);
      return pressed.wasPrevented();
    },
    release: () => handlers.onKeyUp(event({}) as unknown as KeyboardEvent),
    turn() {
      for (const task of macrotasks.splice(0)) task();
    },
  };
}

const DURING = { keyCode: 229, isComposing: true };

describe('one Enter is one message', () => {
  test('plain text is sent at once, and a held key sends nothing more', () => {
    const it = box();
    it.type('hello');
    expect(it.press()).toBe(true);
    it.type('again');
    it.press();
    expect(it.sent).toEqual(['hello']);
    it.release();
    it.press();
    expect(it.sent).toEqual(['hello', 'again']);
  });

  test('Hangul is sent once, whole, after its composition', () => {
    const it = box();
    it.compose('하세요');
    it.press(DURING);
    expect(it.sent).toEqual([]);
    it.endComposition();
    expect(it.sent).toEqual([]);
    it.turn();
    it.press();
    it.release();
    expect(it.sent).toEqual(['하세요']);
    expect(it.field()).toBe('');
  });

  test('an Enter that comes as a plain key before the composition ends sends once, too', () => {
    const it = box();
    it.compose('하세요');
    expect(it.press({ keyCode: 13, isComposing: false })).toBe(true);
    expect(it.sent).toEqual([]);
    it.endComposition();
    it.turn();
    expect(it.sent).toEqual(['하세요']);
  });

  test('systems that call the key Process are understood by its place', () => {
    const it = box();
    it.compose('확인');
    it.press({ key: 'Process', code: 'Enter', keyCode: 229 });
    it.endComposition();
    it.turn();
    expect(it.sent).toEqual(['확인']);
  });

  test('other scripts only commit', () => {
    const it = box();
    it.compose('かな');
    it.press(DURING);
    it.endComposition();
    it.turn();
    expect(it.sent).toEqual([]);
    expect(it.field()).toBe('かな');
  });

  test('Shift+Enter makes a line', () => {
    const it = box();
    it.type('one');
    expect(it.press({ shiftKey: true })).toBe(false);
    expect(it.sent).toEqual([]);
  });

  test('on a keyboard of glass Enter makes a line', () => {
    const it = box(true);
    it.type('one');
    expect(it.press()).toBe(false);
    expect(it.sent).toEqual([]);
  });

  test('no other key acts during a composition', () => {
    const it = box();
    it.compose('하');
    it.press({ key: 'ArrowUp', code: 'ArrowUp', keyCode: 229, isComposing: true });
    it.press({ key: 'Escape', code: 'Escape', keyCode: 27 });
    expect(it.keys).toEqual([]);
    it.endComposition();
    it.press({ key: 'Escape', code: 'Escape', keyCode: 27 });
    expect(it.keys).toEqual(['Escape']);
  });
});
