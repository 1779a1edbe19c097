import type { CommandType } from '#shared/contract/commands.ts';
import type { WireError } from '#shared/contract/refusals.ts';
import type { CommandAnswer } from '#shared/contract/wire.ts';
import type { Clock } from './clock.ts';

/** How far a command of mine has come. */
export type OutboxPhase =
  | { kind: 'waiting' }
  | { kind: 'sending' }
  /** Acknowledged as durable; kept in memory until the entry itself has arrived. */
  | { kind: 'sent'; seq: number }
  /** A final no. Kept for copying until it is dropped or tried again. */
  | { kind: 'refused'; error: WireError };

/** A command of mine on its way. `createdAt`: milliseconds since 1970, when the person gave it. */
export interface OutboxItem {
  person: string;
  incidentId: string;
  commandId: string;
  /** Order within one person and incident. */
  order: number;
  type: CommandType;
  body: Readonly<Record<string, unknown>>;
  epoch?: number;
  createdAt: number;
  /** True once it was put on the line, so that nobody can know whether it arrived. */
  tried: boolean;
  phase: OutboxPhase;
}

/** Where commands wait across reloads. Never shows one person what another wrote. */
export interface OutboxStore {
  load(person: string, incidentId: string): Promise<OutboxItem[]>;
  save(item: OutboxItem): Promise<void>;
  remove(item: OutboxItem): Promise<void>;
}

/** A line to a joined room. Rejects when nobody can know whether the command arrived. */
export interface OutboxLine {
  send(item: OutboxItem): Promise<CommandAnswer>;
  /** The epoch of the room now; a wish made under another one is too late. */
  epoch: number;
}

/** A command that was given: its id, and its final answer, which may take as long as the line is away. */
export interface Given {
  commandId: string;
  answer: Promise<CommandAnswer>;
}

export interface Outbox {
  items(): readonly OutboxItem[];
  subscribe(listener: () => void): () => void;
  /** Reads what waits from an earlier visit. Call once, before `open`. */
  restore(): Promise<void>;
  /** Queues a command. A refused one stays in `items` until it is dropped. */
  add(type: CommandType, body: OutboxItem['body'], epoch?: number): Given;
  /** The room is joined: sends what waits, in order. */
  open(line: OutboxLine): void;
  /** The line is gone: what was not answered waits. */
  close(): void;
  /** An entry of mine was seen in the log: it is done, whatever the answer was. */
  arrived(commandId: string, seq: number): void;
  /** Gives a refused command again, as a new one with the present epoch. */
  retry(commandId: string): void;
  /** Forgets a refused or waiting command. */
  drop(commandId: string): void;
  stop(): void;
}

/** A wish other than a message that waited longer than this is not carried out any more. Milliseconds. */
export const WISH_MILLISECONDS = 5 * 60_000;
/** A message that waited longer than this carries the time it was written. Milliseconds. */
const WAITED_MILLISECONDS = 10_000;
const FIRST_PAUSE_MILLISECONDS = 500;
const LONGEST_PAUSE_MILLISECONDS = 4_000;

export interface OutboxParts {
  person: string;
  incidentId: string;
  store: OutboxStore;
  clock: Clock;
  newId: () => string;
}

/**
 * The commands of one person in one incident on their way to the server: written down first, sent one after the
 * other, each with one id however often it is tried, so that each happens once and in order.
 */
export function createOutbox({ person, incidentId, store, clock, newId }: OutboxParts): Outbox {
  const listeners = new Set<() => void>();
  const waitingForAnswer = new Map<string, (answer: CommandAnswer) => void>();
  let items: readonly OutboxItem[] = [];
  let line: OutboxLine | null = null;
  let running = false;
  let pause = FIRST_PAUSE_MILLISECONDS;
  let cancelPause: () => void = () => undefined;

  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  const change = (commandId: string, next: (item: OutboxItem) => OutboxItem): OutboxItem | undefined => {
    const index = items.findIndex((item) => item.commandId === commandId);
    const item = items[index];
    if (!item) return undefined;
    const changed = next(item);
    items = items.with(index, changed);
    tell();
    return changed;
  };
  const forget = (commandId: string): void => {
    const item = items.find((each) => each.commandId === commandId);
    if (!item) return;
    items = items.filter((each) => each !== item);
    void store.remove(item);
    tell();
  };
  const finish = (commandId: string, answer: CommandAnswer): void => {
    const phase: OutboxPhase = answer.ok
      ? { kind: 'sent', seq: answer.seq }
      : { kind: 'refused', error: answer.error };
    const item = change(commandId, (each) => ({ ...each, phase }));
    if (item) void (answer.ok ? store.remove(item) : store.save(item));
    waitingForAnswer.get(commandId)?.(answer);
    waitingForAnswer.delete(commandId);
  };
  const nextWaiting = (): OutboxItem | undefined => items.find((item) => item.phase.kind === 'waiting');

  async function attempt(waiting: OutboxItem, on: OutboxLine): Promise<'next' | 'again'> {
    const late = tooLate(waiting, on.epoch, clock.now());
    if (late) {
      finish(waiting.commandId, { ok: false, error: late });
      return 'next';
    }
    const body = markedWithItsTime(waiting, clock.now());
    const bodyChanged = waiting.tried && body !== waiting.body;
    const item = change(waiting.commandId, (each) => ({
      ...each,
      body,
      tried: true,
      phase: { kind: 'sending' },
    }));
    if (!item) return 'next';
    await store.save({ ...item, phase: { kind: 'waiting' } });
    let answer: CommandAnswer;
    try {
      answer = await on.send(item);
    } catch {
      change(item.commandId, (each) =>
        each.phase.kind === 'sending' ? { ...each, phase: { kind: 'waiting' } } : each,
      );
      return 'again';
    }
    if (!answer.ok && answer.error.retryable) {
      change(item.commandId, (each) =>
        each.phase.kind === 'sending' ? { ...each, phase: { kind: 'waiting' } } : each,
      );
      return 'again';
    }
    // The first try had arrived after all, without its time: it is in the log, once.
    if (!answer.ok && bodyChanged && answer.error.code === 'command_id_reused') forget(item.commandId);
    else finish(item.commandId, answer);
    return 'next';
  }

  async function run(): Promise<void> {
    if (running) return;
    running = true;
    try {
      for (let item = nextWaiting(); line && item; item = nextWaiting()) {
        const result = await attempt(item, line);
        if (result === 'again') {
          if (line) cancelPause = clock.after(pause, () => void run());
          pause = Math.min(pause * 2, LONGEST_PAUSE_MILLISECONDS);
          return;
        }
        pause = FIRST_PAUSE_MILLISECONDS;
      }
    } finally {
      running = false;
    }
  }

  function add(type: CommandType, body: OutboxItem['body'], epoch?: number): Given {
    const item: OutboxItem = {
      person,
      incidentId,
      commandId: newId(),
      order: (items.at(-1)?.order ?? 0) + 1,
      type,
      body,
      ...(epoch === undefined ? {} : { epoch }),
      createdAt: clock.now(),
      tried: false,
      phase: { kind: 'waiting' },
    };
    const answer = new Promise<CommandAnswer>((resolve) => waitingForAnswer.set(item.commandId, resolve));
    items = [...items, item];
    tell();
    void store.save(item).then(run);
    return { commandId: item.commandId, answer };
  }

  return {
    items: () => items,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async restore() {
      const kept = await store.load(person, incidentId);
      const known = new Set(items.map((item) => item.commandId));
      const earlier = kept
        .filter((item) => !known.has(item.commandId))
        .toSorted((a, b) => a.order - b.order || a.createdAt - b.createdAt);
      items = [...earlier, ...items];
      tell();
      void run();
    },
    add,
    open(opened) {
      line = opened;
      pause = FIRST_PAUSE_MILLISECONDS;
      cancelPause();
      void run();
    },
    close() {
      line = null;
      cancelPause();
    },
    arrived(commandId, seq) {
      const item = items.find((each) => each.commandId === commandId);
      if (!item) return;
      waitingForAnswer.get(commandId)?.({ ok: true, seq });
      waitingForAnswer.delete(commandId);
      forget(commandId);
    },
    retry(commandId) {
      const item = items.find((each) => each.commandId === commandId);
      if (item?.phase.kind !== 'refused') return;
      forget(commandId);
      add(item.type, item.body, item.epoch === undefined ? undefined : (line?.epoch ?? item.epoch));
    },
    drop(commandId) {
      waitingForAnswer.delete(commandId);
      forget(commandId);
    },
    stop() {
      line = null;
      cancelPause();
      listeners.clear();
    },
  };
}

/** The text of a command that is worth keeping: what somebody wrote. */
export function writtenIn(item: Pick<OutboxItem, 'body'>): string {
  const { text, reason, note, next } = item.body as Record<string, unknown>;
  for (const written of [text, reason, note, next])
    if (typeof written === 'string' && written !== '') return written;
  return '';
}

/** Messages are always worth delivering; other wishes age, and those made under another commander are void. */
function tooLate(item: OutboxItem, epoch: number, now: number): WireError | null {
  if (item.type === 'chat.post' || item.type === 'chat.correct') return null;
  if (item.epoch !== undefined && item.epoch !== epoch) {
    return { code: 'stale_epoch', message: '', details: { reason: 'stale_epoch' } };
  }
  if (now - item.createdAt <= WISH_MILLISECONDS) return null;
  return { code: 'expired', message: '', details: { reason: 'wish_expired' } };
}

/** A message that waited says when it was written. The mark never changes once set. */
function markedWithItsTime(item: OutboxItem, now: number): OutboxItem['body'] {
  if (item.type !== 'chat.post' || 'writtenAt' in item.body) return item.body;
  if (now - item.createdAt < WAITED_MILLISECONDS) return item.body;
  return { ...item.body, writtenAt: new Date(item.createdAt).toISOString() };
}
