import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { IncidentState } from '#shared/incident/state.ts';
import { KeyCap } from '../../app/KeyCap.tsx';
import { useNameOf } from '../../app/people.tsx';
import { Clock, Elapsed } from '../../design/Clock.tsx';
import { RoleBadge } from '../../design/RoleBadge.tsx';
import { LockShape } from '../../design/shapes.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { useRoomHandle, useWhyNot } from '../../room/RoomContext.tsx';
import type { Assignment } from './AssignDialog.tsx';
import { MoreMenu } from './MoreMenu.tsx';
import { NextUpdateButton } from './NextUpdate.tsx';
import { SeverityControl } from './SeverityControl.tsx';
import { StatusControl } from './StatusControl.tsx';

interface CommandBarProps {
  state: IncidentState;
  onHandOver: () => void;
  onAssign: (assignment: Assignment) => void;
}

/** Who commands, how bad, what state, how long: one place, same order at every width. */
export function CommandBar({ state, onHandOver, onAssign }: CommandBarProps): ReactNode {
  const { t } = useTranslation(['room', 'common']);
  return (
    <header className="bar" aria-label={t('room:bar.label')} data-region="command" data-drill={state.drill}>
      <Link className="bar-back icon-button" href="/board" aria-label={t('common:action.back')}>
        ‹
      </Link>
      <h1 className="bar-title" tabIndex={-1} title={state.title}>
        <span className="bar-number">{t('common:incident.number', { number: state.number })}</span>
        {state.drill ? <span className="bar-mark">{t('common:incident.drillMark')}</span> : null}
        {state.private ? (
          <span className="bar-mark">
            <LockShape /> <span className="bar-mark-word">{t('common:incident.private')}</span>
          </span>
        ) : null}
        <bdi className="bar-name">{state.title}</bdi>
      </h1>
      <SeverityControl state={state} />
      <StatusControl state={state} />
      <span className="bar-elapsed" title={t('room:bar.elapsed')}>
        <span className="visually-hidden">{t('room:bar.elapsed')} </span>
        <Elapsed since={state.declaredAt} />
      </span>
      <span className="bar-clock">
        <Clock />
      </span>
      <Commander state={state} onHandOver={onHandOver} />
      <span className="bar-update">
        <NextUpdateButton state={state} />
      </span>
      <MoreMenu onAssign={onAssign} />
    </header>
  );
}

function Commander({ state, onHandOver }: Omit<CommandBarProps, 'onAssign'>): ReactNode {
  const { t } = useTranslation('room');
  const nameOf = useNameOf();
  const { me } = useRoomHandle();
  const whyNot = useWhyNot()('handoff.offer');
  const mine = state.commander === me.id;
  return (
    <span className="bar-commander" data-mine={mine}>
      <RoleBadge role="commander" />
      <bdi className="bar-commander-name">{nameOf(state.commander)}</bdi>
      {mine ? <span className="bar-you">{t('bar.you')}</span> : null}
      <Button
        className="bar-handover"
        size="compact-sm"
        variant="default"
        aria-disabled={whyNot !== null}
        title={whyNot ?? undefined}
        onClick={onHandOver}
        rightSection={<KeyCap combination="h" />}
      >
        {t('bar.handOver')}
      </Button>
    </span>
  );
}
