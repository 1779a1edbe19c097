import { useMemo } from 'react';
import type { ReactNode } from 'react';
import { mayEnter } from '#shared/incident/can.ts';
import { usePeople } from '../../app/people.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { heldRoles } from '../../room/authorBadges.ts';
import { useIncident, usePeopleFacts, useRoom } from '../../room/RoomContext.tsx';
import { HeldBadge } from './HeldBadge.tsx';
import type { Candidate } from './PersonChoice.tsx';

interface CandidateOptions {
  /** People who are left out, such as the commander when command is offered. */
  without?: readonly string[];
  /** For private incidents: people who are not members yet. */
  outsiders?: boolean;
}

/** Responders to choose from: the next commander first, then who is here, those with a role first, then the others. */
export function useCandidates({ without = [], outsiders = false }: CandidateOptions): Candidate[] {
  const { t } = useTranslation('room');
  const state = useIncident();
  const people = usePeople();
  const facts = usePeopleFacts();
  const presence = useRoom((snapshot) => snapshot.presence);
  const left = without.join(' ');
  return useMemo(() => {
    const here = new Map(presence.map((each) => [each.person, each]));
    const rank = (id: string): number => {
      const held = heldRoles(state, id);
      return (
        (state.deputy === id ? 8 : 0) +
        (here.has(id) ? 4 : 0) +
        (held.roles.length > 0 ? 2 : 0) +
        (here.get(id)?.away ? 0 : 1)
      );
    };
    const noteOf = (id: string): string => {
      const present = here.get(id);
      if (!present) return t('person.notHere');
      return present.away ? t('person.away') : t('person.here');
    };
    const badgeOf = (id: string): ReactNode => <HeldBadge held={heldRoles(state, id)} size="roster" />;
    return [...people.values()]
      .filter(
        ({ id, access, disabled }) =>
          access === 'responder' && disabled !== true && !left.split(' ').includes(id),
      )
      .filter(({ id }) => !outsiders || !mayEnter(id, facts.get(id), state))
      .toSorted((a, b) => rank(b.id) - rank(a.id) || a.name.localeCompare(b.name))
      .map(({ id, name }) => {
        const enters = outsiders || mayEnter(id, facts.get(id), state);
        const cannot = enters ? undefined : t('person.cannotEnter');
        return {
          id,
          name,
          note: noteOf(id),
          badge: badgeOf(id),
          ...(cannot === undefined ? {} : { cannot }),
        };
      });
  }, [people, facts, presence, state, t, left, outsiders]);
}
