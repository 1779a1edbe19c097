import type { ReactNode } from 'react';
import type { Severity } from '#shared/contract/identifiers.ts';

/** The shapes say what colours say as well; they use the colour of the text, so forced colours keep them. */
function Shape({ children, size = 12 }: { children: ReactNode; size?: number }): ReactNode {
  return (
    <svg width={size} height={size} viewBox="0 0 12 12" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

const line = { fill: 'none', stroke: 'currentColor', strokeWidth: 1.4 } as const;

/** How many of three bars a severity has; SEV1 has a shape of its own. */
const BARS: Readonly<Record<Exclude<Severity, 'SEV1'>, number>> = { SEV2: 3, SEV3: 2, SEV4: 1 };

export function SeverityShape({ severity }: { severity: Severity }): ReactNode {
  if (severity === 'SEV1') {
    return (
      <Shape size={14}>
        <path d="M3.6 .7h4.8l2.9 2.9v4.8l-2.9 2.9H3.6L.7 8.4V3.6z" {...line} strokeWidth={1.2} />
        <path d="M6 2.9v3.7" stroke="currentColor" strokeWidth="1.6" />
        <circle cx="6" cy="8.7" r="0.95" fill="currentColor" />
      </Shape>
    );
  }
  const full = BARS[severity];
  return (
    <Shape>
      {[0, 1, 2].map((bar) => (
        <rect
          key={bar}
          x={0.8 + bar * 3.8}
          y={7 - bar * 3}
          width="2.8"
          height={4.2 + bar * 3}
          fill={bar < full ? 'currentColor' : 'none'}
          stroke="currentColor"
          strokeWidth="0.8"
        />
      ))}
    </Shape>
  );
}

export function StarShape({ hollow = false }: { hollow?: boolean }): ReactNode {
  return (
    <Shape>
      <path
        d="M6 .8l1.6 3.4 3.7.5-2.7 2.6.7 3.7L6 9.2 2.7 11l.7-3.7L.7 4.7l3.7-.5z"
        fill={hollow ? 'none' : 'currentColor'}
        stroke="currentColor"
        strokeWidth={hollow ? 1.1 : 0}
      />
    </Shape>
  );
}

export function SquareShape({ hollow = false }: { hollow?: boolean }): ReactNode {
  return (
    <Shape>
      <rect
        x="1.5"
        y="1.5"
        width="9"
        height="9"
        fill={hollow ? 'none' : 'currentColor'}
        stroke="currentColor"
        strokeWidth="1.2"
      />
    </Shape>
  );
}

export function SpeechShape(): ReactNode {
  return (
    <Shape>
      <path d="M1 1.5h10v6.3H5.6L2.9 10.6V7.8H1z" fill="currentColor" />
    </Shape>
  );
}

export function FlagShape(): ReactNode {
  return (
    <Shape>
      <path d="M2.2 11.4V1.2h7.6L8 4l1.8 2.8H2.2" {...line} strokeLinejoin="round" />
    </Shape>
  );
}

export function CheckShape(): ReactNode {
  return (
    <Shape>
      <path d="M1.8 6.3l2.8 2.9 5.6-6.4" {...line} strokeWidth={1.8} />
    </Shape>
  );
}

export function ReturnShape(): ReactNode {
  return (
    <Shape>
      <path d="M4.4 1.6L1.6 4.4l2.8 2.8M1.8 4.4h5.4a3 3 0 010 6H4.6" {...line} />
    </Shape>
  );
}

export function DotsShape(): ReactNode {
  return (
    <Shape>
      {[2, 6, 10].map((x) => (
        <circle key={x} cx={x} cy="6" r="1.3" fill="currentColor" />
      ))}
    </Shape>
  );
}

export function WarningShape(): ReactNode {
  return (
    <Shape size={14}>
      <path d="M6 1l5.4 9.8H.6z" {...line} strokeLinejoin="round" />
      <path d="M6 4.4v3" stroke="currentColor" strokeWidth="1.4" />
      <circle cx="6" cy="9" r="0.8" fill="currentColor" />
    </Shape>
  );
}

/** A cable that is cut: no connection. */
export function CutCableShape(): ReactNode {
  return (
    <Shape size={14}>
      <path d="M.6 6h2.6M8.8 6h2.6M3.2 3.8v4.4M8.8 3.8v4.4M5 2.4l2 7.2" {...line} />
    </Shape>
  );
}

export function LockShape(): ReactNode {
  return (
    <Shape>
      <rect x="1.8" y="5.2" width="8.4" height="6" fill="currentColor" />
      <path d="M3.6 5.2V3.6a2.4 2.4 0 014.8 0v1.6" {...line} />
    </Shape>
  );
}
