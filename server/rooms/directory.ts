import type { PersonFacts } from '#shared/incident/context.ts';
import type { Clock, Directory, Fanout, PersonRecord, Store } from './ports.ts';

/**
 * How often the permission epoch is compared, for what other processes changed (the command line, another instance) in
 * case nobody told: a revocation holds everywhere within 5 s.
 */
const COMPARE_MILLISECONDS = 2_000;
/** Rights that were not compared for this long hold back what is told. Milliseconds. */
const CURRENT_MILLISECONDS = 4_500;

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
  /** Compares the permission epoch now and reads what changed. */
  refresh(): Promise<void>;
  /**
   * Hears that people or sessions changed, at whatever instance, once the people that changed are known here. Rights
   * count as compared when what it answers is done.
   */
  onPermissions(hear: () => Promise<void>): () => void;
  /** Tells the other instances that these sessions ended here. */
  sessionsEnded(ids: string[]): void;
  close(): void;
}

/** Reads everybody once and keeps them true; `close` ends the reading. */
export async function openDirectory(parts: {
  store: Pick<Store, 'listPeople' | 'savePerson' | 'permissionEpoch'>;
  clock: Clock;
  /** The other instances; none when left out. */
  fanout?: Pick<Fanout, 'announce' | 'onNotice'>;
  /** Hears that reading again failed, once until it works again; it is tried again every time. */
  onFailure?: (error: unknown) => void;
}): Promise<People> {
  const people = new Map<string, PersonRecord>();
  const facts = new Map<string, PersonFacts>();
  const byEmail = new Map<string, string>();
  const listeners = new Set<(person: PersonRecord) => void>();
  const permissionListeners = new Set<() => Promise<void>>();
  /** Of which permission epoch everything here is; null before the first reading. */
  let epoch: number | null = null;
  let isFailing = false;
  /** When the comparison that everything here rests on began; elapsed milliseconds. */
  let comparedAt = -Infinity;
  let comparing: Promise<void> | null = null;
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

  async function saveNow(person: PersonRecord, knownEpoch?: number): Promise<'saved' | 'taken' | 'stale'> {
    const outcome = await parts.store.savePerson(person, knownEpoch);
    if (outcome === 'saved') {
      keep(person);
      tell(person);
      parts.fanout?.announce({ kind: 'permissions' });
    }
    return outcome;
  }

  /** In turn with saving: what was read before a save must not replace what was saved. */
  const refresh = (): Promise<void> => inTurn(refreshNow);

  async function refreshNow(): Promise<void> {
    const began = parts.clock.elapsed();
    const now = await parts.store.permissionEpoch();
    if (now === epoch) {
      comparedAt = began;
      return;
    }
    // An epoch that went back is another history, as after a restore: everybody may have changed.
    const changed = await parts.store.listPeople(epoch !== null && now > epoch ? epoch : undefined);
    // What changed while it was read is read once more, with the next epoch.
    epoch = now;
    for (const person of changed) {
      const before = people.get(person.id);
      if (before && isSame(before, person)) continue;
      keep(person);
      tell(person);
    }
    await Promise.all([...permissionListeners].map((hear) => hear()));
    comparedAt = began;
  }

  const isCurrent = (): boolean => parts.clock.elapsed() - comparedAt < CURRENT_MILLISECONDS;

  /** Many rooms ask at once after an outage: one comparison serves them. */
  function makeCurrent(): Promise<void> {
    if (isCurrent()) return Promise.resolve();
    comparing ??= refresh().finally(() => {
      comparing = null;
    });
    return comparing;
  }

  /** For what nobody waits for. */
  async function refreshAgain(): Promise<void> {
    try {
      await refresh();
      isFailing = false;
    } catch (error) {
      if (!isFailing) parts.onFailure?.(error);
      isFailing = true;
    }
  }

  function schedule(): void {
    cancel = parts.clock.after(COMPARE_MILLISECONDS, () => {
      void refreshAgain().then(() => {
        if (!closed) schedule();
      });
    });
  }

  await refresh();
  schedule();
  const stopHearing = parts.fanout?.onNotice(({ kind }) => {
    if (kind === 'permissions' || kind === 'sessions_ended') void refreshAgain();
  });

  return {
    get: (id) => people.get(id),
    facts,
    all: () => [...people.values()],
    findByEmail(email) {
      const id = byEmail.get(comparable(email));
      return id === undefined ? undefined : people.get(id);
    },
    save: (person) =>
      inTurn(async () => {
        const outcome = await saveNow(person);
        if (outcome === 'stale') throw new Error('stale without a known epoch');
        return outcome;
      }),
    change: (id, decide) =>
      inTurn(async () => {
        for (;;) {
          // Another instance may change people at the same time: what is decided must hold for what is stored then.
          await refreshNow();
          const before = people.get(id);
          const after = before ? decide(before) : null;
          if (!after) return null;
          const outcome = await saveNow(after, epoch ?? undefined);
          if (outcome !== 'stale') return after;
        }
      }),
    refresh,
    isCurrent,
    makeCurrent,
    onChange(hear) {
      listeners.add(hear);
      return () => listeners.delete(hear);
    },
    onPermissions(hear) {
      permissionListeners.add(hear);
      return () => permissionListeners.delete(hear);
    },
    sessionsEnded(ids) {
      if (ids.length > 0) parts.fanout?.announce({ kind: 'sessions_ended', ids });
    },
    close() {
      closed = true;
      cancel();
      stopHearing?.();
    },
  };
}

function isSame(one: PersonRecord, other: PersonRecord): boolean {
  const keys = Object.keys(other) as (keyof PersonRecord)[];
  return keys.every((key) => one[key] === other[key]);
}
