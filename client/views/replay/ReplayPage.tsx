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
import { formatClock, formatElapsed, formatFull, formatUtc } from '../../design/time.ts';
import { useTranslation } from '../../i18n/index.ts';
import { NotFoundPage } from '../notfound/NotFoundPage.tsx';
import { ReviewTabs } from '../review/ReviewTabs.tsx';
import { Controls } from './Controls.tsx';
import { entryWords } from './entryWords.ts';
import { MarksTable } from './MarksTable.tsx';
import { Picture } from './Picture.tsx';
import { speeds } from './playback.ts';
import { ReplayPanes } from './ReplayPanes.tsx';
import { Scrubber } from './Scrubber.tsx';
import { timeScale } from './timeScale.ts';
import { useReplay } from './useReplay.ts';
import { useReplayKeys } from './useReplayKeys.ts';
import { useWordsAround } from './useWordsAround.ts';
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

/** The position that the address asks for; 1 where it asks for none. */
function positionInAddress(): number {
  const asked = Number(new URLSearchParams(window.location.search).get('at'));
  return Number.isSafeInteger(asked) && asked > 0 ? asked : 1;
}

/** The address of a moment: opens exactly it. */
function addressOf(seq: number): string {
  return `${window.location.pathname}?at=${seq}`;
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
  const { t } = useTranslation(['replay', 'common']);
  const style = useTimeStyle();
  const [first] = useState(positionInAddress);
  const [tableShown, showTable] = useState(false);
  const stepsOnly = usePrefersReducedMotion();
  const replay = useReplay(incident.id, first);
  const { timeline, loaded, total, at, moveTo, playing } = replay;
  const entry = timeline.entry(at);
  const words = useWordsAround(timeline, at);
  const state = useMemo(() => (at <= loaded ? timeline.stateAt(at) : null), [timeline, at, loaded]);
  const scale = useMemo(() => timeScale(timeline.times.slice(0, loaded)), [timeline, loaded]);
  const time = entry ? formatClock(entry.at, style) : '';
  const said = entry
    ? t('moment', { time, seq: at, actor: words.nameOf(entry.actor), text: entryWords(entry, words) })
    : '';

  useTitle(t('title', { time, number: incident.number }));
  useEffect(() => {
    if (at === 0 || (at !== first && loaded < first)) return;
    const timer = setTimeout(() => window.history.replaceState(window.history.state, '', addressOf(at)), 250);
    return () => clearTimeout(timer);
  }, [at, first, loaded]);
  useEffect(() => {
    // While it plays the words would never end; on a pause or a step they say where one is.
    if (!playing && said !== '') announce('polite', said);
  }, [playing, said]);

  const jump = (step: 1 | -1): void => {
    const next = timeline.nextOfKind(at, step);
    if (next !== null) moveTo(next);
  };
  const stop = (act: () => void): void => {
    replay.play(false);
    act();
  };
  useReplayKeys({
    step: (by) => stop(() => moveTo(at + by)),
    jump: (by) => stop(() => jump(by)),
    first: () => stop(() => moveTo(1)),
    last: () => stop(() => moveTo(total)),
    play: () => (stepsOnly ? moveTo(at + 1) : replay.play(!playing)),
    speed: (index) => replay.setSpeed(speeds[index] ?? speeds[2]),
  });

  return (
    <main className="replay" aria-label={t('name')}>
      <header className="replay-head">
        <strong className="replay-mark">{t('mark')}</strong>
        <h1>
          INC-{incident.number} {state?.title ?? incident.title}
        </h1>
        <p className="replay-moment tabular">
          {entry ? (
            <>
              <time dateTime={entry.at} title={formatFull(entry.at, style)}>
                {time} ({formatUtc(entry.at)})
              </time>{' '}
              <span>{t('position', { at, total })}</span>
            </>
          ) : null}
        </p>
        <Link className="replay-back" href={`/i/${incident.number}`}>
          {t('back')}
        </Link>
      </header>
      <ReviewTabs number={incident.number} part="replay" />
      <section className="replay-bar" aria-label={t('bar')} data-region>
        {replay.error ? (
          <p className="replay-failed" role="alert">
            {t('failed')}
            <Button size="xs" variant="default" onClick={replay.retry}>
              {t('retry')}
            </Button>
          </p>
        ) : null}
        <div className="replay-picture">
          <Picture timeline={timeline} scale={scale} loaded={loaded} />
          <Scrubber
            scale={scale}
            at={at}
            total={total}
            loaded={loaded}
            words={said}
            moveTo={(seq) => stop(() => moveTo(seq))}
          />
        </div>
        <Controls
          replay={replay}
          stepsOnly={stepsOnly}
          jump={jump}
          link={() => window.location.origin + addressOf(at)}
          tableShown={tableShown}
          showTable={showTable}
        />
        <p className="replay-note muted meta">
          {loaded < total
            ? t('loading', { count: loaded, total })
            : replay.skipping > 0
              ? t('skipping', { time: formatElapsed(replay.skipping, style.locale) })
              : '\u00A0'}
        </p>
        {tableShown ? (
          <MarksTable timeline={timeline} at={at} moveTo={(seq) => stop(() => moveTo(seq))} />
        ) : null}
      </section>
      <ReplayPanes
        incidentId={incident.id}
        timeline={timeline}
        at={at}
        docSeq={entry?.docSeq ?? null}
        laterDocSeq={at === total && entry && replay.headDocSeq > entry.docSeq ? replay.headDocSeq : null}
        state={state}
        moveTo={(seq) => stop(() => moveTo(seq))}
      />
    </main>
  );
}
