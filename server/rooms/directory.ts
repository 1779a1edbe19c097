import type { PersonFacts } from '#shared/incident/context.ts';
import type { Clock, Directory, PersonRecord, Store } from './ports.ts';

/** How often people are read again, for what other processes changed (the command line, another instance). */
const REFRESH_MILLISECONDS = 5_000;

/** Everybody, with the one way to add or change somebody. */
export interface People extends Directory {
  /** Makes a person durable, then known here, then tells listeners; `taken`: the e-mail is somebody else's. */
  save(person: PersonRecord): Promise<'saved' | 'taken'>;
  /**
   * Changes a person as they are when it is their turn, so that two changes at once never undo each other. Answers what
   * was saved; null when there is no such person or `decide` answers null. The e-mail stays.
   */
  change(id: string, decide: (person: PersonRecord) => PersonRecord | null): Promise<PersonRecord | null>;
  /** Who signs in with this address (compared NFC, lower case). */
  findByEmail(email: string): PersonRecord | undefined;
  /** Reads everybody again now. */
  refresh(): Promise<void>;
  close(): void;
}

/** Reads everybody once and keeps them true; `close` ends the reading. */
export async function openDirectory(parts: {
  store: Pick<Store, 'listPeople' | 'savePerson'>;
  clock: Clock;
  /** Hears that reading again failed; the next turn tries again. */
  onFailure?: (error: unknown) => void;
}): Promise<People> {
  const people = new Map<string, PersonRecord>();
  const facts = new Map<string, PersonFacts>();
  const byEmail = new Map<string, string>();
  const listeners = new Set<(person: PersonRecord) => void>();
  const comparable = (email: string): string => email.normalize('NFC').toLowerCase();
  let writing: Promise<unknown> = Promise.resolve();
  let closed = false;
  let cancel = (): void => {};

  function keep(person: PersonRecord): void {
    const before = people.get(person.id);
    if (before && comparable(before.email) !== comparable(person.email))
      byEmail.delete(comparable(before.email));
    people.set(person.id, person);
    byEmail.set(comparable(person.email), person.id);
    facts.set(person.id, { access: person.access, admin: person.admin, disabled: person.disabled });
  }

  function tell(person: PersonRecord): void {
    for (const hear of listeners) hear(person);
  }

  /** Saves one after another. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = writing.then(work);
    writing = turn.catch(() => undefined);
    return turn;
  }

  async function saveNow(person: PersonRecord): Promise<'saved' | 'taken'> {
    const outcome = await parts.store.savePerson(person);
    if (outcome === 'saved') {
      keep(person);
      tell(person);
    }
    return outcome;
  }

  /** In turn with saving: what was read before a save must not replace what was saved. */
  const refresh = (): Promise<void> => inTurn(refreshNow);

  async function refreshNow(): Promise<void> {
    for (const person of await parts.store.listPeople()) {
      const before = people.get(person.id);
      if (before && isSame(before, person)) continue;
      keep(person);
      tell(person);
    }
  }

  async function refreshAgain(): Promise<void> {
    try {
      await refresh();
    } catch (error) {
      parts.onFailure?.(error);
    }
    schedule();
  }

  function schedule(): void {
    if (!closed) cancel = parts.clock.after(REFRESH_MILLISECONDS, () => void refreshAgain());
  }

  await refresh();
  schedule();

  return {
    get: (id) => people.get(id),
    facts,
    all: () => [...people.values()],
    findByEmail(email) {
      const id = byEmail.get(comparable(email));
      return id === undefined ? undefined : people.get(id);
    },
    save: (person) => inTurn(() => saveNow(person)),
    change: (id, decide) =>
      inTurn(async () => {
        const before = people.get(id);
        const after = before ? decide(before) : null;
        if (!after) return null;
        await saveNow(after);
        return after;
      }),
    refresh,
    onChange(hear) {
      listeners.add(hear);
      return () => listeners.delete(hear);
    },
    close() {
      closed = true;
      cancel();
    },
  };
}

function isSame(one: PersonRecord, other: PersonRecord): boolean {
  const keys = Object.keys(other) as (keyof PersonRecord)[];
  return keys.every((key) => one[key] === other[key]);
}
