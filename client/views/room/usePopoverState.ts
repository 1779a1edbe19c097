import { useState } from 'react';
import { useKey } from '../../app/keysContext.tsx';

/**
 * Whether a popover is open. Esc closes it wherever the focus is: in its first moment it is still on the button, and it
 * is nowhere when the control that had it went away.
 */
export function usePopoverState(): [opened: boolean, setOpened: (opened: boolean) => void] {
  const [opened, setOpened] = useState(false);
  useKey('escape', () => setOpened(false), { when: opened });
  return [opened, setOpened];
}
