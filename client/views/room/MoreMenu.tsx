import { Menu } from '@mantine/core';
import type { ReactNode } from 'react';
import { useLocation } from 'wouter';
import { useCommands } from '../../app/commands.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useIncident, useWhyNot } from '../../room/RoomContext.tsx';
import type { Assignment } from './AssignDialog.tsx';
import { useRoomDialogs } from './roomDialogs.ts';

interface MoreItem {
  label: string;
  run: () => void;
  whyNot: string | null;
}

/** What the room offers besides talking, in one place at every width; what is refused stays with its reason. */
export function MoreMenu({ onAssign }: { onAssign: (assignment: Assignment) => void }): ReactNode {
  const { t } = useTranslation('room');
  const state = useIncident();
  const why = useWhyNot();
  const { open } = useRoomDialogs();
  const { openPalette, openDeclare } = useCommands();
  const [, navigate] = useLocation();
  const items: MoreItem[] = [
    { label: t('palette.update'), run: () => open('update'), whyNot: why('update.send') },
    {
      label: t('palette.questions', { count: state.questions?.asked ?? 0 }),
      run: () => open('questions'),
      whyNot: null,
    },
    { label: t('more.links'), run: () => open('links'), whyNot: null },
    { label: t('palette.handoff'), run: () => open('handoff'), whyNot: why('handoff.offer') },
    { label: t('palette.brief'), run: () => open('brief'), whyNot: null },
    { label: t('palette.rename'), run: () => open('rename'), whyNot: why('incident.rename') },
    { label: t('palette.review'), run: () => navigate(`/i/${state.number}/review`), whyNot: null },
    ...(state.private
      ? [
          {
            label: t('palette.member'),
            run: () => onAssign({ kind: 'member' }),
            whyNot: why('member.add'),
          },
        ]
      : []),
    { label: t('more.erase'), run: () => open('erase'), whyNot: why('document.redact') },
    {
      label: t('more.bundle'),
      run: () => window.location.assign(`/api/incidents/${state.id}/bundle`),
      whyNot: null,
    },
    { label: t('more.declare'), run: () => openDeclare(), whyNot: null },
    { label: t('more.commands'), run: openPalette, whyNot: null },
  ];
  return (
    <Menu position="bottom-end" width={260} withinPortal transitionProps={{ duration: 0 }}>
      <Menu.Target>
        <button type="button" className="icon-button bar-more" aria-label={t('more.label')}>
          <svg width="20" height="20" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path
              d="M5 12h.01M12 12h.01M19 12h.01"
              stroke="currentColor"
              strokeWidth="4"
              strokeLinecap="round"
            />
          </svg>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {items.map((item) => (
          <Menu.Item
            key={item.label}
            aria-disabled={item.whyNot !== null}
            className="role-act"
            closeMenuOnClick={item.whyNot === null}
            onClick={() => (item.whyNot === null ? item.run() : undefined)}
          >
            {item.label}
            {item.whyNot === null ? null : <span className="role-act-reason">{item.whyNot}</span>}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
