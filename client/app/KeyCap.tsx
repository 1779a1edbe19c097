import type { ReactNode } from 'react';

const NAMES: ReadonlyMap<string, string> = new Map([
  ['arrowleft', '←'],
  ['arrowright', '→'],
  ['arrowup', '↑'],
  ['arrowdown', '↓'],
  ['space', 'Space'],
  ['escape', 'Esc'],
]);

function capOf(part: string): string {
  const named = NAMES.get(part);
  if (named) return named;
  return part.length === 1 ? part.toUpperCase() : part.charAt(0).toUpperCase() + part.slice(1);
}

/** A key or combination as printed on keyboards: `Ctrl K`, `G` `B`. */
export function KeyCap({ combination }: { combination: string }): ReactNode {
  return (
    <span className="keycaps">
      {combination
        .split(' ')
        .flatMap((step) => step.split('+').map((part) => <kbd key={step + part}>{capOf(part)}</kbd>))}
    </span>
  );
}
