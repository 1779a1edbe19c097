import { useCallback } from 'react';
import type { Entry } from '#shared/contract/entries.ts';
import { useNameOf } from '../../app/people.tsx';
import { useAudiences, useServices } from '../../app/settings.ts';
import { useTimeStyle } from '../../design/Clock.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { useRoom } from '../../room/RoomContext.tsx';
import { entryLine } from './entrySentence.ts';
import type { EntryLine } from './entrySentence.ts';

/** What entries say, for the person at this page. */
export function useEntryLine(): (entry: Entry) => EntryLine {
  const { t } = useTranslation(['chat', 'common']);
  const nameOf = useNameOf();
  const { locale } = useTimeStyle();
  const { nameOf: audienceName } = useAudiences();
  const { nameOf: serviceName } = useServices();
  const roles = useRoom((snapshot) => snapshot.state?.roles);
  return useCallback(
    (entry) =>
      entryLine(entry, {
        ...{ t, audienceName, serviceName, roles: roles ?? [] },
        nameOf: (id) => nameOf(id),
        style: { locale },
      }),
    [t, nameOf, locale, roles, audienceName, serviceName],
  );
}
