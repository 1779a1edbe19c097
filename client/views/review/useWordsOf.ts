import { useMemo } from 'react';
import { COMMANDER_ROLE, findRole } from '#shared/incident/roles.ts';
import { standingRoles } from '#shared/contract/identifiers.ts';
import { useNameOf } from '../../app/people.tsx';
import { useAudiences, useServices } from '../../app/settings.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useRoom } from '../../room/RoomContext.tsx';
import type { WordsAround } from '../replay/entryWords.ts';

/** Names and titles for the words of entries, as they are now; people by `nameOf` where given. */
export function useWordsOf(nameOf?: (id: string | null) => string): WordsAround {
  const { t } = useTranslation(['replay', 'common']);
  const named = useNameOf();
  const { nameOf: audienceName } = useAudiences();
  const { nameOf: serviceName } = useServices();
  const state = useRoom((snapshot) => snapshot.state);
  return useMemo(() => {
    const roleTitle = (role: string): string => {
      if (role === COMMANDER_ROLE) return t('common:role.commander');
      const standing = standingRoles.find((one) => one === role);
      if (standing) return t(`common:role.${standing}`);
      return (state && findRole(state, role)?.title) ?? role;
    };
    return { t, nameOf: nameOf ?? named, roleTitle, audienceName, serviceName };
  }, [t, named, nameOf, state, audienceName, serviceName]);
}
