import type { ReactNode } from 'react';
import { useNameOf } from '../../app/people.tsx';
import { Elapsed, useNow, useTimeStyle } from '../../design/Clock.tsx';
import { RoleBadge } from '../../design/RoleBadge.tsx';
import { formatTime } from '../../design/time.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useIncident, useRoom, useRoomHandle, useSend, useWhyNot } from '../../room/RoomContext.tsx';
import { roleNodes } from '../../room/roleTree.ts';
import type { RoleNode } from '../../room/roleTree.ts';
import type { Assignment } from './AssignDialog.tsx';
import { DoingLine } from './DoingLine.tsx';
import { RoleMenu } from './RoleMenu.tsx';
import type { RoleAct } from './RoleMenu.tsx';
import { useRoomDialogs } from './roomDialogs.ts';

interface RoleTreeProps {
  onAssign: (assignment: Assignment) => void;
}

/** Who commands, who leads what, and what each is doing. */
export function RoleTree({ onAssign }: RoleTreeProps): ReactNode {
  const { t } = useTranslation(['room', 'common']);
  const state = useIncident();
  return (
    <ul className="role-tree" aria-label={t('room:roles.label')}>
      <CommanderRow onAssign={onAssign} />
      {roleNodes(state).map((node) => (
        <RoleRow key={node.role.role} node={node} onAssign={onAssign} />
      ))}
    </ul>
  );
}

function CommanderRow({ onAssign }: RoleTreeProps): ReactNode {
  const { t } = useTranslation(['room', 'common', 'handoff']);
  const state = useIncident();
  const { me } = useRoomHandle();
  const send = useSend();
  const nameOf = useNameOf();
  const why = useWhyNot();
  const { open } = useRoomDialogs();
  const absentSince = useRoom((snapshot) => snapshot.commanderAbsentSince);
  const style = useTimeStyle();
  const acts: RoleAct[] = [
    { label: t('handoff:act.handOver'), run: () => open('handoff'), whyNot: why('handoff.offer') },
    {
      label: t('room:roles.delegate'),
      run: () => onAssign({ kind: 'delegate', under: 'commander', title: t('common:role.commander') }),
      whyNot: why('role.delegate', { role: 'commander' }),
    },
    { label: t('room:roles.deputy'), run: () => onAssign({ kind: 'deputy' }), whyNot: why('deputy.set') },
    ...(state.deputy === null
      ? []
      : [
          {
            label: t('room:roles.noDeputy'),
            run: () => void send('deputy.set', { person: null }),
            whyNot: why('deputy.set'),
          },
        ]),
    { label: t('handoff:act.force'), run: () => open('force'), whyNot: why('handoff.force') },
  ];
  return (
    <li className="role-row" data-depth="0">
      <div className="role-head">
        <RoleBadge role="commander" />
        <bdi className="role-name" data-me={state.commander === me.id}>
          {nameOf(state.commander)}
        </bdi>
        <RoleMenu of={t('common:role.commander')} acts={acts} />
      </div>
      {absentSince === null ? (
        <p className="role-since">
          {t('room:roles.since')} <Elapsed since={state.commanderSince} words />
        </p>
      ) : (
        <p className="role-since role-absent">
          {t('room:roles.absent', { time: formatTime(absentSince, style) })}
        </p>
      )}
      <NowLine person={state.commander} />
      <Deputy />
    </li>
  );
}

/** Who stands by for the commander. The line is there also while nobody was named. */
function Deputy(): ReactNode {
  const { t } = useTranslation('room');
  const { deputy } = useIncident();
  const { me } = useRoomHandle();
  const nameOf = useNameOf();
  return (
    <div className="role-head deputy-row">
      <RoleBadge role="deputy" />
      {deputy === null ? (
        <span className="role-name role-held">{t('roles.deputyOpen')}</span>
      ) : (
        <>
          <bdi className="role-name" data-me={deputy === me.id}>
            {nameOf(deputy)}
          </bdi>
          <Away person={deputy} />
        </>
      )}
    </div>
  );
}

function RoleRow({ node, onAssign }: RoleTreeProps & { node: RoleNode }): ReactNode {
  const { t } = useTranslation(['room', 'common']);
  const { me } = useRoomHandle();
  const send = useSend();
  const nameOf = useNameOf();
  const why = useWhyNot();
  const { role, standing, depth } = node;
  const held = role.holder !== null;
  const title = standing === role.role ? t(`common:role.${standing}`) : role.title;
  const acts: RoleAct[] = [
    {
      label: t('room:roles.assign'),
      run: () => onAssign({ kind: 'assign', role: role.role, title }),
      whyNot: why('role.assign', { role: role.role }),
    },
    {
      label: t('room:roles.delegate'),
      run: () => onAssign({ kind: 'delegate', under: role.role, title }),
      whyNot: why('role.delegate', { role: role.role }),
    },
    {
      label: t('room:roles.release'),
      run: () => void send('role.release', { role: role.role }),
      whyNot: held ? why('role.release', { role: role.role }) : t('room:roles.nothingToRelease'),
    },
  ];
  return (
    <li className="role-row" data-depth={Math.min(depth + 1, 5)} data-held={held}>
      <div className="role-head">
        <RoleBadge
          role={standing ?? 'commander'}
          held={!held}
          {...(standing === role.role ? {} : { sub: role.title })}
        />
        {held ? (
          <bdi className="role-name" data-me={role.holder === me.id}>
            {nameOf(role.holder)}
          </bdi>
        ) : (
          <span className="role-name role-held">
            {standing === role.role || depth === 0
              ? t('room:roles.heldByCommander')
              : t('room:roles.heldBy', { name: nameOf(node.actor) })}
          </span>
        )}
        <RoleMenu of={title} acts={acts} />
      </div>
      {/* Its place is kept while the role is held by another, so that naming somebody moves nothing. */}
      {held ? <NowLine person={role.holder ?? ''} /> : <p className="doing" aria-hidden="true" />}
    </li>
  );
}

/** What somebody does, and that they are not here: beside each other, so that the line above has room for the name. */
function NowLine({ person }: { person: string }): ReactNode {
  return (
    <div className="role-now">
      <DoingLine person={person} />
      <Away person={person} />
    </div>
  );
}

/** Says when somebody is not here or has not looked for a while. */
export function Away({ person }: { person: string }): ReactNode {
  const { t } = useTranslation('room');
  const presence = useRoom((snapshot) => snapshot.presence);
  useNow();
  if (presence.length === 0) return null;
  const here = presence.find((each) => each.person === person);
  if (here && !here.away) return null;
  return <span className="away meta">{here ? t('person.awayShort') : t('person.goneShort')}</span>;
}
