import type { Socket } from 'node:net';

/** What decides how one direction of a line flows. */
export interface PipeRules {
  isBlocked(): boolean;
  /** Milliseconds that the next piece is late. */
  late(): number;
  bytesPerSecond(): number | null;
  /** What is passed on of what came; `late` in milliseconds, each piece by itself, so that they may overtake. */
  pieces(bytes: Buffer): { bytes: Buffer; late: number }[];
  /** The end has been passed on. */
  finished(): void;
  /** One side was lost; told only while the line is not blocked. */
  broken(): void;
}

/** One direction of a proxied line. */
export interface Pipe {
  /** Goes on with what waits; to be called when the rules changed. */
  pump(): void;
  isFinished(): boolean;
  stop(): void;
}

/** Past this much waiting the sender is held back, as a full network would. Bytes. */
const FULL = 256 * 1024;
/** How often a slow line takes its next portion. Milliseconds. */
const PORTION_MILLISECONDS = 50;

/** Carries bytes, the end, and the loss of a connection from one socket to another as the rules say. */
export function createPipe(from: Socket, to: Socket, rules: PipeRules): Pipe {
  const queue: { bytes: Buffer; due: number }[] = [];
  const timers = new Set<NodeJS.Timeout>();
  let waiting = 0;
  let lastDue = 0;
  let ending: 'open' | 'ended' | 'broken' = 'open';
  let isFinished = false;
  let isStopped = false;
  let isWaking = false;
  let draining = false;

  const later = (milliseconds: number, work: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      if (!isStopped) work();
    }, milliseconds);
    timers.add(timer);
  };
  const wakeIn = (milliseconds: number): void => {
    if (isWaking) return;
    isWaking = true;
    later(milliseconds, () => {
      isWaking = false;
      pump();
    });
  };
  const enqueue = (bytes: Buffer): void => {
    lastDue = Math.max(lastDue, performance.now() + rules.late());
    queue.push({ bytes, due: lastDue });
    pump();
  };

  /** Writes what may go now; false when it has to wait. */
  function writeHead(): boolean {
    const head = queue[0];
    if (!head) return false;
    const wait = head.due - performance.now();
    if (wait > 0) {
      wakeIn(wait);
      return false;
    }
    const rate = rules.bytesPerSecond();
    const most = rate === null ? Infinity : Math.max(1, Math.floor((rate * PORTION_MILLISECONDS) / 1000));
    const portion = head.bytes.length <= most ? head.bytes : head.bytes.subarray(0, most);
    if (portion === head.bytes) queue.shift();
    else head.bytes = head.bytes.subarray(most);
    waiting -= portion.length;
    if (!to.write(portion)) {
      draining = true;
      to.once('drain', () => {
        draining = false;
        pump();
      });
    }
    if (rate !== null) {
      wakeIn(PORTION_MILLISECONDS);
      return false;
    }
    return true;
  }

  function pump(): void {
    if (isStopped || draining || rules.isBlocked()) return;
    while (!draining && writeHead());
    if (waiting < FULL && from.isPaused()) from.resume();
    if (ending === 'broken') return rules.broken();
    if (ending === 'ended' && waiting === 0 && !isFinished) {
      isFinished = true;
      to.end();
      rules.finished();
    }
  }

  from.on('data', (bytes: Buffer) => {
    for (const piece of rules.pieces(bytes)) {
      waiting += piece.bytes.length;
      if (piece.late > 0) later(piece.late, () => enqueue(piece.bytes));
      else enqueue(piece.bytes);
    }
    if (waiting >= FULL) from.pause();
  });
  from.on('end', () => {
    ending = 'ended';
    pump();
  });
  // The loss of either side belongs to the direction that comes from it, so that a silent line hides it too.
  from.on('error', () => {
    ending = 'broken';
    pump();
  });
  from.on('close', () => {
    if (ending === 'open') ending = 'broken';
    pump();
  });

  return {
    pump,
    isFinished: () => isFinished,
    stop() {
      isStopped = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
