import { commanderOnly } from '#shared/contract/fencing.ts';
import type { Entry } from '#shared/contract/entries.ts';
import type { WireError } from '#shared/contract/refusals.ts';
import type { JoinAnswer } from '#shared/contract/wire.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import type { Clock } from '../connection/clock.ts';
import type { Outbox } from '../connection/outbox.ts';
import { authorBadges } from './authorBadges.ts';
import type { Evolve } from './authorBadges.ts';
import { appended, emptyLog, prepended, windowOf } from './logWindow.ts';
import type { RoomLine, RoomSnapshot, RoomStore } from './roomTypes.ts';

export interface RoomParts {
  incidentId: string;
  /** Id of the person at this page. */
  me: string;
  line: RoomLine;
  outbox: Outbox;
  clock: Clock;
  evolve: Evolve;
}

const OLDER_PAGE = 200;
const LONG_PAGE = 1_000;
const AGAIN_MILLISECONDS = 1_000;

/**
 * One incident as this page sees it: the log by `seq` without a gap, the state as its fold by the server's own
 * `evolve`, and what of mine is on its way. Knows no framework.
 */
export function createRoomStore({ incidentId, me, line, outbox, clock, evolve }: RoomParts): RoomStore {
  const listeners = new Set<() => void>();
  let badges = authorBadges(evolve);
  let state: IncidentState | null = null;
  let storageEpoch: string | null = null;
  let snapshot: RoomSnapshot = {
    phase: { kind: 'joining' },
    state: null,
    log: emptyLog,
    pending: outbox.items(),
    presence: [],
    commanderAbsentSince: null,
    progress: null,
    resultDismissed: 0,
    loading: false,
    storageEpoch: null,
    badgesVersion: 0,
  };
  /** Rises with each loss of the line; answers to an older one are void. */
  let session = 0;
  let joined = false;
  let early: Entry[] = [];
  let repairing = false;
  let stopped = false;
  let cancelAgain: () => void = () => undefined;
  let older: Promise<void> | null = null;

  const change = (next: Partial<RoomSnapshot>): void => {
    snapshot = { ...snapshot, ...next };
    for (const listener of listeners) listener();
  };
  const stopOutbox = outbox.subscribe(() => change({ pending: outbox.items() }));

  /** Takes entries that continue the log; what lies behind a gap is fetched. */
  function take(entries: readonly Entry[]): void {
    const known = snapshot.log.last;
    const { log, ahead } = appended(snapshot.log, entries);
    const fresh = log === snapshot.log ? [] : log.entries.slice(known + 1 - log.first);
    if (fresh.length > 0) {
      state = badges.fold(state, fresh);
      for (const entry of fresh) if (entry.commandId) outbox.arrived(entry.commandId, entry.seq);
      // Somebody else commands: whether that person is reachable the server says next.
      const passed = snapshot.state !== null && snapshot.state.commander !== state?.commander;
      change({
        log,
        state: steady(snapshot.state, state),
        pending: outbox.items(),
        commanderAbsentSince: passed ? null : snapshot.commanderAbsentSince,
      });
      if (state) openOutbox(state);
    }
    if (ahead.length > 0) void repair();
  }

  function openOutbox(now: IncidentState): void {
    if (!joined) return;
    outbox.open({
      epoch: now.epoch,
      send: (item) =>
        line.command({
          commandId: item.commandId,
          incidentId,
          type: item.type,
          body: item.body,
          ...(item.epoch === undefined ? {} : { epoch: item.epoch }),
        }),
    });
  }

  /** Fetches what is missing until the log is whole up to `goal`, or up to its end. */
  async function repair(goal = Number.POSITIVE_INFINITY): Promise<void> {
    if (repairing) return;
    repairing = true;
    const mine = session;
    try {
      while (!stopped && mine === session && snapshot.log.last < goal) {
        const entries = await line.log(incidentId, snapshot.log.last, LONG_PAGE);
        if (mine !== session || stopped) return;
        const { last } = snapshot.log;
        take(entries);
        // Nothing that continues the log: asking again would only repeat it.
        if (snapshot.log.last === last) return;
        if (entries.length < LONG_PAGE) return;
      }
    } catch {
      again(() => void repair(goal));
    } finally {
      repairing = false;
    }
  }

  function again(work: () => void): void {
    cancelAgain();
    cancelAgain = clock.after(AGAIN_MILLISECONDS, () => {
      if (joined && !stopped) work();
    });
  }

  async function join(): Promise<void> {
    const mine = session;
    const after = snapshot.log.last > 0 ? snapshot.log.last : undefined;
    let answer: JoinAnswer;
    try {
      answer = await line.join(incidentId, after);
    } catch {
      if (mine === session && !stopped) {
        cancelAgain();
        cancelAgain = clock.after(AGAIN_MILLISECONDS, () => {
          if (mine === session && !stopped) void join();
        });
      }
      return;
    }
    if (mine !== session || stopped) return;
    if (!answer.ok) return refused(answer.error);
    joined = true;
    const restored = storageEpoch !== null && storageEpoch !== answer.storageEpoch;
    storageEpoch = answer.storageEpoch;
    if (after === undefined) begin(answer.state, answer.entries);
    else if (restored || answer.head.seq < after) return restart();
    change({ phase: { kind: 'open' }, storageEpoch });
    take([...(after === undefined ? [] : answer.entries), ...early]);
    early = [];
    if (state) openOutbox(state);
    if (after !== undefined && answer.more) void repair(answer.head.seq);
  }

  /** The first join: the last page of the log, and the state after it. */
  function begin(now: IncidentState, entries: readonly Entry[]): void {
    const log = windowOf(entries);
    state = now;
    change({ log: log.last === 0 ? { ...log, first: now.seq + 1, last: now.seq } : log, state: now });
    for (const entry of entries) if (entry.commandId) outbox.arrived(entry.commandId, entry.seq);
    void learnBadges(log.first, entries);
  }

  /** The server was restored from a backup: what this page holds may never have happened. */
  function restart(): void {
    badges = authorBadges(evolve);
    state = null;
    change({ log: emptyLog, state: null });
    void join();
  }

  function refused(error: WireError): void {
    if (error.retryable) {
      cancelAgain = clock.after(AGAIN_MILLISECONDS, () => {
        if (!stopped) void join();
      });
      return;
    }
    change({ phase: { kind: 'refused', error } });
  }

  /** Folds a run of entries from the state before it, so that each shows its author's roles of that time. */
  async function learnBadges(first: number, run: readonly Entry[]): Promise<void> {
    const into = badges;
    if (first > 1) {
      const before = await line.stateAt(incidentId, first - 1).catch(() => null);
      if (!before || stopped) return;
      into.fold(before, run);
    } else into.fold(null, run);
    change({ badgesVersion: snapshot.badgesVersion + 1 });
  }

  async function fetchOlder(): Promise<void> {
    const { first } = snapshot.log;
    if (first <= 1 || snapshot.log.last === 0) return;
    const after = Math.max(0, first - 1 - OLDER_PAGE);
    change({ loading: true });
    try {
      const page = (await line.log(incidentId, after, first - 1 - after)).filter((each) => each.seq < first);
      // Badges first: a row that gets its badge later would move what is under it.
      await learnBadges(after + 1, page);
      if (!stopped) change({ log: prepended(snapshot.log, page) });
    } catch {
      // Nothing is lost: the next scroll asks again.
    } finally {
      if (!stopped) change({ loading: false });
    }
  }

  function loadOlder(): Promise<void> {
    older ??= fetchOlder().finally(() => {
      older = null;
    });
    return older;
  }

  async function loadBackTo(seq: number): Promise<boolean> {
    await older;
    const { first, last } = snapshot.log;
    if (seq < 1 || seq > last) return false;
    if (seq >= first) return true;
    const after = Math.max(0, seq - 1 - OLDER_PAGE / 2);
    change({ loading: true });
    try {
      const run: Entry[] = [];
      while (after + run.length < first - 1) {
        const from = after + run.length;
        const page = await line.log(incidentId, from, Math.min(LONG_PAGE, first - 1 - from));
        if (page.length === 0 || stopped) return false;
        run.push(...page);
      }
      await learnBadges(after + 1, run);
      change({ log: prepended(snapshot.log, run) });
      return seq >= snapshot.log.first;
    } catch {
      return false;
    } finally {
      if (!stopped) change({ loading: false });
    }
  }

  return {
    incidentId,
    getSnapshot: () => snapshot,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    badges: { at: (seq) => badges.at(seq), fold: (before, run) => badges.fold(before, run) },
    online() {
      session += 1;
      joined = false;
      void join();
    },
    offline() {
      session += 1;
      joined = false;
      early = [];
      outbox.close();
    },
    received(entries) {
      if (joined) take(entries);
      else early.push(...entries);
    },
    presenceIs: (people, absentSince) =>
      change({
        presence: people,
        commanderAbsentSince: absentSince === null ? null : Date.parse(absentSince),
      }),
    progressIs: (progress) => change({ progress }),
    lost(code) {
      session += 1;
      joined = false;
      outbox.close();
      change({ phase: { kind: 'left', code } });
    },
    send(type, body) {
      const isFenced = commanderOnly.has(type) || (type === 'role.assign' && state?.commander === me);
      const epoch = isFenced ? state?.epoch : undefined;
      const { commandId, answer } = outbox.add(type, body as Record<string, unknown>, epoch);
      return answer.then((final) => ({ ...final, commandId }));
    },
    retry: (commandId) => outbox.retry(commandId),
    drop: (commandId) => outbox.drop(commandId),
    tellProgress: (progress) => {
      if (joined) line.sendProgress(incidentId, progress);
    },
    loadOlder,
    loadBackTo,
    dismissResult: (seq) => change({ resultDismissed: Math.max(seq, snapshot.resultDismissed) }),
    stop() {
      stopped = true;
      session += 1;
      cancelAgain();
      stopOutbox();
      outbox.stop();
      listeners.clear();
      if (joined) line.leave(incidentId);
    },
  };
}

/** The former state object, if nothing that views show has changed: messages must not redraw the command column. */
function steady(before: IncidentState | null, after: IncidentState | null): IncidentState | null {
  if (!before || !after) return after;
  const names = Object.keys(after) as (keyof IncidentState)[];
  const same = names.every((name) => name === 'seq' || before[name] === after[name]);
  return same && names.length === Object.keys(before).length ? before : after;
}
