import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import type { Person } from '#shared/contract/wire.ts';
import { useTranslation } from '../i18n/index.ts';
import { apiOrThrow } from './api.ts';
import { useSession } from './session.tsx';

/** The key under which people are cached; invalidate it when people were added or changed. */
export const PEOPLE_KEY = ['people'] as const;

/** A person as an administrator's list has it. */
export interface ListedPerson extends Person {
  email?: string;
  disabled?: boolean;
  /** Has not chosen a password yet. */
  invited?: boolean;
}

const NOBODY: readonly ListedPerson[] = [];

/** Everybody, in the server's order; empty until known. */
export function usePeopleList(): { people: readonly ListedPerson[]; known: boolean; failed: boolean } {
  const { person } = useSession();
  const query = useQuery({
    queryKey: PEOPLE_KEY,
    queryFn: async ({ signal }) => {
      const list = await apiOrThrow<{ people: ListedPerson[] } | ListedPerson[]>('/api/people', { signal });
      return Array.isArray(list) ? list : list.people;
    },
    enabled: person?.access === 'responder',
    staleTime: 60_000,
  });
  return { people: query.data ?? NOBODY, known: query.data !== undefined, failed: query.isError };
}

/** Everybody by id. The person signed in is always in it. */
export function usePeople(): ReadonlyMap<string, ListedPerson> {
  const { person } = useSession();
  const { people } = usePeopleList();
  return useMemo(() => {
    const byId = new Map<string, ListedPerson>(people.map((one) => [one.id, one]));
    if (person && !byId.has(person.id)) byId.set(person.id, person);
    return byId;
  }, [people, person]);
}

/** The name of a person by id, in the language of the page where there is none. */
export function useNameOf(): (id: string | null | undefined) => string {
  const people = usePeople();
  const { t } = useTranslation('common');
  return useCallback(
    (id) => {
      if (id == null) return t('people.nobody');
      if (id === 'system') return t('people.system');
      return people.get(id)?.name ?? t('people.unknown');
    },
    [people, t],
  );
}
