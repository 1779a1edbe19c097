/** The parts of a keyboard event that decide about Enter. */
export interface EnterPress {
  key: string;
  code: string;
  keyCode: number;
  isComposing: boolean;
}

export interface EnterGuard {
  /** Feed every keydown without Shift; true means: this Enter is dealt with, prevent its default. */
  keyDown: (event: EnterPress) => boolean;
  keyUp: (event: Pick<EnterPress, 'key' | 'code'>) => void;
  /** Feed the text in composition as it changes. */
  compositionUpdate: (text: string) => void;
  compositionEnd: () => void;
}

const COMPOSING = 229;
const HANGUL = /[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]/u;

/** While an input method works, some systems call the key `Process` and tell only by its place that it is Enter. */
function isEnter(event: Pick<EnterPress, 'key' | 'code'>): boolean {
  return event.key === 'Enter' || event.code === 'Enter' || event.code === 'NumpadEnter';
}

/**
 * One Enter is one act, in Hangul too. An Enter during composition never acts on unfinished text: with Hangul it acts
 * once after the composition has ended, with other scripts it only ends the composition. `later` runs a macrotask on.
 */
export function createEnterGuard(act: () => void, later: (then: () => void) => void): EnterGuard {
  let composing = '';
  let actAfterComposition = false;
  let down = false;
  let swallow = false;

  return {
    keyDown(event) {
      if (!isEnter(event)) return false;
      down = true;
      if (event.isComposing || event.keyCode === COMPOSING) {
        if (HANGUL.test(composing)) actAfterComposition = true;
        return false;
      }
      if (swallow || actAfterComposition) return true;
      swallow = true;
      act();
      return true;
    },
    keyUp(event) {
      if (!isEnter(event)) return;
      down = false;
      swallow = false;
    },
    compositionUpdate(text) {
      composing = text;
    },
    compositionEnd() {
      composing = '';
      if (!actAfterComposition) return;
      swallow = down;
      later(() => {
        actAfterComposition = false;
        act();
      });
    },
  };
}
