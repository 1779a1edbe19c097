import { Menu } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from '../../i18n/index.ts';

export interface RoleAct {
  label: string;
  run: () => void;
  /** Why not now; the row stays and says so. */
  whyNot: string | null;
}

/** What can be done with a role: always the same rows, those that are not allowed with their reason. */
export function RoleMenu({ of, acts }: { of: string; acts: readonly RoleAct[] }): ReactNode {
  const { t } = useTranslation('room');
  return (
    <Menu position="bottom-end" width={260} withinPortal transitionProps={{ duration: 0 }}>
      <Menu.Target>
        <button type="button" className="icon-button role-menu" aria-label={t('roles.menu', { role: of })}>
          <span aria-hidden="true">⋯</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {acts.map((act) => (
          <Menu.Item
            key={act.label}
            aria-disabled={act.whyNot !== null}
            className="role-act"
            closeMenuOnClick={act.whyNot === null}
            onClick={() => (act.whyNot === null ? act.run() : undefined)}
          >
            {act.label}
            {act.whyNot === null ? null : <span className="role-act-reason">{act.whyNot}</span>}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
