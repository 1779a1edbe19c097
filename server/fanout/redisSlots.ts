/** Which node of a Redis Cluster serves a range of hash slots, both ends included. */
export interface SlotRange {
  from: number;
  to: number;
  host: string;
  port: number;
}

const SLOTS = 16_384;

/**
 * The hash slot of a channel: CRC16 (XMODEM) modulo 16,384, as the Redis Cluster specification says. Our channels have no
 * braces, so the rule about parts in braces does not come up.
 */
export function slotOf(channel: string): number {
  let crc = 0;
  for (const byte of Buffer.from(channel, 'utf8')) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
    crc &= 0xffff;
  }
  return crc % SLOTS;
}

/**
 * Reads the answer to CLUSTER SLOTS. A node that does not know its own name is the one that was asked, at `asked`.
 * Throws when it is no such answer or when some slots are served by nobody.
 */
export function readSlots(answer: unknown, asked: string): SlotRange[] {
  if (!Array.isArray(answer)) throw new Error('CLUSTER SLOTS was not answered with a list');
  const ranges = answer.map((range: unknown) => readRange(range, asked));
  const served = ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  if (served !== SLOTS) throw new Error(`the cluster serves ${served} of ${SLOTS} hash slots`);
  return ranges;
}

function readRange(range: unknown, asked: string): SlotRange {
  const [from, to, master] = Array.isArray(range) ? (range as unknown[]) : [];
  const [host, port] = Array.isArray(master) ? (master as unknown[]) : [];
  if (typeof from !== 'number' || typeof to !== 'number' || typeof port !== 'number') {
    throw new Error('CLUSTER SLOTS was answered in an unknown form');
  }
  return { from, to, port, host: typeof host === 'string' && host !== '' ? host : asked };
}
