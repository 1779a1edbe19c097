import type { Clock, DeliveryRecord, DeliveryResult, Store } from '../rooms/ports.ts';
import { waitAfter } from './backoff.ts';
import type { Attempt, Channel, Outgoing } from './channel.ts';

/** The longest that one attempt may take. Milliseconds. */
export const ATTEMPT_MILLISECONDS = 20_000;
/** How long what was claimed is kept from others: two rounds of attempts and some air. Milliseconds. */
const CLAIM_MILLISECONDS = 60_000;
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
  /** Aborted when the server stops: nothing is begun any more. */
  stopping: AbortSignal;
  /** Aborted a little later: what is under way ends, too. */
  cutting: AbortSignal;
}

/**
 * Empties one queue: claims what is due, tries it, writes down what came of it, until nothing is due. However long that
 * takes, it is nothing to any other queue; and one address that takes long keeps one attempt busy, not the whole queue.
 */
export async function runLane(queue: string, channel: Channel, parts: LaneParts): Promise<void> {
  const next = createClaiming(queue, channel.atOnce * 2, parts);
  const results = createResults(parts);
  async function work(): Promise<void> {
    for (let delivery = await next(); delivery; delivery = await next()) {
      results.add(await attemptOne(delivery, channel, parts));
    }
  }
  const works = await Promise.allSettled(Array.from({ length: channel.atOnce }, work));
  await results.written();
  const failed = works.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
}

/** Hands out what is due, one by one; null when nothing is, or the server stops. Asks for more only when all is handed out. */
function createClaiming(
  queue: string,
  limit: number,
  { store, clock, stopping }: LaneParts,
): () => Promise<DeliveryRecord | null> {
  const claimed: DeliveryRecord[] = [];
  let claiming: Promise<number> | null = null;

  async function claim(): Promise<number> {
    const now = clock.now();
    const more = await store.claimDeliveries({ ...{ queue, now, until: now + CLAIM_MILLISECONDS }, limit });
    claimed.push(...more);
    return more.length;
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
    if (waiting.length > 0) await writeDown(waiting.splice(0), parts);
  }

  return {
    add(result) {
      waiting.push(result);
      // Only the first of those that came meanwhile finds anything to write.
      writing = writing.then(write);
      writing.catch(() => {});
    },
    written: () => writing,
  };
}

async function attemptOne(
  delivery: DeliveryRecord,
  channel: Channel,
  parts: LaneParts,
): Promise<DeliveryResult> {
  const { id, epoch } = delivery;
  // Not begun: whoever is next takes it at once.
  if (parts.stopping.aborted) {
    const outcome = { kind: 'retry', at: parts.clock.now(), uncertain: false } as const;
    return { id, epoch, outcome, detail: null };
  }
  const prepared = await parts
    .prepare(delivery)
    .catch((): Attempt => ({ kind: 'later', detail: 'not readable now' }));
  if (prepared === 'withdrawn') return { id, epoch, outcome: { kind: 'withdrawn' }, detail: null };
  const attempt = 'kind' in prepared ? prepared : await sendOnce(prepared, channel, parts);
  if (attempt.kind === 'gone') await parts.ended(delivery);
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
