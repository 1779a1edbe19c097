import type { ReactNode } from 'react';
import { RoleBadge } from '../../design/RoleBadge.tsx';
import type { BadgeRole } from '../../design/RoleBadge.tsx';
import type { HeldRoles } from '../../room/authorBadges.ts';

/** The highest role somebody held, as a badge; more are counted. Nothing for a responder without a role. */
export function HeldBadge({
  held,
  size = 'log',
}: {
  held: HeldRoles | undefined;
  size?: 'log' | 'roster';
}): ReactNode {
  const [first, ...others] = held?.roles ?? [];
  if (!first) return held?.deputy ? <RoleBadge role="deputy" size={size} /> : null;
  const top = first.path[0]?.role ?? first.role;
  const sub = first.path.length > 1 ? first.path.at(-1)?.title : undefined;
  return (
    <>
      <RoleBadge role={badgeOf(top)} size={size} {...(sub === undefined ? {} : { sub })} />
      {others.slice(0, 2).map((role) => (
        <RoleBadge
          key={role.role}
          role={badgeOf(role.path[0]?.role ?? role.role)}
          size={size}
          {...(role.path.length > 1 ? { sub: role.path.at(-1)?.title ?? '' } : {})}
        />
      ))}
    </>
  );
}

/** A delegated part of the commander's own role is shown as the commander's. */
export function badgeOf(role: string): BadgeRole {
  return role === 'ops' || role === 'comms' || role === 'planning' ? role : 'commander';
}
