import { Button } from '@mantine/core';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { milestones } from '#shared/contract/reviewWords.ts';
import type { Milestone } from '#shared/contract/reviewWords.ts';
import { delaysOf, milestonesOf } from '#shared/review/delays.ts';
import { TimeOf, useTimeStyle } from '../../design/Clock.tsx';
import { WarningShape } from '../../design/shapes.tsx';
import { formatDate, formatElapsed, formatTime } from '../../design/time.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useIncident, useSend, useWhyNot } from '../../room/RoomContext.tsx';
import { Cited } from './Cited.tsx';
import { CitePicker } from './CitePicker.tsx';
import { Facts } from './Facts.tsx';
import { useReview, useReviewLog } from './ReviewContext.tsx';
import { useGiving } from './useGiving.ts';

/** A delay from here on is a finding about the process. Milliseconds. */
const GAP_FROM = 60_000;

/** When what happened, how long each step took, and what was known outside before the room knew. */
export function TimesPart(): ReactNode {
  const { t } = useTranslation('review');
  return (
    <section className="review-body" aria-label={t('tab.times')} data-region="times">
      <Delays />
      <Milestones />
      <Facts />
    </section>
  );
}

function Delays(): ReactNode {
  const { t } = useTranslation('review');
  const { entries } = useReviewLog();
  const review = useReview();
  const style = useTimeStyle();
  const delays = delaysOf(milestonesOf(entries, review));
  const gapOf = (delay: string): number | null => {
    const found = delays.find((each) => each.delay === delay);
    return found && found.milliseconds >= GAP_FROM ? found.milliseconds : null;
  };
  const findings = [
    ['times.gap', gapOf('knew_until_room')] as const,
    ['times.gapReport', gapOf('knew_until_report')] as const,
  ];
  const longest = Math.max(1, ...delays.map(({ milliseconds }) => milliseconds));
  return (
    <section className="review-card">
      <h2>{t('times.delays')}</h2>
      {delays.length === 0 ? <p className="muted">{t('times.noDelays')}</p> : null}
      {findings.map(([key, milliseconds]) =>
        milliseconds === null ? null : (
          <p key={key} className="times-finding">
            <WarningShape /> {t(key, { time: formatElapsed(milliseconds, style.locale) })}
          </p>
        ),
      )}
      {delays.length === 0 ? null : (
        <table className="review-table">
          <thead>
            <tr>
              <th scope="col">{t('times.delay')}</th>
              <th scope="col">{t('times.took')}</th>
              <th scope="col" className="times-between">
                {t('times.between')}
              </th>
            </tr>
          </thead>
          <tbody>
            {delays.map(({ delay, milliseconds, from, to }) => (
              <tr key={delay}>
                <th scope="row">{t(`delay.${delay}`)}</th>
                <td className="tabular times-took">
                  {formatElapsed(milliseconds, style.locale)}
                  <span
                    className="times-bar"
                    aria-hidden="true"
                    style={{ width: `${Math.max(1, (milliseconds / longest) * 100)}%` }}
                  />
                </td>
                <td className="times-between muted">
                  {t(`milestone.${from}`)} → {t(`milestone.${to}`)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Milestones(): ReactNode {
  const { t } = useTranslation('review');
  const { entries } = useReviewLog();
  const review = useReview();
  const [choosing, setChoosing] = useState<Milestone | null>(null);
  const send = useSend();
  const [refusal, give] = useGiving(() => setChoosing(null));
  const whyNot = useWhyNot()('milestone.set');
  const shown = new Map(milestonesOf(entries, review).map((each) => [each.milestone, each]));
  const mayChange = review.signedOffAt === null && whyNot === null;
  return (
    <section className="review-card">
      <h2>{t('times.milestones')}</h2>
      <ul className="milestones">
        {milestones.map((milestone) => {
          const found = shown.get(milestone);
          return (
            <li key={milestone} className="milestone" data-known={found !== undefined}>
              <span className="milestone-name">{t(`milestone.${milestone}`)}</span>
              <span className="milestone-when tabular">
                {found ? <When at={found.at} /> : <span className="muted">{t('times.unknown')}</span>}
              </span>
              <span className="milestone-by">
                {found ? <Cited seq={found.seq} /> : null}
                {found ? (
                  <span className="muted meta">{t(found.chosen ? 'times.chosen' : 'times.proposed')}</span>
                ) : null}
              </span>
              {mayChange ? (
                <span className="milestone-acts">
                  <Button
                    size="compact-sm"
                    variant="default"
                    aria-label={`${t(`milestone.${milestone}`)}: ${t('times.choose')}`}
                    aria-expanded={choosing === milestone}
                    onClick={() => setChoosing((before) => (before === milestone ? null : milestone))}
                  >
                    {t('times.choose')}
                  </Button>
                  {found?.chosen ? (
                    <Button
                      size="compact-sm"
                      variant="subtle"
                      aria-label={`${t(`milestone.${milestone}`)}: ${t('times.leave')}`}
                      onClick={() => give(() => send('milestone.set', { milestone, seq: null }))}
                    >
                      {t('times.leave')}
                    </Button>
                  ) : null}
                </span>
              ) : null}
              {choosing === milestone ? (
                <CitePicker
                  label={t('cite.label')}
                  onClose={() => setChoosing(null)}
                  onPick={(seq) => give(() => send('milestone.set', { milestone, seq }))}
                />
              ) : null}
            </li>
          );
        })}
      </ul>
      {refusal === null ? null : (
        <p className="field-error" role="alert">
          <WarningShape /> {refusal}
        </p>
      )}
    </section>
  );
}

/** A time with its day where that is not the day of the declaration. */
function When({ at }: { at: string }): ReactNode {
  const { declaredAt } = useIncident();
  const style = useTimeStyle();
  const day = formatDate(at, style);
  return day === formatDate(declaredAt, style) ? (
    <TimeOf at={at} />
  ) : (
    <time dateTime={at}>
      {day} {formatTime(at, style)}
    </time>
  );
}
