import type { FanoutMetrics } from '../rooms/metrics.ts';
import type { Clock, FanoutNotice } from '../rooms/ports.ts';
import type { Channels } from './channels.ts';
import { decodeMessage, decodeNotice } from './messages.ts';
import type { Opened, Seal } from './seal.ts';
import type { Subscriptions } from './subscriptions.ts';

/** Milliseconds between two lines in the log about what cannot be believed. */
const TELL_AT_MOST_EVERY = 60_000;

type Fault = Parameters<FanoutMetrics['unreadable']>[0];

/** Checks what comes in and tells it to whoever listens. */
export interface Incoming {
  /** One envelope from a channel. Never throws, whatever it is. */
  hear(channel: string, envelope: Uint8Array): void;
  /** The channel is not listened to any more. */
  forget(channel: string): void;
}

export function createIncoming(parts: {
  seal: Seal;
  channels: Channels;
  subscriptions: Subscriptions;
  metrics: FanoutMetrics;
  clock: Clock;
  notice(notice: FanoutNotice, from: string): void;
  warn(details: object, message: string): void;
}): Incoming {
  const { seal, channels, subscriptions, metrics, clock } = parts;
  /** By channel, the last count of each sender. */
  const counts = new Map<string, Map<string, number>>();
  let toldAt = -Infinity;
  let untold = 0;

  function fault(incidentId: string | null, reason: Fault): void {
    metrics.unreadable(reason);
    if (incidentId !== null) subscriptions.suspect(incidentId);
    untold += 1;
    if (clock.elapsed() - toldAt < TELL_AT_MOST_EVERY) return;
    parts.warn(
      { reason, messages: untold },
      'messages between instances could not be believed and were dropped; the store is asked instead',
    );
    toldAt = clock.elapsed();
    untold = 0;
  }
  /** True the first time; what is older than the newest of its sender is played again, or has been overtaken. */
  function isNew(channel: string, { from, count }: Opened & { kind: 'opened' }): boolean {
    const known = counts.get(channel) ?? new Map<string, number>();
    if (count <= (known.get(from) ?? 0)) return false;
    counts.set(channel, known.set(from, count));
    return true;
  }

  function hear(channel: string, envelope: Uint8Array): void {
    const incidentId = channels.incidentOf(channel);
    const opened = seal.open(channel, envelope);
    if (opened.kind === 'own') return;
    if (opened.kind !== 'opened') return fault(incidentId, opened.kind);
    if (!isNew(channel, opened)) return fault(incidentId, 'replayed');
    const { from, payload } = opened;
    if (incidentId === null) {
      const notice = decodeNotice(payload);
      if (!notice) return fault(null, 'unknown_version');
      metrics.heard({ kind: notice.kind, bytes: envelope.length });
      return parts.notice(notice, from);
    }
    const message = decodeMessage(payload, incidentId);
    if (!message) return fault(incidentId, 'unknown_version');
    metrics.heard({ kind: message.kind, bytes: envelope.length });
    subscriptions.hear(incidentId, message, from);
  }

  return { hear, forget: (channel) => void counts.delete(channel) };
}
