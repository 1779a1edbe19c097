import { useMemo } from 'react';
import type { ReactNode } from 'react';
import { useLocation } from 'wouter';
import type { Action, About } from '#shared/incident/can.ts';
import { usePaletteActions } from '../../app/commands.ts';
import type { PaletteAction } from '../../app/commands.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useIncident, useSend, useWhyNot } from '../../room/RoomContext.tsx';
import { slashCommands } from '../../room/slash.ts';
import type { SlashId } from '../../room/slash.ts';
import type { Waiting } from '../../room/waiting.ts';
import type { Assignment } from './AssignDialog.tsx';
import { useRoomDialogs } from './roomDialogs.ts';
import { useWaitingActs } from './useWaitingActs.ts';

interface RoomActionsProps {
  waiting: readonly Waiting[];
  onAssign: (assignment: Assignment) => void;
}

type PaletteKey =
  | 'handoff'
  | 'force'
  | 'update'
  | 'same'
  | 'brief'
  | 'help'
  | 'delegate'
  | 'deputy'
  | 'review'
  | 'member'
  | 'severity'
  | 'status'
  | 'doing'
  | 'rename'
  | 'questions';

/** Rows that are typed after a slash by another name. */
const slashOf: Partial<Record<PaletteKey, SlashId>> = { severity: 'sev', doing: 'now' };

const leads = ['ops', 'comms', 'planning'] as const;

function isLead(role: string): role is (typeof leads)[number] {
  return (leads as readonly string[]).includes(role);
}

/** The room's rows in the palette, those that are refused with their reason. */
export function RoomActions({ waiting, onAssign }: RoomActionsProps): ReactNode {
  const { t, i18n } = useTranslation(['room', 'handoff', 'common']);
  const state = useIncident();
  const why = useWhyNot();
  const send = useSend();
  const { open } = useRoomDialogs();
  const { actsOf } = useWaitingActs();
  const [, navigate] = useLocation();

  const actions = useMemo<PaletteAction[]>(() => {
    const other = i18n.getFixedT(i18n.language === 'ko' ? 'en' : 'ko', 'room');
    const row = (
      id: PaletteKey,
      run: () => void,
      action?: Action,
      keys?: string,
      about?: About,
    ): PaletteAction => {
      const slash = slashCommands.find((each) => each.id === (slashOf[id] ?? id));
      const reason = action === undefined ? null : why(action, about);
      return {
        id: `room.${id}`,
        title: t(`room:palette.${id}`),
        also: [other(`palette.${id}`), ...(slash ? [slash.id, slash.ko] : [])],
        group: 'incident',
        ...(keys === undefined ? {} : { keys }),
        ...(reason === null ? {} : { disabledReason: reason }),
        run,
      };
    };
    const standing = leads.map((role): PaletteAction => {
      const reason = why('role.assign', { role });
      const title = t('room:palette.assign', { role: t(`common:role.${role}`) });
      return {
        id: `room.assign.${role}`,
        title,
        also: [role, '역할', 'role'],
        group: 'incident',
        ...(reason === null ? {} : { disabledReason: reason }),
        run: () => onAssign({ kind: 'assign', role, title: t(`common:role.${role}`) }),
      };
    });
    const held = state.roles.flatMap(({ role, title, holder }): PaletteAction[] => {
      if (holder === null) return [];
      const reason = why('role.release', { role });
      const name = isLead(role) ? t(`common:role.${role}`) : title;
      return [
        {
          id: `room.release.${role}`,
          title: t('room:palette.release', { role: name }),
          also: [other('palette.release', { role: name }), role, '역할', 'role'],
          group: 'incident',
          ...(reason === null ? {} : { disabledReason: reason }),
          run: () => void send('role.release', { role }),
        },
      ];
    });
    return [
      row('handoff', () => open('handoff'), 'handoff.offer', 'h'),
      row('force', () => open('force'), 'handoff.force'),
      row('update', () => open('update'), 'update.send', 'u'),
      row('same', () => open('update', { nothingNew: true }), 'update.send'),
      row('questions', () => open('questions')),
      row('brief', () => open('brief')),
      row('severity', () => open('severity'), 'severity.set', 's'),
      row('status', () => open('status'), state.status === 'closed' ? 'incident.reopen' : 'status.set', 'x'),
      row('doing', () => open('doing'), 'doing.set'),
      row('rename', () => open('rename'), 'incident.rename'),
      ...standing,
      ...held,
      row('deputy', () => onAssign({ kind: 'deputy' }), 'deputy.set'),
      row(
        'delegate',
        () => onAssign({ kind: 'delegate', under: 'commander', title: t('common:role.commander') }),
        'role.delegate',
        undefined,
        { role: 'commander' },
      ),
      ...(state.private ? [row('member', () => onAssign({ kind: 'member' }), 'member.add')] : []),
      row('review', () => navigate(`/i/${state.number}/review`)),
      row('help', () => open('help')),
    ];
  }, [i18n, t, why, send, open, onAssign, navigate, state.number, state.private, state.roles, state.status]);
  usePaletteActions(actions);

  // What waits changes its words by the second; in the palette it is enough to name it.
  const [first] = waiting;
  const act = first ? actsOf(first)[0] : undefined;
  const label = act?.label;
  const waits = useMemo<PaletteAction[]>(
    () =>
      label === undefined
        ? []
        : [{ id: 'room.waiting', title: label, group: 'waiting', keys: 'a', run: () => act?.run() }],
    // The act of a given label stays the same while the item does.
    // oxlint-disable-next-line react/exhaustive-deps
    [label, first?.kind],
  );
  usePaletteActions(waits);
  return null;
}
