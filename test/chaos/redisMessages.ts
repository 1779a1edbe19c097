import type { Splitter } from '../support/chaosProxy.ts';
import type { Seeded } from '../support/seeded.ts';

/** What happens to messages of a subscription; shares of one. */
export interface MessageFaults {
  lost: number;
  doubled: number;
  delayed: number;
  /** Most milliseconds that a delayed message is late; later ones overtake it. */
  most: number;
}

/** How often each fault struck. */
export interface MessageTally {
  passed: number;
  lost: number;
  doubled: number;
  delayed: number;
}

const CR = 13;
const PUSHED = new Set(['message', 'pmessage', 'smessage']);

/** Where the RESP value that starts at `at` ends; -1 while it is not all there. Throws on what is not RESP. */
export function endOfValue(bytes: Buffer, at: number): number {
  const line = bytes.indexOf(CR, at);
  if (line === -1 || line + 1 >= bytes.length) return -1;
  const kind = String.fromCharCode(bytes[at] ?? 0);
  const count = Number(bytes.toString('latin1', at + 1, line));
  const after = line + 2;
  switch (kind) {
    case '+':
    case '-':
    case ':':
    case ',':
    case '#':
    case '_':
    case '(':
      return after;
    case '$':
    case '=':
    case '!': {
      if (count < 0) return after;
      const end = after + count + 2;
      return end <= bytes.length ? end : -1;
    }
    case '*':
    case '~':
    case '>':
    case '%': {
      let end = after;
      const values = kind === '%' ? count * 2 : count;
      for (let value = 0; value < values; value += 1) {
        end = end < bytes.length ? endOfValue(bytes, end) : -1;
        if (end === -1) return -1;
      }
      return end;
    }
    default:
      throw new Error(`Not RESP: ${kind}`);
  }
}

/** True for a message that was published to a subscribed channel. */
export function isPublished(value: Buffer): boolean {
  const name = /^[*>]\d+\r\n\$\d+\r\n([a-z]+)\r\n/.exec(value.toString('latin1', 0, 40))?.[1];
  return name !== undefined && PUSHED.has(name);
}

/** Takes the answers of Redis apart, so that whole published messages are lost, doubled or late; all else passes as it is. */
export function messageFaults(
  faults: () => MessageFaults | null,
  random: Seeded,
  tally: MessageTally,
): Splitter {
  let rest = Buffer.alloc(0);
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    const pieces: { bytes: Buffer; late: number }[] = [];
    let start = 0;
    while (start < rest.length) {
      const end = endOfValue(rest, start);
      if (end === -1) break;
      const value = rest.subarray(start, end);
      start = end;
      const now = faults();
      if (now && isPublished(value)) pieces.push(...struck(value, now, random, tally));
      else pieces.push({ bytes: value, late: 0 });
    }
    rest = rest.subarray(start);
    return pieces;
  };
}

function struck(
  value: Buffer,
  { lost, doubled, delayed, most }: MessageFaults,
  random: Seeded,
  tally: MessageTally,
): { bytes: Buffer; late: number }[] {
  const roll = random.next();
  if (roll < lost) {
    tally.lost += 1;
    return [];
  }
  const late = (): number => 1 + random.next() * most;
  if (roll < lost + doubled) {
    tally.doubled += 1;
    return [
      { bytes: value, late: 0 },
      { bytes: value, late: random.chance(0.5) ? 0 : late() },
    ];
  }
  if (roll < lost + doubled + delayed) {
    tally.delayed += 1;
    return [{ bytes: value, late: late() }];
  }
  tally.passed += 1;
  return [{ bytes: value, late: 0 }];
}
