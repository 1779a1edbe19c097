import type { ReactNode } from 'react';
import { standingRoles } from '#shared/contract/identifiers.ts';
import type { Brief, Entry } from '#shared/contract/entries.ts';
import { useNameOf } from '../../app/people.tsx';
import { updateState } from '../../app/updateState.ts';
import { Elapsed, TimeOf, useTimeStyle } from '../../design/Clock.tsx';
import { SeverityBadge } from '../../design/SeverityBadge.tsx';
import { FlagShape } from '../../design/shapes.tsx';
import { StatusTrack } from '../../design/StatusTrack.tsx';
import { formatTime } from '../../design/time.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useEntryLine } from '../chat/useEntryLine.ts';
import { useRoom } from '../../room/RoomContext.tsx';
import { entryAt } from '../../room/logWindow.ts';
import { excerpt } from '../chat/LogRow.tsx';
import type { BriefPart } from './briefParts.ts';

/** What one part of the brief says. */
export function BriefPartView({ brief, part }: { brief: Brief; part: BriefPart }): ReactNode {
  switch (part) {
    case 'state':
      return <StatePart brief={brief} />;
    case 'work':
      return <WorkPart brief={brief} />;
    case 'people':
      return <PeoplePart brief={brief} />;
    case 'promises':
      return <PromisesPart brief={brief} />;
    default:
      return part satisfies never;
  }
}

function StatePart({ brief }: { brief: Brief }): ReactNode {
  const { t } = useTranslation('handoff');
  return (
    <p className="brief-line">
      <bdi>{brief.title}</bdi> <SeverityBadge severity={brief.severity} word />{' '}
      <StatusTrack status={brief.status} />{' '}
      <span className="muted">
        {t('brief.since')} <Elapsed since={brief.declaredAt} words />
      </span>
    </p>
  );
}

function WorkPart({ brief }: { brief: Brief }): ReactNode {
  const { t } = useTranslation('handoff');
  const nameOf = useNameOf();
  const log = useRoom((snapshot) => snapshot.log);
  return (
    <>
      {brief.doing.length === 0 ? (
        <p className="muted">{t('brief.noDoing')}</p>
      ) : (
        <ul className="brief-list">
          {brief.doing.map((line) => (
            <li key={line.person}>
              <bdi>{nameOf(line.person)}</bdi>: <bdi>{line.text}</bdi>{' '}
              <span className="muted">
                <TimeOf at={line.at} />
              </span>
            </li>
          ))}
        </ul>
      )}
      {brief.pinned.length === 0 ? (
        <p className="muted">{t('brief.noPinned')}</p>
      ) : (
        <ul className="brief-list" aria-label={t('brief.pinned')}>
          {brief.pinned.slice(-5).map((seq) => {
            const entry = entryAt(log, seq);
            return (
              <li key={seq}>
                <FlagShape /> <span className="muted tabular">#{seq}</span>{' '}
                {entry ? <bdi>{excerpt(entry)}</bdi> : null}
              </li>
            );
          })}
        </ul>
      )}
    </>
  );
}

function PeoplePart({ brief }: { brief: Brief }): ReactNode {
  const { t } = useTranslation(['handoff', 'common']);
  const nameOf = useNameOf();
  const titleOf = (role: string, title: string): string => {
    const standing = standingRoles.find((each) => each === role);
    return standing ? t(`common:role.${standing}`) : title;
  };
  return (
    <ul className="brief-list">
      {brief.roles.map((role) => (
        <li key={role.role}>
          {titleOf(role.role, role.title)}:{' '}
          {role.holder === null ? (
            <span className="muted">{t('handoff:brief.undelegated')}</span>
          ) : (
            <bdi>{nameOf(role.holder)}</bdi>
          )}
        </li>
      ))}
      <li>
        {t('common:role.deputy')}:{' '}
        {brief.deputy === null ? (
          <span className="muted">{t('common:people.nobody')}</span>
        ) : (
          <bdi>{nameOf(brief.deputy)}</bdi>
        )}
      </li>
    </ul>
  );
}

function PromisesPart({ brief }: { brief: Brief }): ReactNode {
  const { t } = useTranslation(['handoff', 'common']);
  const style = useTimeStyle();
  const { nextUpdateAt, lastUpdate } = brief;
  return (
    <>
      <p>
        {nextUpdateAt === null
          ? t('brief.noUpdate')
          : t('brief.nextUpdate', { time: formatTime(nextUpdateAt, style) })}
      </p>
      {lastUpdate === null ? (
        <p className="muted">{t('brief.noLastUpdate')}</p>
      ) : (
        <p>
          {t('brief.lastUpdate', {
            time: formatTime(lastUpdate.at, style),
            state: updateState(lastUpdate.state, t),
          })}{' '}
          <bdi className="muted">{lastUpdate.text.slice(0, 200)}</bdi>
        </p>
      )}
    </>
  );
}

/** Entries that are newer than what was read, in their own words. */
export function NewerEntries({ entries }: { entries: readonly Entry[] }): ReactNode {
  const line = useEntryLine();
  const nameOf = useNameOf();
  return (
    <ul className="brief-list">
      {entries.map((entry) => (
        <li key={entry.seq}>
          <TimeOf at={entry.at} /> <bdi>{nameOf(entry.actor)}</bdi> {line(entry).sentence}{' '}
          <span className="muted tabular">#{entry.seq}</span>
        </li>
      ))}
    </ul>
  );
}
