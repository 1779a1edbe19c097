import { createContext, use, useCallback, useMemo, useSyncExternalStore } from 'react';
import type { CommandBody, CommandType } from '#shared/contract/commands.ts';
import { toWireError } from '#shared/contract/refusals.ts';
import type { WireError } from '#shared/contract/refusals.ts';
import type { Person } from '#shared/contract/wire.ts';
import { can } from '#shared/incident/can.ts';
import type { About, Action } from '#shared/incident/can.ts';
import type { PersonFacts } from '#shared/incident/context.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import { useNameOf, usePeople } from '../app/people.tsx';
import { useRefusal } from '../app/refusal.ts';
import { useTimeStyle } from '../design/Clock.tsx';
import { formatTime } from '../design/time.ts';
import { useTranslation } from '../i18n/index.ts';
import { getConnection } from '../connection/socket.ts';
import type { ConnectionState } from '../connection/connectionState.ts';
import type { GivenAnswer, RoomSnapshot, RoomStore } from './roomTypes.ts';

export interface RoomHandle {
  store: RoomStore;
  me: Person;
}

export const RoomContext = createContext<RoomHandle | null>(null);

/** The room this view is part of. */
export function useRoomHandle(): RoomHandle {
  const room = use(RoomContext);
  if (!room) throw new Error('a part of the room outside of it');
  return room;
}

/** A part of the room's snapshot; the view is drawn again when that part changes its identity. */
export function useRoom<T>(select: (snapshot: RoomSnapshot) => T): T {
  const { store } = useRoomHandle();
  return useSyncExternalStore(store.subscribe, () => select(store.getSnapshot()));
}

/** The incident's state; only for views that are shown once the room is open. */
export function useIncident(): IncidentState {
  const state = useRoom((snapshot) => snapshot.state);
  if (!state) throw new Error('a part of the room before it is open');
  return state;
}

export function useConnectionState(): ConnectionState {
  const connection = getConnection();
  return useSyncExternalStore(connection.subscribe, connection.state);
}

/** Everybody's facts, as the rules need them. */
export function usePeopleFacts(): ReadonlyMap<string, PersonFacts> {
  const people = usePeople();
  return useMemo(
    () =>
      new Map(
        [...people].map(([id, { access, admin, disabled }]) => [
          id,
          { access, admin, disabled: disabled === true },
        ]),
      ),
    [people],
  );
}

/** Why I may not do something now, as an error for `useRefusal`; null when I may. The same table as the server's. */
export function useCan(): (action: Action, about?: About) => WireError | null {
  const { me } = useRoomHandle();
  const state = useIncident();
  const facts = usePeopleFacts();
  return useCallback(
    (action, about) => {
      const refusal = can(me.id, action, state, facts, about);
      return refusal ? toWireError(refusal) : null;
    },
    [me.id, state, facts],
  );
}

/**
 * The sentence of a refusal inside the room. To somebody whose command has passed to another it says so, with name
 * and time, instead of only that they may not.
 */
export function useRoomRefusal(): (error: WireError) => string {
  const { me } = useRoomHandle();
  const state = useRoom((snapshot) => snapshot.state);
  const sentence = useRefusal();
  const nameOf = useNameOf();
  const style = useTimeStyle();
  const { t } = useTranslation('handoff');
  return useCallback(
    (error) => {
      const reason = error.details?.['reason'];
      if (reason === 'wish_expired') return t('tooLate');
      const wasMine = state?.confirmation?.from === me.id && state.commander !== me.id;
      if (state && (error.code === 'stale_epoch' || (reason === 'commander_only' && wasMine))) {
        return t('passed', { name: nameOf(state.commander), time: formatTime(state.commanderSince, style) });
      }
      return sentence(error);
    },
    [me.id, state, sentence, nameOf, style, t],
  );
}

/** As `useCan`, but the sentence in the reader's language; null when allowed. */
export function useWhyNot(): (action: Action, about?: About) => string | null {
  const check = useCan();
  const sentence = useRoomRefusal();
  return useCallback(
    (action, about) => {
      const error = check(action, about);
      return error ? sentence(error) : null;
    },
    [check, sentence],
  );
}

/** Gives a command to the room. */
export function useSend(): <T extends CommandType>(type: T, body: CommandBody<T>) => Promise<GivenAnswer> {
  const { store } = useRoomHandle();
  return store.send;
}
