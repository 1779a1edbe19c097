import type { ReactNode } from 'react';
import { useTranslation } from '../i18n/index.ts';
import { FlagShape, SpeechShape, SquareShape, StarShape } from './shapes.tsx';

export type BadgeRole = 'commander' | 'ops' | 'comms' | 'planning' | 'deputy';

interface RoleBadgeProps {
  /** Which role; for a sub-role, the standing role it is part of. */
  role: BadgeRole;
  /** Title of the delegated part, for a sub-lead: `OPS>DB`. */
  sub?: string;
  /** Nobody was named; the commander holds it. */
  held?: boolean;
  /** Shows the full name beside the code, as in the roster. */
  label?: boolean;
  size?: 'log' | 'roster';
}

function shapeOf(role: BadgeRole, sub: boolean): ReactNode {
  switch (role) {
    case 'commander':
      return <StarShape />;
    case 'deputy':
      return <StarShape hollow />;
    case 'ops':
      return <SquareShape hollow={sub} />;
    case 'comms':
      return <SpeechShape />;
    case 'planning':
      return <FlagShape />;
    default:
      return role satisfies never;
  }
}

/** A role by shape, code and edge; its accessible name is the full role, not the code. Only the commander's is solid. */
export function RoleBadge({
  role,
  sub,
  held = false,
  label = false,
  size = 'roster',
}: RoleBadgeProps): ReactNode {
  const { t } = useTranslation('common');
  const name = sub === undefined ? t(`role.${role}`) : t('role.sub', { title: sub, role: t(`role.${role}`) });
  const code = t(`roleCode.${role}`);
  return (
    <span
      className={`badge role-${role}`}
      data-size={size}
      data-sub={sub !== undefined}
      data-held={held}
      title={held ? t('role.held', { role: name }) : name}
    >
      {shapeOf(role, sub !== undefined)}
      <span aria-hidden="true">{sub === undefined ? code : `${code}>${sub}`}</span>
      {label ? (
        <span className="badge-word">{name}</span>
      ) : (
        <span className="visually-hidden">{held ? t('role.held', { role: name }) : name}</span>
      )}
    </span>
  );
}
