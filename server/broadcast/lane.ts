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
 * takes, it is nothing to any other queue.
 */
export async function runLane(queue: string, channel: Channel, parts: LaneParts): Promise<void> {
  const { store, clock, stopping } = parts;
  while (!stopping.aborted) {
    const now = clock.now();
    const claimed = await store.claimDeliveries({
      ...{ queue, now, until: now + CLAIM_MILLISECONDS },
      limit: channel.atOnce * 2,
    });
    if (claimed.length === 0) return;
    await writeDown(await attemptAll(claimed, channel, parts), parts);
  }
}

async function attemptAll(
  claimed: readonly DeliveryRecord[],
  channel: Channel,
  parts: LaneParts,
): Promise<DeliveryResult[]> {
  const waiting = [...claimed];
  const results: DeliveryResult[] = [];
  async function work(): Promise<void> {
    for (let delivery = waiting.shift(); delivery; delivery = waiting.shift()) {
      results.push(await attemptOne(delivery, channel, parts));
    }
  }
  await Promise.all(Array.from({ length: channel.atOnce }, work));
  return results;
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
