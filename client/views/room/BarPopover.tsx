import { Popover } from '@mantine/core';
import { useId } from 'react';
import type { ReactNode } from 'react';
import { useKey } from '../../app/keysContext.tsx';
import { usePopoverState } from './usePopoverState.ts';

interface BarPopoverProps {
  /** Name of the button, such as "Severity: SEV1 Critical". */
  label: string;
  /** What the button shows. */
  face: ReactNode;
  title: string;
  className: string;
  /** A key that opens it, and what the list of keys says of it. */
  hotkey: string;
  hotkeyLabel: string;
  children: (close: () => void) => ReactNode;
}

/** A small form that opens at its button in the bar and gives the focus back to it. */
export function BarPopover({
  className,
  label,
  face,
  title,
  hotkey,
  hotkeyLabel,
  children,
}: BarPopoverProps): ReactNode {
  const [opened, setOpened] = usePopoverState();
  const titleId = useId();
  useKey(hotkey, () => setOpened(true), { label: hotkeyLabel });
  const close = (): void => setOpened(false);
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      position="bottom-start"
      width={320}
      trapFocus
      returnFocus
      withinPortal
      transitionProps={{ duration: 0 }}
    >
      <Popover.Target>
        <button
          type="button"
          className={`bar-control ${className}`}
          aria-label={label}
          aria-haspopup="dialog"
          onClick={() => setOpened(!opened)}
        >
          {face}
          <span className="bar-caret" aria-hidden="true">
            ▾
          </span>
        </button>
      </Popover.Target>
      <Popover.Dropdown className="bar-form" aria-labelledby={titleId}>
        <h2 id={titleId} className="bar-form-title">
          {title}
        </h2>
        {opened ? children(close) : null}
      </Popover.Dropdown>
    </Popover>
  );
}
