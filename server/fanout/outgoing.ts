import type { Head } from '#shared/contract/wire.ts';
import type { FanoutMetrics } from '../rooms/metrics.ts';
import type { FanoutMessage, FanoutNotice } from '../rooms/ports.ts';
import type { Channels } from './channels.ts';
import { encodeMessage, encodeNotice } from './messages.ts';
import type { RedisLine } from './redisLine.ts';
import type { Seal } from './seal.ts';

/** A batch whose envelope is larger travels as its head, in bytes: reading it from the store costs less than carrying it to everybody. */
export const LARGEST_BATCH = 64 * 1024;
/** Any other message that is larger in bytes is not sent. */
const LARGEST_MESSAGE = 1024 * 1024;
/** What may be sent and not yet answered, in messages and in bytes. */
export const MOST_ON_THE_WAY = 2000;
const MOST_BYTES_ON_THE_WAY = 4 * 1024 * 1024;
/** Incidents whose head is owed to the others; one more makes the oldest be forgotten, which their own asking makes good. */
const MOST_HEADS_DUE = 10_000;

/** What goes to the others. Nothing here waits, throws or grows without bound. */
export interface Outgoing {
  publish(incidentId: string, message: FanoutMessage): void;
  announce(notice: FanoutNotice): void;
  /** From now on over this line, or over none. */
  use(line: RedisLine | null): void;
  /** Resolves when nothing is on its way any more. */
  drained(): Promise<void>;
}

/** Where the log of an incident stands, as a message says it. */
interface Told {
  incidentId: string;
  head: Head;
}

/** What was sent over one line and not answered yet; what an ended line never answers must not count for the next. */
interface OnTheWay {
  line: RedisLine;
  messages: number;
  bytes: number;
}

/** Nothing goes out before `use` was given a line. `now`: milliseconds of a clock that never steps. */
export function createOutgoing(parts: {
  seal: Seal;
  channels: Channels;
  metrics: FanoutMetrics;
  now: () => number;
}): Outgoing {
  const { seal, channels, metrics } = parts;
  /** The latest head of each incident that was not told in full. */
  const headsDue = new Map<string, Head>();
  let current: OnTheWay | null = null;
  let count = 0;
  let whenDrained: (() => void)[] = [];

  function isFull({ messages, bytes }: OnTheWay): boolean {
    return messages >= MOST_ON_THE_WAY || bytes >= MOST_BYTES_ON_THE_WAY;
  }
  function seals(channel: string, payload: Uint8Array): Uint8Array {
    count += 1;
    return seal.close(channel, count, payload);
  }
  function owe({ incidentId, head }: Told): void {
    const owed = headsDue.get(incidentId);
    if (owed && owed.seq + owed.docSeq > head.seq + head.docSeq) return;
    headsDue.delete(incidentId);
    headsDue.set(incidentId, head);
    if (headsDue.size <= MOST_HEADS_DUE) return;
    for (const oldest of headsDue.keys()) {
      headsDue.delete(oldest);
      return;
    }
  }
  function canSend(): 'away' | 'backlog' | OnTheWay {
    if (!current) return 'away';
    return isFull(current) ? 'backlog' : current;
  }
  /** `told`: what is owed again when the message is lost with its line. */
  function send(over: OnTheWay, channel: string, kind: string, envelope: Uint8Array, told?: Told): void {
    const from = parts.now();
    over.messages += 1;
    over.bytes += envelope.length;
    metrics.published({ kind, bytes: envelope.length });
    const done = (): void => {
      over.messages -= 1;
      over.bytes -= envelope.length;
      if (current) payHeads(current);
      if (over.messages === 0) settleDrained();
    };
    over.line.publish(channel, envelope).then(
      () => {
        metrics.answered(parts.now() - from);
        done();
      },
      () => {
        if (told) owe(told);
        done();
      },
    );
  }
  /** Sends the heads that are owed once half of the room is free again, so that they do not fill it at once. */
  function payHeads(over: OnTheWay): void {
    if (over.messages * 2 > MOST_ON_THE_WAY || over.bytes * 2 > MOST_BYTES_ON_THE_WAY) return;
    for (const [incidentId, head] of headsDue) {
      if (isFull(over)) return;
      headsDue.delete(incidentId);
      sendHead(over, { incidentId, head });
    }
  }
  function sendHead(over: OnTheWay, told: Told): void {
    const channel = channels.of(told.incidentId);
    const payload = encodeMessage({ kind: 'head', head: told.head });
    send(over, channel, 'head', seals(channel, payload), told);
  }
  function settleDrained(): void {
    const waiting = whenDrained;
    whenDrained = [];
    for (const resolve of waiting) resolve();
  }

  return {
    publish(incidentId, message) {
      const over = canSend();
      const told = 'head' in message ? { incidentId, head: message.head } : undefined;
      if (typeof over === 'string') {
        metrics.dropped(over);
        if (told) owe(told);
        return;
      }
      // Whatever was owed before is told with it: both carry the newest head.
      if (told) headsDue.delete(incidentId);
      const channel = channels.of(incidentId);
      const envelope = seals(channel, encodeMessage(message));
      if (told && envelope.length > LARGEST_BATCH) sendHead(over, told);
      else if (envelope.length > LARGEST_MESSAGE) metrics.dropped('too_large');
      else send(over, channel, message.kind, envelope, told);
    },
    announce(notice) {
      const over = canSend();
      if (typeof over === 'string') return metrics.dropped(over);
      const envelope = seals(channels.all, encodeNotice(notice));
      if (envelope.length > LARGEST_MESSAGE) return metrics.dropped('too_large');
      send(over, channels.all, notice.kind, envelope);
    },
    use(line) {
      current = line && { line, messages: 0, bytes: 0 };
      if (current) payHeads(current);
      else settleDrained();
    },
    drained() {
      if (!current || current.messages === 0) return Promise.resolve();
      return new Promise((resolve) => whenDrained.push(resolve));
    },
  };
}
