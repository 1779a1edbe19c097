import type { TFunction } from 'i18next';
import { COMMANDER_ROLE, rolesOf } from '#shared/incident/roles.ts';
import type { IncidentState } from '#shared/incident/state.ts';

const STANDING = ['ops', 'comms', 'planning'] as const;

/** The short role before a name at a caret, such as `IC` or `OPS>DB`; empty for those without one. */
export function roleLabel(
  tree: Pick<IncidentState, 'commander' | 'roles'>,
  person: string,
  t: TFunction<'common'>,
): string {
  const first = rolesOf(tree, person)[0];
  if (!first) return '';
  if (first.role === COMMANDER_ROLE) return t('roleCode.commander');
  return first.path
    .map(({ role, title }) => {
      const standing = STANDING.find((one) => one === role);
      return standing ? t(`roleCode.${standing}`) : title;
    })
    .join('>');
}
