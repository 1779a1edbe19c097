import { Button } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { Link, useParams } from 'wouter';
import type { IncidentSummary } from '#shared/contract/wire.ts';
import { announce } from '../../app/announce.ts';
import { useUnrest } from '../../app/calm.ts';
import { useIncidentByNumber } from '../../app/incidents.ts';
import { useTitle } from '../../app/title.ts';
import { useTimeStyle } from '../../design/Clock.tsx';
import { formatClock, formatDate, formatFull, formatUtc } from '../../design/time.ts';
import { useTranslation } from '../../i18n/index.ts';
import { NotFoundPage } from '../notfound/NotFoundPage.tsx';
import { entryWords } from './entryWords.ts';
import { voiceOf } from './jumps.ts';
import { askedMoments, momentAddress } from './momentAddress.ts';
import { isFromOutside } from './order.ts';
import { useOutside } from './outside.ts';
import { positionOf } from './position.ts';
import { ReplayBar } from './ReplayBar.tsx';
import { ReplayPanes } from './ReplayPanes.tsx';
import { useReplay } from './useReplay.ts';
import { useWordsAround } from './useWordsAround.ts';
import { ReviewTabs } from '../review/ReviewTabs.tsx';
import './replay.css';

/** The replay of an incident at `/i/:number/review?at=412`. */
export default function ReplayPage(): ReactNode {
  const { t } = useTranslation('replay');
  const { number } = useParams<{ number: string }>();
  const lookup = useIncidentByNumber(Number(number));
  // A replay fills the window and has no place for anything beside it.
  useUnrest(true);
  switch (lookup.state) {
    case 'found':
      return <ReplayOf key={lookup.incident.id} incident={lookup.incident} />;
    case 'missing':
      return <NotFoundPage />;
    case 'failed':
      return (
        <main className="lone" role="alert">
          <p>{t('failed')}</p>
          <Button onClick={lookup.retry}>{t('retry')}</Button>
        </main>
      );
    case 'loading':
      return <main className="lone">{t('loading', { count: 0, total: 0 })}</main>;
    default:
      return lookup satisfies never;
  }
}

function usePrefersReducedMotion(): boolean {
  const [reduced, setReduced] = useState(() => matchMedia('(prefers-reduced-motion: reduce)').matches);
  useEffect(() => {
    const query = matchMedia('(prefers-reduced-motion: reduce)');
    const changed = (): void => setReduced(query.matches);
    query.addEventListener('change', changed);
    return () => query.removeEventListener('change', changed);
  }, []);
  return reduced;
}

function ReplayOf({ incident }: { incident: IncidentSummary }): ReactNode {
  const { t } = useTranslation(['replay', 'common', 'records']);
  const style = useTimeStyle();
  const [asked] = useState(() => askedMoments(window.location.search));
  const stepsOnly = usePrefersReducedMotion();
  const replay = useReplay(incident.id, asked.at);
  const [besideAt, setBeside] = useState(asked.with);
  const { timeline, loaded, position, playing, headDocSeq } = replay;
  const entry = position ? timeline.entry(position.seq) : undefined;
  const words = useWordsAround(timeline, position?.seq ?? 0);
  // `loaded` stands for the timeline, which grows without becoming another.
  const beside = useMemo(
    () => (besideAt && loaded > 0 ? positionOf(timeline, { ...besideAt, time: null }, headDocSeq) : null),
    [timeline, besideAt, headDocSeq, loaded],
  );
  const native = position?.native ?? 0;
  const state = useMemo(() => timeline.stateAt(native), [timeline, native]);
  const time = position ? formatClock(position.time, style) : '';
  const said =
    entry && position
      ? t('moment', {
          time,
          seq: position.seq,
          actor: isFromOutside(entry) ? voiceOf(entry) : words.nameOf(entry.actor),
          text: entryWords(entry, words),
        })
      : '';
  const began =
    replay.loaded > 0 && replay.loaded >= replay.total ? (timeline.order().times[0] ?? null) : null;
  const [opening, ending] = [timeline.order().times[0] ?? 0, timeline.order().times.at(-1) ?? 0];
  const isLong = formatDate(opening, style) !== formatDate(ending, style);
  const outside = useOutside(incident.id, began);
  const title = state?.title ?? incident.title;
  const address = addressOf(position?.written ?? '1', beside?.written ?? null);

  useTitle(t('title', { time, number: incident.number }));
  useAddress(
    position !== null && loaded >= Math.min(asked.at.seq, replay.total) && !playing ? address : null,
  );
  useEffect(() => {
    // While it plays the words would never end; on a pause or a step they say where one is.
    if (!playing && said !== '') announce('polite', said);
  }, [playing, said]);

  const stop = (act: () => void): void => {
    replay.play(false);
    act();
  };
  return (
    <main className="replay" aria-label={t('name')}>
      <header className="replay-head">
        <strong className="replay-mark">{t('mark')}</strong>
        <h1>
          INC-{incident.number} {title}
        </h1>
        <p className="replay-moment tabular">
          {position ? (
            <>
              <time dateTime={new Date(position.time).toISOString()} title={formatFull(position.time, style)}>
                {isLong ? `${formatDate(position.time, style)} ` : ''}
                {time} ({formatUtc(position.time)})
              </time>{' '}
              <span>{t('position', { at: position.seq, total: replay.total })}</span>
            </>
          ) : null}
        </p>
        <a className="replay-back" href={`/api/incidents/${incident.id}/bundle`} download>
          {t('records:bundle')}
        </a>
        <Link className="replay-back" href={`/i/${incident.number}`}>
          {t('back')}
        </Link>
      </header>
      <ReviewTabs number={incident.number} part="replay" />
      <ReplayBar
        incident={incident}
        title={title}
        replay={replay}
        position={position}
        beside={beside}
        compare={(on) => setBeside(on && position ? { seq: position.seq, docSeq: position.docSeq } : null)}
        outside={outside}
        words={said}
        link={() => window.location.origin + address}
        stepsOnly={stepsOnly}
      />
      {position ? (
        <ReplayPanes
          incidentId={incident.id}
          replay={replay}
          position={position}
          beside={beside}
          outside={outside}
          moveTo={(seq, docSeq) => stop(() => replay.moveTo(seq, docSeq))}
        />
      ) : null}
    </main>
  );
}

/** The address of a moment, and of a second one beside it: opens exactly them. */
function addressOf(at: string, beside: string | null): string {
  return momentAddress(window.location.pathname, at, beside);
}

/** Puts an address into the address bar, a moment after it stopped changing; null leaves it. */
function useAddress(address: string | null): void {
  useEffect(() => {
    if (address === null) return;
    const timer = setTimeout(() => window.history.replaceState(window.history.state, '', address), 250);
    return () => clearTimeout(timer);
  }, [address]);
}
