import { Popover } from '@mantine/core';
import type { ReactNode } from 'react';
import { useNameOf } from '../../app/people.tsx';
import { RoleBadge } from '../../design/RoleBadge.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { useIncident, useRoom } from '../../room/RoomContext.tsx';
import { roleNodes } from '../../room/roleTree.ts';
import type { Assignment } from './AssignDialog.tsx';
import { CommandColumn } from './CommandColumn.tsx';
import { usePopoverState } from './usePopoverState.ts';

interface RoleChipsProps {
  onAssign: (assignment: Assignment) => void;
  /** Opens the column again, where there is room for it. */
  onUnfold?: () => void;
}

/** The command column as one row: who holds what. A click opens the whole column over the page. */
export function RoleChips({ onAssign, onUnfold }: RoleChipsProps): ReactNode {
  const { t } = useTranslation('room');
  const state = useIncident();
  const nameOf = useNameOf();
  const presence = useRoom((snapshot) => snapshot.presence);
  const [opened, setOpened] = usePopoverState();
  const assign = (assignment: Assignment): void => {
    setOpened(false);
    onAssign(assignment);
  };
  return (
    <div className="chips">
      <Popover
        opened={opened}
        onChange={setOpened}
        position="bottom-start"
        width={320}
        trapFocus
        returnFocus
        withinPortal
        transitionProps={{ duration: 0 }}
      >
        <Popover.Target>
          <button
            type="button"
            className="chips-row"
            aria-haspopup="dialog"
            onClick={() => (onUnfold ? onUnfold() : setOpened(!opened))}
          >
            <span className="chip">
              <RoleBadge role="commander" /> <bdi>{nameOf(state.commander)}</bdi>
            </span>
            {roleNodes(state).map(({ role, standing }) => (
              <span className="chip" key={role.role}>
                <RoleBadge
                  role={standing ?? 'commander'}
                  held={role.holder === null}
                  {...(standing === role.role ? {} : { sub: role.title })}
                />
                <bdi className={role.holder === null ? 'muted' : undefined}>
                  {role.holder === null ? t('roles.heldShort') : nameOf(role.holder)}
                </bdi>
              </span>
            ))}
            <span className="chip chip-here tabular">{t('people.here', { count: presence.length })} ▾</span>
          </button>
        </Popover.Target>
        <Popover.Dropdown className="chips-panel" aria-label={t('command.label')}>
          {opened ? <CommandColumn onAssign={assign} /> : null}
        </Popover.Dropdown>
      </Popover>
    </div>
  );
}
