import type { FanoutMetrics } from '../rooms/metrics.ts';
import type { Clock, Fanout, FanoutNotice } from '../rooms/ports.ts';
import { channelsOf } from './channels.ts';
import { createIncoming } from './incoming.ts';
import { createOutgoing } from './outgoing.ts';
import type { RedisAddress } from './redisAddress.ts';
import { reasonOf } from './redisClient.ts';
import { lineTiming, openLine } from './redisLine.ts';
import type { LineTiming, RedisLine } from './redisLine.ts';
import { createSeal } from './seal.ts';
import { createSubscriptions } from './subscriptions.ts';

/** What a fan-out over Redis is made of. */
export interface RedisFanoutOptions {
  address: RedisAddress;
  /** This instance, new with every start. */
  instance: string;
  /** Signs messages; all instances have the same one. */
  key: string;
  /** Instances of another storage epoch are not heard. */
  storageEpoch: string;
  clock: Clock;
  /** From 0 up to and without 1. */
  random: () => number;
  metrics: FanoutMetrics;
  log: {
    info(details: object, message: string): void;
    warn(details: object, message: string): void;
    error(details: object, message: string): void;
  };
  /** Default: `lineTiming`. */
  timing?: LineTiming;
}

/** Milliseconds before the first and at most before any further try to connect again. */
const FIRST_WAIT = 100;
const LONGEST_WAIT = 3000;
/** Milliseconds that a line lasts before its end counts as a first one: what dies young again and again must not be hurried. */
const STEADY = 10_000;
/** Milliseconds that closing waits for what is on its way. */
const LAST_WORDS = 500;

/**
 * Fan-out over Redis pub/sub, on one server or on a cluster (sharded, from Redis 7 on). Answers at once and connects by itself,
 * now and after every loss; until then the state is `away`. After each connecting, everything is in doubt.
 */
export function createRedisFanout(options: RedisFanoutOptions): Fanout {
  const { clock, metrics, log, instance, address } = options;
  const seal = createSeal(options.key, instance);
  const channels = channelsOf(options.storageEpoch);
  const subscriptions = createSubscriptions(clock, listenerFailed);
  const noticeListeners = new Set<(notice: FanoutNotice, from: string) => void>();
  const stateListeners = new Set<(state: 'connected' | 'away') => void>();
  const outgoing = createOutgoing({ seal, channels, metrics, now: () => clock.elapsed() });
  const incoming = createIncoming({
    ...{ seal, channels, subscriptions, metrics, clock },
    notice: tellNotice,
    warn: (details, message) => log.warn(details, message),
  });
  let state: 'connected' | 'away' = 'away';
  let wasConnected = false;
  let isClosed = false;
  /** Open, though not everything may be subscribed yet. */
  let line: RedisLine | null = null;
  let stopWaiting = (): void => {};
  let failures = 0;
  let connectedAt = Infinity;
  let lastReason: string | null = null;

  function listenerFailed(error: unknown): void {
    log.error({ err: error }, 'a listener of the fan-out failed');
  }
  function tellNotice(notice: FanoutNotice, from: string): void {
    for (const hear of noticeListeners) {
      try {
        hear(notice, from);
      } catch (error) {
        listenerFailed(error);
      }
    }
  }
  function change(next: 'connected' | 'away'): void {
    if (state === next) return;
    state = next;
    metrics.state(next);
    for (const hear of stateListeners) hear(next);
  }
  function connectLater(reason: string): void {
    outgoing.use(null);
    line = null;
    change('away');
    if (isClosed) return;
    if (reason !== lastReason)
      log.warn({ reason }, 'Redis is away; what other instances do is read from the store');
    lastReason = reason;
    if (clock.elapsed() - connectedAt >= STEADY) failures = 0;
    connectedAt = Infinity;
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** failures) * (0.5 + options.random() / 2);
    failures += 1;
    stopWaiting = clock.after(wait, () => void connect());
  }
  async function connect(): Promise<void> {
    try {
      const opened = await openLine({
        ...{ address, clock, timing: options.timing ?? lineTiming },
        hear: (channel, bytes) => incoming.hear(channel, bytes),
        lost: connectLater,
      });
      if (isClosed) return opened.close();
      line = opened;
    } catch (error) {
      return connectLater(reasonOf(error));
    }
    const mine = line;
    const incidents = subscriptions.incidents();
    try {
      await mine.subscribe([channels.all, ...incidents.map((incident) => channels.of(incident))]);
    } catch {
      // The line is lost, and `lost` has begun to connect again.
      return;
    }
    if (line !== mine) return;
    connected(mine);
  }
  function connected(mine: RedisLine): void {
    connectedAt = clock.elapsed();
    lastReason = null;
    log.info({}, 'Redis connected; instances hear each other');
    if (wasConnected) metrics.reconnected();
    wasConnected = true;
    outgoing.use(mine);
    change('connected');
    for (const incident of subscriptions.incidents()) subscriptions.doubt(incident);
  }
  async function listen(incidentId: string): Promise<void> {
    const mine = line;
    if (!mine) return;
    try {
      await mine.subscribe([channels.of(incidentId)]);
    } catch {
      return;
    }
    if (line === mine) subscriptions.doubt(incidentId);
  }

  metrics.state(state);
  void connect();
  return {
    instance,
    state: () => state,
    onState(hear) {
      stateListeners.add(hear);
      return () => stateListeners.delete(hear);
    },
    publish: (incidentId, message) => outgoing.publish(incidentId, message),
    subscribe(incidentId, listener) {
      const channel = channels.of(incidentId);
      if (subscriptions.add(incidentId, listener)) void listen(incidentId);
      else clock.after(0, () => subscriptions.doubt(incidentId));
      return () => {
        if (!subscriptions.remove(incidentId, listener)) return;
        incoming.forget(channel);
        line?.unsubscribe(channel);
      };
    },
    announce: (notice) => outgoing.announce(notice),
    onNotice(hear) {
      noticeListeners.add(hear);
      return () => noticeListeners.delete(hear);
    },
    async close() {
      isClosed = true;
      stopWaiting();
      await Promise.race([
        outgoing.drained(),
        new Promise<void>((resolve) => {
          stopWaiting = clock.after(LAST_WORDS, resolve);
        }),
      ]);
      stopWaiting();
      outgoing.use(null);
      line?.close();
      line = null;
      subscriptions.close();
    },
  };
}
