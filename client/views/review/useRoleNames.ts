import { useMemo } from 'react';
import { standingRoles } from '#shared/contract/identifiers.ts';
import { COMMANDER_ROLE } from '#shared/incident/roles.ts';
import { roleNames } from '#shared/review/roleNames.ts';
import { usePeopleList } from '../../app/people.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { useReviewLog } from './ReviewContext.tsx';

/** What to call somebody instead of by name: what they were in the incident. */
export function useRoleNames(): (name: string) => string {
  const { t } = useTranslation(['review', 'common']);
  const { entries } = useReviewLog();
  const { people } = usePeopleList();
  return useMemo(
    () =>
      roleNames(entries, people, {
        role: (role) => {
          const standing = standingRoles.find((each) => each === role);
          if (role === COMMANDER_ROLE) return t('common:role.commander');
          return standing ? t(`common:role.${standing}`) : role;
        },
        numbered: (role, n) => t('review:export.numbered', { role, n }),
        colleague: (n) => t('review:export.colleague', { n }),
        outsider: (n) => t('review:export.outsider', { n }),
      }),
    [t, entries, people],
  );
}
