import { useEffect, useId, useLayoutEffect, useRef } from 'react';
import type { CSSProperties, KeyboardEvent, ReactNode } from 'react';
import { createPortal } from 'react-dom';
import { keepPlace } from './keepPlace.ts';
import './dialog.css';

interface RoomDialogProps {
  title: ReactNode;
  children: ReactNode;
  /** Esc and the close control. Never a decision: closing keeps everything as it was. */
  onClose: () => void;
  /** Buttons, pinned at the lower edge. */
  actions?: ReactNode;
  /** Beside the title, such as a clock. */
  aside?: ReactNode;
  /** `must`: an alert dialog that must be answered; clicks outside do nothing and its edge is strong. */
  kind?: 'plain' | 'must' | 'danger';
  /** Width in CSS pixels where there is room; under 800 the dialog fills the screen when `must`. */
  width?: number;
  describedBy?: string;
  /** Where the focus goes; the heading where not given. */
  initialFocus?: 'heading' | 'field';
  closeLabel: string;
  drill?: boolean;
}

const FOCUSABLE =
  'a[href], button:not([disabled]), input:not([disabled]), select:not([disabled]), textarea:not([disabled]), [tabindex]:not([tabindex="-1"])';

/** A dialog of the room: named, traps the focus, and gives it back with caret and selection where it was. */
export function RoomDialog(props: RoomDialogProps): ReactNode {
  const { title, children, onClose, actions, aside, kind = 'plain', width = 560, describedBy } = props;
  const titleId = useId();
  const box = useRef<HTMLDivElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const { initialFocus = 'heading' } = props;

  useLayoutEffect(() => {
    const giveBack = keepPlace();
    const field = box.current?.querySelector<HTMLElement>('[data-first-field]');
    if (initialFocus === 'field' && field) field.focus();
    else heading.current?.focus();
    return giveBack;
  }, [initialFocus]);

  // What is behind an open dialog does not scroll away under it.
  useEffect(() => {
    const { overflow } = document.body.style;
    document.body.style.overflow = 'hidden';
    return () => {
      document.body.style.overflow = overflow;
    };
  }, []);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (event.key === 'Escape' && !event.defaultPrevented) {
      event.preventDefault();
      event.stopPropagation();
      onClose();
    }
    if (event.key === 'Tab') keepInside(event, box.current);
  };

  return createPortal(
    <div
      role="presentation"
      className="room-scrim"
      data-kind={kind}
      onMouseDown={(event) => {
        if (event.target !== event.currentTarget) return;
        // A click beside the dialog does not take the focus out of it, or Esc would not be heard any more.
        event.preventDefault();
        if (kind === 'plain') onClose();
      }}
    >
      {/* Its role is one of two dialog roles; both take keys. */}
      {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions */}
      <div
        ref={box}
        role={kind === 'plain' ? 'dialog' : 'alertdialog'}
        aria-modal="true"
        aria-labelledby={titleId}
        {...(describedBy ? { 'aria-describedby': describedBy } : {})}
        className="room-dialog"
        data-kind={kind}
        data-drill={props.drill === true}
        style={{ '--dialog-width': `${width}px` } as CSSProperties}
        onKeyDown={onKeyDown}
      >
        <header className="room-dialog-head">
          <h2 id={titleId} ref={heading} tabIndex={-1}>
            {title}
          </h2>
          {aside}
          {kind === 'plain' ? (
            <button type="button" className="icon-button" aria-label={props.closeLabel} onClick={onClose}>
              ×
            </button>
          ) : null}
        </header>
        <div className="room-dialog-body">{children}</div>
        {actions ? <footer className="room-dialog-foot">{actions}</footer> : null}
      </div>
    </div>,
    document.body,
  );
}

/** Tab goes round inside the dialog. */
function keepInside(event: KeyboardEvent, box: HTMLElement | null): void {
  const stops = [...(box?.querySelectorAll<HTMLElement>(FOCUSABLE) ?? [])].filter(
    (element) => element.offsetParent !== null,
  );
  const [first, last] = [stops[0], stops.at(-1)];
  if (!first || !last) {
    event.preventDefault();
    return;
  }
  const here = document.activeElement;
  const outside = !box?.contains(here) || !stops.includes(here as HTMLElement);
  if (event.shiftKey && (here === first || outside)) {
    event.preventDefault();
    last.focus();
  } else if (!event.shiftKey && here === last) {
    event.preventDefault();
    first.focus();
  }
}
