import { Button } from '@mantine/core';
import { Suspense, lazy } from 'react';
import type { ReactNode } from 'react';
import { Link, useParams } from 'wouter';
import type { IncidentSummary } from '#shared/contract/wire.ts';
import { FaultBoundary } from '../../app/Fault.tsx';
import { useIncidentByNumber } from '../../app/incidents.ts';
import { orMissing } from '../../app/lazyPart.ts';
import { useRefusal } from '../../app/refusal.ts';
import { useTitle } from '../../app/title.ts';
import { SeverityBadge } from '../../design/SeverityBadge.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { RoomContext, useIncident, useRoom } from '../../room/RoomContext.tsx';
import { useOpenedRoom } from '../../room/useOpenedRoom.ts';
import { ActionsPart } from '../actions/ActionsPart.tsx';
import { NotFoundPage } from '../notfound/NotFoundPage.tsx';
import { Joining, NoRoom } from '../room/NoRoom.tsx';
import { ReviewLogContext, useReviewLog, useWholeLog } from './ReviewContext.tsx';
import { ReviewTabs, reviewParts } from './ReviewTabs.tsx';
import type { ReviewPart } from './ReviewTabs.tsx';
import { SignLine } from './SignLine.tsx';
import { TimesPart } from './TimesPart.tsx';
import { WhyPart } from './WhyPart.tsx';
import '../room/room.css';
import './review.css';

const ReviewDocument = lazy(orMissing(() => import('./ReviewDocument.tsx')));
const ExportPart = lazy(orMissing(() => import('./ExportPart.tsx')));

/** The review of an incident beside its replay, at `/i/:number/review/:part`. */
export default function ReviewPage(): ReactNode {
  const { number, part } = useParams<{ number: string; part: string }>();
  const { t } = useTranslation('common');
  const sentence = useRefusal();
  const lookup = useIncidentByNumber(Number(number));
  const shown = reviewParts.find((each) => each === part);
  if (shown === undefined) return <NotFoundPage />;
  switch (lookup.state) {
    case 'loading':
      return <main className="lone" aria-busy="true" />;
    case 'missing':
      return <NotFoundPage />;
    case 'failed':
      return (
        <main className="lone" role="alert">
          <h1>{t('load.failed')}</h1>
          <p>{sentence(lookup.error)}</p>
          <Button onClick={lookup.retry}>{t('action.retry')}</Button>
        </main>
      );
    case 'found':
      return <OpenedReview key={lookup.incident.id} summary={lookup.incident} part={shown} />;
    default:
      return lookup satisfies never;
  }
}

function OpenedReview({ summary, part }: { summary: IncidentSummary; part: ReviewPart }): ReactNode {
  const handle = useOpenedRoom(summary.id);
  if (!handle) return <main className="lone" aria-busy="true" />;
  return (
    <RoomContext value={handle}>
      <JoinedReview summary={summary} part={part} />
    </RoomContext>
  );
}

function JoinedReview({ summary, part }: { summary: IncidentSummary; part: ReviewPart }): ReactNode {
  const phase = useRoom((snapshot) => snapshot.phase);
  const isKnown = useRoom((snapshot) => snapshot.state !== null);
  if (phase.kind === 'refused') return <NoRoom error={phase.error} />;
  if (phase.kind === 'left') return <NoRoom error={{ code: 'not_found', message: '' }} />;
  return isKnown ? <Review part={part} /> : <Joining summary={summary} />;
}

function Review({ part }: { part: ReviewPart }): ReactNode {
  const { t } = useTranslation(['review', 'common']);
  const state = useIncident();
  const log = useWholeLog();
  const number = t('common:incident.number', { number: state.number });
  useTitle(`${t('review:page.title', { number })}: ${state.title}`);
  return (
    <ReviewLogContext value={log}>
      <main className="review" data-part={part} data-drill={state.drill}>
        <header className="review-head">
          <h1>
            <span className="review-number">{t('review:page.title', { number })}</span>{' '}
            <bdi>{state.title}</bdi>
          </h1>
          <SeverityBadge severity={state.severity} />
          {state.drill ? <span className="review-drill">{t('common:incident.drillMark')}</span> : null}
          <SignLine />
          <Link className="stand-alone" href={`/i/${state.number}`}>
            {t('review:page.room')}
          </Link>
        </header>
        <ReviewTabs number={state.number} part={part} />
        <LogNote />
        <FaultBoundary within="pane" place={`${state.id}/${part}`}>
          <Suspense fallback={<p className="muted pane-wait">{t('common:load.wait')}</p>}>
            <Part part={part} />
          </Suspense>
        </FaultBoundary>
      </main>
    </ReviewLogContext>
  );
}

function Part({ part }: { part: ReviewPart }): ReactNode {
  switch (part) {
    case 'document':
      return <ReviewDocument />;
    case 'why':
      return <WhyPart />;
    case 'times':
      return <TimesPart />;
    case 'actions':
      return <ActionsPart />;
    case 'export':
      return <ExportPart />;
    default:
      return part satisfies never;
  }
}

/** Says while a long log is still being read, and when it could not be. */
function LogNote(): ReactNode {
  const { t } = useTranslation('review');
  const { entries, head, state, again } = useReviewLog();
  if (state === 'whole' || head === 0) return null;
  if (state === 'reading') {
    // Short logs are there at once; words for them would only flash.
    return head - entries.length < 1_000 ? null : (
      <output className="review-note">{t('page.loading', { count: entries.length, total: head })}</output>
    );
  }
  return (
    <p className="review-note" role="alert">
      {t('page.noMore')}{' '}
      <Button size="compact-sm" variant="default" onClick={again}>
        {t('page.again')}
      </Button>
    </p>
  );
}
