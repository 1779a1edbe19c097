import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { CADENCE_ID, defaultCadence } from '#shared/contract/settings.ts';
import type { Cadence, ChannelName, SettingBody, SettingKind } from '#shared/contract/settings.ts';
import { PUBLIC_PAGE } from '#shared/contract/updates.ts';
import type { AudienceFacts } from '#shared/incident/context.ts';
import { useTranslation } from '../i18n/index.ts';
import { apiOrThrow } from './api.ts';
import { useSession } from './session.tsx';

/** One setting with what its next change must name. */
export interface Setting<K extends SettingKind> {
  id: string;
  body: SettingBody<K>;
  revision: number;
}

/** How many addresses an audience has on a channel. */
export interface TargetCount {
  list: string;
  channel: ChannelName;
  count: number;
}

interface SettingsAnswer<K extends SettingKind> {
  settings: Setting<K>[];
  targets?: TargetCount[];
}

/** The key under which settings of a kind are cached; invalidate it when one was changed. */
export function settingsKey(kind: SettingKind): readonly string[] {
  return ['settings', kind];
}

/** Settings of a kind; empty until known. Only responders read them. */
export function useSettings<K extends SettingKind>(
  kind: K,
): { settings: readonly Setting<K>[]; targets: readonly TargetCount[]; known: boolean; failed: boolean } {
  const { person } = useSession();
  const query = useQuery({
    queryKey: settingsKey(kind),
    queryFn: ({ signal }) => apiOrThrow<SettingsAnswer<K>>(`/api/settings/${kind}`, { signal }),
    enabled: person?.access === 'responder',
    staleTime: 15_000,
  });
  return {
    settings: query.data?.settings ?? (NONE as readonly Setting<K>[]),
    targets: query.data?.targets ?? (NONE as readonly TargetCount[]),
    known: query.data !== undefined,
    failed: query.isError,
  };
}

const NONE: readonly never[] = [];

/** Minutes between updates by severity, as they are proposed. */
export function useCadence(): Cadence {
  const { settings } = useSettings('cadence');
  return settings.find(({ id }) => id === CADENCE_ID)?.body ?? defaultCadence;
}

/** What the rules know of audiences, the public page among them; and their names. */
export function useAudiences(): {
  facts: ReadonlyMap<string, AudienceFacts>;
  nameOf: (id: string) => string;
  targets: readonly TargetCount[];
} {
  const { t } = useTranslation('updates');
  const { settings, targets } = useSettings('audience');
  const { settings: pages } = useSettings('page');
  return useMemo(() => {
    const facts = new Map<string, AudienceFacts>(settings.map(({ id, body }) => [id, body]));
    const names = new Map(settings.map(({ id, body }) => [id, body.name]));
    const page = pages.find(({ id }) => id === PUBLIC_PAGE)?.body;
    if (page?.enabled) facts.set(PUBLIC_PAGE, { severities: page.severities, tellsHandoff: false });
    names.set(PUBLIC_PAGE, t('publicPage'));
    return { facts, targets, nameOf: (id: string) => names.get(id) ?? t('goneAudience') };
  }, [settings, pages, targets, t]);
}

/** Services in their order, with names in the reader's language. */
export function useServices(): {
  services: readonly { id: string; name: string }[];
  nameOf: (id: string) => string;
} {
  const { t, i18n } = useTranslation('updates');
  const { settings } = useSettings('service');
  const locale = i18n.language === 'ko' ? 'ko' : 'en';
  return useMemo(() => {
    const services = settings
      .toSorted((one, other) => one.body.order - other.body.order || (one.id < other.id ? -1 : 1))
      .map(({ id, body }) => ({ id, name: body.name[locale] }));
    const names = new Map(services.map(({ id, name }) => [id, name]));
    return { services, nameOf: (id: string) => names.get(id) ?? t('goneService') };
  }, [settings, locale, t]);
}
