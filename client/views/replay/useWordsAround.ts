import { useCallback, useMemo } from 'react';
import { COMMANDER_ROLE, findRole } from '#shared/incident/roles.ts';
import { standingRoles } from '#shared/contract/identifiers.ts';
import { useNameOf } from '../../app/people.tsx';
import { useAudiences, useServices } from '../../app/settings.ts';
import { useTranslation } from '../../i18n/index.ts';
import type { WordsAround } from './entryWords.ts';
import type { Timeline } from './timeline.ts';

/** Names and titles for the words of entries, as they were at a position. */
export function useWordsAt(timeline: Timeline): (seq: number) => WordsAround {
  const { t } = useTranslation(['replay', 'common']);
  const nameOf = useNameOf();
  const { nameOf: audienceName } = useAudiences();
  const { nameOf: serviceName } = useServices();
  return useCallback(
    (seq) => {
      const roleTitle = (role: string): string => {
        if (role === COMMANDER_ROLE) return t('common:role.commander');
        const standing = standingRoles.find((one) => one === role);
        if (standing) return t(`common:role.${standing}`);
        const state = timeline.stateAt(seq);
        return (state && findRole(state, role)?.title) ?? role;
      };
      return { t, nameOf, roleTitle, audienceName, serviceName };
    },
    [t, nameOf, audienceName, serviceName, timeline],
  );
}

/** The same for one position. */
export function useWordsAround(timeline: Timeline, seq: number): WordsAround {
  const wordsAt = useWordsAt(timeline);
  return useMemo(() => wordsAt(seq), [wordsAt, seq]);
}
