import type { ReactNode } from 'react';
import type { AffectedService, IncidentState } from '#shared/incident/state.ts';
import { useNameOf } from '../../app/people.tsx';
import { useServices } from '../../app/settings.ts';
import { TimeOf } from '../../design/Clock.tsx';
import { RoleBadge } from '../../design/RoleBadge.tsx';
import { SeverityBadge } from '../../design/SeverityBadge.tsx';
import { StatusTrack } from '../../design/StatusTrack.tsx';
import { formatElapsedClock } from '../../design/time.ts';
import { useTranslation } from '../../i18n/index.ts';
import { roleNodes } from '../../room/roleTree.ts';
import { activeBy } from './activeBy.ts';
import { liveAt } from './lanes.ts';
import type { OutsideEvent } from './outside.ts';
import type { Position } from './position.ts';
import type { Timeline } from './timeline.ts';
import { useEventWords } from './useSpotWords.ts';

interface ReplayStateProps {
  /** Null before the incident was declared. */
  state: IncidentState | null;
  timeline: Timeline;
  position: Position;
  outside: readonly OutsideEvent[];
}

/** Who commanded, who led what, how bad it was, what was told, who was active and what was live, at the moment. */
export function ReplayState({ state, timeline, position, outside }: ReplayStateProps): ReactNode {
  const { t } = useTranslation('replay');
  return (
    <>
      {state ? (
        <CommandThen state={state} now={position.time} />
      ) : (
        <p className="muted">{t('notDeclared')}</p>
      )}
      <Around timeline={timeline} position={position} outside={outside} />
    </>
  );
}

function CommandThen({ state, now }: { state: IncidentState; now: number }): ReactNode {
  const { t } = useTranslation(['replay', 'common']);
  const nameOf = useNameOf();
  const dueIn = state.nextUpdateAt === null ? null : Date.parse(state.nextUpdateAt) - now;
  return (
    <div className="replay-state">
      <p className="replay-line">
        <SeverityBadge severity={state.severity} word />
        <StatusTrack status={state.status} />
      </p>
      <ul className="replay-roles" aria-label={t('roles')}>
        <li>
          <RoleBadge role="commander" />
          <bdi>{nameOf(state.commander)}</bdi>
          <span className="muted meta">
            {t('since')} <TimeOf at={state.commanderSince} />
          </span>
        </li>
        {state.deputy === null ? null : (
          <li>
            <RoleBadge role="deputy" />
            <bdi>{nameOf(state.deputy)}</bdi>
          </li>
        )}
        {roleNodes(state).map(({ role, depth, standing, actor }) => (
          <li key={role.role} data-depth={depth}>
            <RoleBadge
              role={standing ?? 'commander'}
              held={role.holder === null}
              {...(standing === role.role ? {} : { sub: role.title })}
            />
            {role.holder === null ? (
              <span className="muted">
                {actor === state.commander ? t('heldByCommander') : t('heldBy', { name: nameOf(actor) })}
              </span>
            ) : (
              <bdi>{nameOf(role.holder)}</bdi>
            )}
          </li>
        ))}
      </ul>
      {state.offer ? (
        <p className="replay-offer">
          {t('offerOpen', { from: nameOf(state.offer.from), to: nameOf(state.offer.to) })}
        </p>
      ) : null}
      {state.doing.length > 0 ? (
        <section aria-label={t('doing')}>
          <h3>{t('doing')}</h3>
          <ul className="replay-doing">
            {state.doing.map(({ person, text, at }) => (
              <li key={person}>
                <bdi>{nameOf(person)}</bdi> <span dir="auto">{text}</span>{' '}
                <span className="muted meta">
                  <TimeOf at={at} />
                </span>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      <section aria-label={t('told')}>
        <h3>{t('told')}</h3>
        {state.lastUpdate ? (
          <p dir="auto">
            <TimeOf at={state.lastUpdate.at} /> {state.lastUpdate.text}
          </p>
        ) : (
          <p className="muted">{t('toldNothing')}</p>
        )}
        {state.nextUpdateAt !== null && dueIn !== null ? (
          <p className={dueIn < 0 ? 'replay-late' : 'muted'}>
            {t('nextUpdate')} <TimeOf at={state.nextUpdateAt} />
            {', '}
            {dueIn < 0
              ? t('lateBy', { time: formatElapsedClock(-dueIn, true) })
              : t('dueIn', { time: formatElapsedClock(dueIn, true) })}
          </p>
        ) : null}
        {state.services?.length ? <Services services={state.services} /> : null}
      </section>
    </div>
  );
}

function Services({ services }: { services: readonly AffectedService[] }): ReactNode {
  const { t } = useTranslation('common');
  const { nameOf } = useServices();
  return (
    <ul className="replay-doing">
      {services.map(({ service, impact }) => (
        <li key={service}>
          {nameOf(service)}: {t(`impact.${impact}`)}
        </li>
      ))}
    </ul>
  );
}

/** Who wrote shortly before, and what was live. */
function Around({ timeline, position, outside }: Omit<ReplayStateProps, 'state'>): ReactNode {
  const { t } = useTranslation('replay');
  const nameOf = useNameOf();
  const eventWords = useEventWords();
  const active = activeBy(timeline, position.place, position.time);
  const { deploys, alerts } = liveAt(outside, position.time);
  return (
    <div className="replay-state">
      {active.length > 0 ? (
        <section aria-label={t('active')}>
          <h3>{t('active')}</h3>
          <p>
            {active.map(({ voice, isPerson }, index) => (
              <span key={voice}>
                {index > 0 ? ', ' : ''}
                <bdi>{isPerson ? nameOf(voice) : voice}</bdi>
              </span>
            ))}
          </p>
        </section>
      ) : null}
      {deploys.length + alerts.length > 0 ? (
        <section aria-label={t('live')}>
          <h3>{t('live')}</h3>
          <ul className="replay-doing">
            {alerts.map((event) => (
              <li key={event.id} className="replay-late">
                {eventWords(event)} ({t('since')} <TimeOf at={event.at} />)
              </li>
            ))}
            {deploys.map((event) => (
              <li key={event.id}>
                <strong>{event.service}</strong> {event.title}{' '}
                <span className="muted meta">
                  {t('since')} <TimeOf at={event.at} />
                </span>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
    </div>
  );
}
