import { useEffect, useLayoutEffect, useRef } from 'react';
import { isTextField, keyMeant } from '../../app/keys.ts';
import { usePreferences } from '../../app/preferences.tsx';

export interface ReplayActs {
  step: (by: 1 | -1) => void;
  jump: (by: 1 | -1) => void;
  first: () => void;
  last: () => void;
  play: () => void;
  /** 0 to 4. */
  speed: (index: number) => void;
}

/** The keys of the replay, outside of text: arrows, Shift with arrows, Space, 1 to 5, Home and End. */
export function useReplayKeys(acts: ReplayActs): void {
  const { preferences } = usePreferences();
  const latest = useRef({ acts, digits: preferences.singleKeys });
  useLayoutEffect(() => {
    latest.current = { acts, digits: preferences.singleKeys };
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey)
        return;
      if (isTextField(event.target) || document.querySelector('[aria-modal="true"]')) return;
      if (act(event, latest.current.acts, latest.current.digits)) event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}

function act(event: KeyboardEvent, acts: ReplayActs, digits: boolean): boolean {
  const key = keyMeant(event);
  const target = event.target instanceof Element ? event.target : null;
  // Radios and tabs have their own arrows, and a focused control its own Space.
  const hasArrows = target?.closest('[role=tab], input[type=radio]') != null;
  switch (key) {
    case 'arrowright':
    case 'arrowleft': {
      if (hasArrows) return false;
      const by = key === 'arrowright' ? 1 : -1;
      if (event.shiftKey) acts.jump(by);
      else acts.step(by);
      return true;
    }
    case 'home':
      acts.first();
      return true;
    case 'end':
      acts.last();
      return true;
    case 'space':
      if (target?.closest('button, a, input, select, summary')) return false;
      acts.play();
      return true;
    default: {
      const digit = Number(key);
      if (!digits || event.shiftKey || !(digit >= 1 && digit <= 5)) return false;
      acts.speed(digit - 1);
      return true;
    }
  }
}
