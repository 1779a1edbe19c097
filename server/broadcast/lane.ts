import type { Clock, DeliveryRecord, DeliveryResult, Store } from '../rooms/ports.ts';
import { waitAfter } from './backoff.ts';
import type { Attempt, Channel, Outgoing } from './channel.ts';

/** The longest that one attempt may take. Milliseconds. */
export const ATTEMPT_MILLISECONDS = 20_000;
/** How long what was claimed is kept from others. Who dies with it holds it up for so long. Milliseconds. */
const CLAIM_MILLISECONDS = 50_000;
/** What a claim must have left for an attempt and for writing down what came of it. Milliseconds. */
const LEAST_MILLISECONDS = ATTEMPT_MILLISECONDS + 5_000;
/** How soon results that the store did not take are offered again. Milliseconds. */
const AGAIN_MILLISECONDS = 1_000;

export interface LaneParts {
  store: Pick<Store, 'claimDeliveries' | 'finishDeliveries'>;
  clock: Clock;
  /** From [0, 1). */
  random: () => number;
  /** What is to be sent, or why nothing is. */
  prepare(delivery: DeliveryRecord): Promise<Outgoing | Attempt | 'withdrawn'>;
  /** The address is no more. */
  ended(delivery: DeliveryRecord): Promise<void>;
  /** The store did not answer. What is due is claimed again when the lane is woken. */
  onFailure(error: unknown): void;
  /** Aborted when the server stops: nothing is begun any more. */
  stopping: AbortSignal;
  /** Aborted a little later: what is under way ends, too. */
  cutting: AbortSignal;
}

/** One queue that is being emptied. */
export interface Lane {
  /** Something may be due: begins as many attempts as may run at once. */
  wake(): void;
  /** Resolves when nothing is due, or the server stops, and what came of all attempts is written down. */
  readonly over: Promise<void>;
}

/**
 * Empties one queue: claims what is due, tries it, writes down what came of it, until nothing is due. However long that
 * takes, it is nothing to any other queue; and an address that takes long keeps one attempt busy, not the whole queue.
 * `onOver` runs when it is over, before anything else can wake it.
 */
export function startLane(queue: string, channel: Channel, parts: LaneParts, onOver: () => void): Lane {
  const next = createClaiming(queue, channel.atOnce * 2, parts);
  const results = createResults(parts);
  const over = Promise.withResolvers<void>();
  let working = 0;

  async function work(): Promise<void> {
    for (let claimed = await next(); claimed; claimed = await next()) {
      results.add(await attemptOne(claimed, channel, parts));
    }
    working -= 1;
    if (working === 0) await endWhenWritten();
  }

  async function endWhenWritten(): Promise<void> {
    await results.written();
    // Woken meanwhile: who works now comes here again.
    if (working > 0) return;
    onOver();
    over.resolve();
  }

  function wake(): void {
    while (working < channel.atOnce) {
      working += 1;
      void work();
    }
  }

  wake();
  return { wake, over: over.promise };
}

interface Claimed {
  delivery: DeliveryRecord;
  /** When others may take it. Milliseconds. */
  until: number;
}

/** Hands out what is due, one by one; null when nothing is, or the server stops. Asks for more only when all is handed out. */
function createClaiming(
  queue: string,
  limit: number,
  { store, clock, stopping, onFailure }: LaneParts,
): () => Promise<Claimed | null> {
  const claimed: Claimed[] = [];
  let claiming: Promise<number> | null = null;

  async function claim(): Promise<number> {
    const now = clock.now();
    const until = now + CLAIM_MILLISECONDS;
    try {
      const more = await store.claimDeliveries({ queue, now, until, limit });
      claimed.push(...more.map((delivery) => ({ delivery, until })));
      return more.length;
    } catch (error) {
      onFailure(error);
      return 0;
    }
  }

  return async () => {
    while (claimed.length === 0 && !stopping.aborted) {
      claiming ??= claim().finally(() => {
        claiming = null;
      });
      if ((await claiming) === 0) break;
    }
    // What is claimed and not begun is still handed out when the server stops: it goes back at once.
    return claimed.shift() ?? null;
  };
}

/** Writes down what attempts came to, as much at once as there is; each write waits for the one before. */
function createResults(parts: LaneParts): { add(result: DeliveryResult): void; written(): Promise<void> } {
  const waiting: DeliveryResult[] = [];
  let writing = Promise.resolve();

  async function write(): Promise<void> {
    // Only the first of those that came meanwhile finds anything to write.
    if (waiting.length > 0) await writeDown(waiting.splice(0), parts).catch(parts.onFailure);
  }

  return {
    add(result) {
      waiting.push(result);
      writing = writing.then(write);
    },
    written: () => writing,
  };
}

async function attemptOne(
  { delivery, until }: Claimed,
  channel: Channel,
  parts: LaneParts,
): Promise<DeliveryResult> {
  const { id, epoch } = delivery;
  // Too late to end before others take it, too.
  const isLate = until - parts.clock.now() < LEAST_MILLISECONDS;
  if (isLate || parts.stopping.aborted) return { id, epoch, outcome: { kind: 'returned' }, detail: null };
  const prepared = await parts
    .prepare(delivery)
    .catch((): Attempt => ({ kind: 'later', detail: 'not readable now' }));
  if (prepared === 'withdrawn') return { id, epoch, outcome: { kind: 'withdrawn' }, detail: null };
  const attempt = 'kind' in prepared ? prepared : await sendOnce(prepared, channel, parts);
  if (attempt.kind === 'gone') await parts.ended(delivery).catch(parts.onFailure);
  return { id, epoch, ...resultOf(attempt, delivery, parts) };
}

/** Ends in time, whatever the channel does. */
async function sendOnce(
  outgoing: Outgoing,
  channel: Channel,
  { clock, cutting }: LaneParts,
): Promise<Attempt> {
  const limit = new AbortController();
  const ended = Promise.withResolvers<Attempt>();
  const end = (detail: string) => () => {
    limit.abort();
    ended.resolve({ kind: 'lost', detail });
  };
  const cut = end('the server stopped');
  const cancel = clock.after(ATTEMPT_MILLISECONDS, end('no answer in time'));
  cutting.addEventListener('abort', cut, { once: true });
  try {
    const sent = channel
      .send(outgoing, limit.signal)
      .catch((): Attempt => ({ kind: 'lost', detail: 'the attempt failed' }));
    return await Promise.race([sent, ended.promise]);
  } finally {
    cancel();
    cutting.removeEventListener('abort', cut);
  }
}

function resultOf(
  attempt: Attempt,
  { attempts }: DeliveryRecord,
  { clock, random }: LaneParts,
): Pick<DeliveryResult, 'outcome' | 'detail'> {
  switch (attempt.kind) {
    case 'delivered':
      return { outcome: { kind: 'delivered' }, detail: null };
    case 'refused':
    case 'gone':
      return { outcome: { kind: 'failed' }, detail: attempt.detail };
    case 'later':
    case 'lost': {
      const isLost = attempt.kind === 'lost';
      const wait = waitAfter(attempts, random(), isLost ? 0 : attempt.after);
      const { detail } = attempt;
      if (wait === null) return { outcome: { kind: isLost ? 'unknown' : 'failed' }, detail };
      return { outcome: { kind: 'retry', at: Math.round(clock.now() + wait), uncertain: isLost }, detail };
    }
    default:
      return attempt satisfies never;
  }
}

/** Keeps offering what came of the attempts: what is not written down would be sent again. */
async function writeDown(results: DeliveryResult[], { store, clock, cutting }: LaneParts): Promise<void> {
  for (;;) {
    try {
      return await store.finishDeliveries(results, clock.now());
    } catch (error) {
      if (cutting.aborted) throw error;
      await new Promise<void>((resolve) => {
        clock.after(AGAIN_MILLISECONDS, resolve);
      });
    }
  }
}
