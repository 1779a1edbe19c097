import { decodeMessage, decodeNotice, encodeMessage, encodeNotice } from '../../server/fanout/messages.ts';
import type { Fanout, FanoutListener, FanoutMessage, FanoutNotice } from '../../server/rooms/ports.ts';
import type { Seeded } from '../support/seeded.ts';
import type { ProcessClock, WorldClock } from '../support/worldClock.ts';

/** What becomes of messages, in hundredths. */
export interface NetworkWeather {
  lose: number;
  double: number;
  /** Late by up to three seconds. */
  hold: number;
}

export const calm: NetworkWeather = { lose: 0, double: 0, hold: 0 };

/** Counts of what happened, so that a run can prove that something did. */
export interface Traffic {
  told: number;
  lost: number;
  doubled: number;
  held: number;
}

/** Messages between instances: each is bytes on the way, may be late, twice, out of order or missing. */
export interface SimNetwork {
  weather: NetworkWeather;
  readonly traffic: Traffic;
  connect(instance: string, clock: ProcessClock): SimFanout;
  /** An instance can be reached by nobody and does not notice. */
  cut(instance: string, isCut: boolean): void;
  /** Somebody who reached the channel says something. */
  forge(incidentId: string, message: FanoutMessage): void;
}

export interface SimFanout extends Fanout {
  /** The instance learns that it reaches nobody, or that it does again. */
  setAway(away: boolean): void;
  /** The process is dead. */
  die(): void;
}

interface Line {
  instance: string;
  hear(incidentId: string, bytes: Uint8Array, from: string): void;
  notice(bytes: Uint8Array, from: string): void;
}

export function createSimNetwork(world: WorldClock, random: Seeded): SimNetwork {
  const lines = new Map<string, Line>();
  const unreachable = new Set<string>();
  const traffic: Traffic = { told: 0, lost: 0, doubled: 0, held: 0 };

  function send(from: string, deliver: (line: Line) => void): void {
    for (const line of lines.values()) {
      if (line.instance === from) continue;
      traffic.told += 1;
      const { lose, double, hold } = network.weather;
      if (unreachable.has(from) || unreachable.has(line.instance) || random.below(100) < lose) {
        traffic.lost += 1;
        continue;
      }
      const copies = random.below(100) < double ? 2 : 1;
      if (copies === 2) traffic.doubled += 1;
      for (let copy = 0; copy < copies; copy += 1) {
        const held = random.below(100) < hold;
        if (held) traffic.held += 1;
        world.after(held ? random.below(3_000) : random.below(4), () => {
          if (lines.get(line.instance) === line && !unreachable.has(line.instance)) deliver(line);
        });
      }
    }
  }

  const network: SimNetwork = {
    weather: calm,
    traffic,
    cut(instance, isCut) {
      if (isCut) unreachable.add(instance);
      else unreachable.delete(instance);
    },
    forge(incidentId, message) {
      const bytes = encodeMessage(message);
      send('nobody', (line) => line.hear(incidentId, bytes, 'nobody'));
    },
    connect(instance, clock) {
      const listeners = new Map<string, Set<FanoutListener>>();
      const hearers = new Set<(notice: FanoutNotice, from: string) => void>();
      const watchers = new Set<(state: 'connected' | 'away') => void>();
      let state: 'connected' | 'away' = 'connected';
      lines.set(instance, {
        instance,
        hear(incidentId, bytes, from) {
          if (state === 'away') return;
          for (const listener of listeners.get(incidentId) ?? []) {
            const message = decodeMessage(bytes, incidentId);
            if (message) listener.hear(message, from);
            else listener.doubt();
          }
        },
        notice(bytes, from) {
          const notice = state === 'away' ? null : decodeNotice(bytes);
          if (notice) for (const hear of hearers) hear(notice, from);
        },
      });
      return {
        instance,
        state: () => state,
        onState(hear) {
          watchers.add(hear);
          return () => watchers.delete(hear);
        },
        publish(incidentId, message) {
          if (state === 'away') return;
          const bytes = encodeMessage(message);
          send(instance, (line) => line.hear(incidentId, bytes, instance));
        },
        subscribe(incidentId, listener) {
          const cancel = clock.after(random.below(8), () => {
            const all = listeners.get(incidentId) ?? new Set();
            listeners.set(incidentId, all.add(listener));
            if (state === 'connected') listener.doubt();
          });
          return () => {
            cancel();
            listeners.get(incidentId)?.delete(listener);
          };
        },
        announce(notice) {
          if (state === 'away') return;
          const bytes = encodeNotice(notice);
          send(instance, (line) => line.notice(bytes, instance));
        },
        onNotice(hear) {
          hearers.add(hear);
          return () => hearers.delete(hear);
        },
        setAway(away) {
          const next = away ? 'away' : 'connected';
          if (state === next) return;
          state = next;
          for (const watch of watchers) watch(state);
          if (state === 'connected')
            for (const all of listeners.values()) for (const listener of all) listener.doubt();
        },
        die() {
          lines.delete(instance);
          unreachable.delete(instance);
        },
        close() {
          lines.delete(instance);
          return Promise.resolve();
        },
      };
    },
  };
  return network;
}
