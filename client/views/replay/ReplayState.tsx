import type { ReactNode } from 'react';
import type { IncidentState } from '#shared/incident/state.ts';
import { useNameOf } from '../../app/people.tsx';
import { TimeOf } from '../../design/Clock.tsx';
import { RoleBadge } from '../../design/RoleBadge.tsx';
import { SeverityBadge } from '../../design/SeverityBadge.tsx';
import { StatusTrack } from '../../design/StatusTrack.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { roleNodes } from '../../room/roleTree.ts';

/** Who commanded, who led what, and how bad it was, at the moment. */
export function ReplayState({ state }: { state: IncidentState }): ReactNode {
  const { t } = useTranslation(['replay', 'common']);
  const nameOf = useNameOf();
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
        {state.nextUpdateAt ? (
          <p className="muted">
            {t('nextUpdate')} <TimeOf at={state.nextUpdateAt} />
          </p>
        ) : null}
      </section>
    </div>
  );
}
