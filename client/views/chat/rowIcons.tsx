import type { ReactNode } from 'react';

/** Signs of the row's actions. Drawn, since fonts differ in which signs they have; their buttons carry the names. */
function Sign({ path }: { path: string }): ReactNode {
  return (
    <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path
        d={path}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.4"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}

export function ReplySign(): ReactNode {
  return <Sign path="M6 3L2.5 6.5 6 10M2.8 6.5H9a4 4 0 014 4V13" />;
}

export function ClockSign(): ReactNode {
  return <Sign path="M8 2a6 6 0 100 12A6 6 0 008 2zM8 5v3.2l2.2 1.6" />;
}

export function PinSign(): ReactNode {
  return <Sign path="M4 14V2.5h8L9.8 5.5 12 8.5H4" />;
}

export function LinkSign(): ReactNode {
  return (
    <Sign path="M6.5 9.5l3-3M7.5 4.5l1.2-1.2a2.8 2.8 0 014 4L11.5 8.5M8.5 11.5l-1.2 1.2a2.8 2.8 0 01-4-4L4.5 7.5" />
  );
}

export function DoneSign(): ReactNode {
  return <Sign path="M3 8.5L6.5 12 13 4.5" />;
}

export function CorrectSign(): ReactNode {
  return <Sign path="M3 13l.7-3L10.5 3.2l2.3 2.3L6 12.3z" />;
}

export function HideSign(): ReactNode {
  return <Sign path="M2 8s2.2-4 6-4 6 4 6 4-2.2 4-6 4-6-4-6-4zM3 13L13 3" />;
}
