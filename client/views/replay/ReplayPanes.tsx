import { useId, useMemo, useState } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import { useTranslation } from '../../i18n/index.ts';
import { Changed } from './Changed.tsx';
import type { OutsideEvent } from './outside.ts';
import type { Position } from './position.ts';
import { Comments } from './Comments.tsx';
import { ReplayDocument } from './ReplayDocument.tsx';
import { ReplayLog } from './ReplayLog.tsx';
import { ReplayState } from './ReplayState.tsx';
import type { Replay } from './useReplay.ts';

interface ReplayPanesProps {
  incidentId: string;
  replay: Replay;
  position: Position;
  /** The other of two moments that are compared; null for one. */
  beside: Position | null;
  outside: readonly OutsideEvent[];
  moveTo: (seq: number, docSeq?: number) => void;
}

const PANES = ['document', 'log', 'command'] as const;
type Pane = (typeof PANES)[number];

/**
 * Document, log and command as they were: side by side where there is room, as tabs where there is not. With a second
 * moment: the document and the log with what is new in them, and what changed.
 */
export function ReplayPanes(props: ReplayPanesProps): ReactNode {
  const { incidentId, replay, position, beside, outside, moveTo } = props;
  const { t } = useTranslation('replay');
  const [pane, setPane] = useState<Pane>('log');
  const id = useId();
  const { timeline, headDocSeq } = replay;
  const [earlier, later] = beside ? inOrder(position, beside) : [null, position];
  const state = useMemo(() => timeline.stateAt(later.native), [timeline, later.native]);
  const isAtEnd = later.place === timeline.order().length && later.docSeq < headDocSeq && later.native > 0;
  const names: Record<Pane, string> = {
    document: t(earlier ? 'documentSince' : 'documentThen'),
    log: t('logThen'),
    command: t(earlier ? 'changed.name' : 'commandThen'),
  };

  function onTabKey(event: KeyboardEvent): void {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    event.preventDefault();
    const next =
      PANES[(PANES.indexOf(pane) + (event.key === 'ArrowRight' ? 1 : PANES.length - 1)) % PANES.length];
    if (!next) return;
    setPane(next);
    document.getElementById(`${id}-${next}`)?.focus();
  }

  return (
    <div className="replay-panes" data-pane={pane}>
      <div className="replay-tabs" role="tablist" aria-label={t('panes')}>
        {PANES.map((one) => (
          <button
            key={one}
            id={`${id}-${one}`}
            type="button"
            role="tab"
            aria-selected={one === pane}
            tabIndex={one === pane ? 0 : -1}
            onClick={() => setPane(one)}
            onKeyDown={onTabKey}
          >
            {t(`pane.${one}`)}
          </button>
        ))}
      </div>
      <section className="replay-pane" data-name="document" aria-label={t('pane.document')} data-region>
        <h2>{names.document}</h2>
        {/* Focusable, so that the keyboard can scroll it. */}
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
        <div className="replay-scroll" tabIndex={0} role="document" aria-label={names.document}>
          <ReplayDocument
            incidentId={incidentId}
            player={replay.player}
            position={later}
            since={earlier?.docSeq ?? null}
            showLater={isAtEnd && !replay.playing ? () => moveTo(later.seq, headDocSeq) : null}
          />
        </div>
      </section>
      <section className="replay-pane" data-name="log" aria-label={t('pane.log')} data-region>
        <h2>{names.log}</h2>
        <ReplayLog timeline={timeline} at={later.place} since={earlier?.place ?? null} moveTo={moveTo} />
      </section>
      <section className="replay-pane" data-name="command" aria-label={t('pane.command')} data-region>
        <h2>{names.command}</h2>
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
        <div className="replay-scroll" tabIndex={0} role="document" aria-label={names.command}>
          {earlier ? (
            <Changed timeline={timeline} from={earlier} to={later} moveTo={moveTo} />
          ) : (
            <>
              <ReplayState state={state} timeline={timeline} position={later} outside={outside} />
              <Comments incidentId={incidentId} timeline={timeline} position={later} grown={replay.retry} />
            </>
          )}
        </div>
      </section>
    </div>
  );
}

/** Two moments, the earlier one first. */
function inOrder(one: Position, other: Position): [Position, Position] {
  const isAfter = one.place - other.place || one.docSeq - other.docSeq;
  return isAfter >= 0 ? [other, one] : [one, other];
}
