import { useId, useState } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import type { IncidentState } from '#shared/incident/state.ts';
import { useTranslation } from '../../i18n/index.ts';
import { ReplayDocument } from './ReplayDocument.tsx';
import { ReplayLog } from './ReplayLog.tsx';
import { ReplayState } from './ReplayState.tsx';
import type { Timeline } from './timeline.ts';

interface ReplayPanesProps {
  incidentId: string;
  timeline: Timeline;
  at: number;
  docSeq: number | null;
  /** The document after the last entry, where it was still edited then. */
  laterDocSeq: number | null;
  state: IncidentState | null;
  moveTo: (seq: number) => void;
}

const PANES = ['document', 'log', 'command'] as const;
type Pane = (typeof PANES)[number];

/** Document, log and command as they were: side by side where there is room, as tabs where there is not. */
export function ReplayPanes({
  incidentId,
  timeline,
  at,
  docSeq,
  laterDocSeq,
  state,
  moveTo,
}: ReplayPanesProps): ReactNode {
  const { t } = useTranslation('replay');
  const [pane, setPane] = useState<Pane>('log');
  const id = useId();

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
        <h2>{t('documentThen')}</h2>
        {/* Focusable, so that the keyboard can scroll it. */}
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
        <div className="replay-scroll" tabIndex={0} role="document" aria-label={t('documentThen')}>
          <ReplayDocument
            key={laterDocSeq}
            incidentId={incidentId}
            docSeq={docSeq}
            laterDocSeq={laterDocSeq}
          />
        </div>
      </section>
      <section className="replay-pane" data-name="log" aria-label={t('pane.log')} data-region>
        <h2>{t('logThen')}</h2>
        <ReplayLog timeline={timeline} at={at} moveTo={moveTo} />
      </section>
      <section className="replay-pane" data-name="command" aria-label={t('pane.command')} data-region>
        <h2>{t('commandThen')}</h2>
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
        <div className="replay-scroll" tabIndex={0} role="document" aria-label={t('commandThen')}>
          {state ? <ReplayState state={state} /> : null}
        </div>
      </section>
    </div>
  );
}
