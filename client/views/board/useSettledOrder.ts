import { useEffect, useRef, useState } from 'react';
import { countChanges } from './boardGroups.ts';
import type { Placed } from './boardGroups.ts';

interface Hold {
  onPointerEnter: () => void;
  onPointerLeave: () => void;
  onFocus: () => void;
  onBlur: (event: React.FocusEvent) => void;
}

/**
 * Keeps the order of a list still while the pointer or the focus is in it, so that nothing moves away from under the
 * hand. Spread `hold` onto the list. `changes` says how much waits, `showNow` lets it in.
 */
export function useSettledOrder(wanted: readonly Placed[]): {
  shown: readonly Placed[];
  changes: number;
  showNow: () => void;
  hold: Hold;
} {
  const [pointer, setPointer] = useState(false);
  const [focus, setFocus] = useState(false);
  const [kept, setKept] = useState(wanted);
  const held = pointer || focus;
  const latest = useRef(wanted);
  const signature = JSON.stringify(wanted);

  useEffect(() => {
    latest.current = JSON.parse(signature) as Placed[];
    // A list that was empty has nothing that could move.
    setKept((before) => (held && before.length > 0 ? before : latest.current));
  }, [signature, held]);

  return {
    shown: kept,
    changes: countChanges(kept, wanted),
    showNow: () => setKept(latest.current),
    hold: {
      // A finger that taps leaves no pointer behind; only a mouse rests on the list.
      onPointerEnter: () => setPointer(window.matchMedia('(hover: hover)').matches),
      onPointerLeave: () => setPointer(false),
      onFocus: () => setFocus(true),
      onBlur: (event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setFocus(false);
      },
    },
  };
}
