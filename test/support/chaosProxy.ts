import { createConnection, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { createPipe } from './chaosPipe.ts';
import type { Pipe } from './chaosPipe.ts';
import type { Seeded } from './seeded.ts';

/** From whoever connects towards the target is `up`; back is `down`. */
export type Direction = 'up' | 'down';

/** How a line misbehaves; what is left out is healthy. */
export interface LineFaults {
  /** Milliseconds by which each piece is late, at least and at most. Order is kept, as TCP keeps it. */
  delay?: readonly [number, number];
  /** Only this direction is late. */
  delayOnly?: Direction;
  /** Nothing gets through and nobody is told: neither bytes nor the end of a connection. What waits goes on after healing. */
  silent?: Direction | 'both';
  /** Bytes per second in one direction or both. */
  slow?: { direction: Direction | 'both'; bytesPerSecond: number };
  /** New connections are reset. */
  refuses?: boolean;
}

/** One connection through the proxy, for those who watch. */
export interface ProxiedConnection {
  /** Resets both ends. */
  cut(): void;
  /** From now on nothing passes in this direction, for as long as this connection lasts. */
  silence(direction: Direction): void;
}

/** Sees each piece before it is passed on; `lose` takes it out. */
export type Watcher = (bytes: Buffer, connection: ProxiedConnection) => 'pass' | 'lose';

/** Takes a stream apart into what is passed on, each piece with how many milliseconds late. One per connection. */
export type Splitter = (bytes: Buffer) => { bytes: Buffer; late: number }[];

/** A TCP proxy on 127.0.0.1 whose lines fail on demand. */
export interface ChaosProxy {
  readonly port: number;
  /** Connections that are open now. */
  connections(): number;
  /** Replaces the faults of all lines, present and to come. */
  set(faults: LineFaults): void;
  /** No faults; what was held back goes on. */
  heal(): void;
  /** Resets every present connection; answers how many. */
  cut(): number;
  /** Where new connections go. */
  target(port: number): void;
  /** Sees what passes in one direction until the answer is called. */
  watch(direction: Direction, watcher: Watcher): () => void;
  /** What comes down on connections opened from now on is passed on as the splitter says; null: as it comes. */
  split(make: (() => Splitter) | null): void;
  stop(): Promise<void>;
}

/** Starts a proxy to a port of 127.0.0.1. Chance decides how late a piece is. */
export async function startChaosProxy(targetPort: number, random: Seeded): Promise<ChaosProxy> {
  let target = targetPort;
  let faults: LineFaults = {};
  let makeSplitter: (() => Splitter) | null = null;
  const lines = new Set<Line>();
  const watchers = { up: new Set<Watcher>(), down: new Set<Watcher>() };
  const server: Server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
    if (faults.refuses) {
      near.on('error', () => {});
      near.resetAndDestroy();
      return;
    }
    const line = openLine(near, target, {
      faults: () => faults,
      random,
      watchers,
      splitter: makeSplitter?.() ?? null,
      closed: () => lines.delete(line),
    });
    lines.add(line);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port was given.');

  const set = (next: LineFaults): void => {
    faults = next;
    for (const line of lines) line.changed();
  };
  const cut = (): number => {
    const open = [...lines];
    for (const line of open) line.cut();
    return open.length;
  };
  return {
    port: address.port,
    connections: () => lines.size,
    set,
    heal: () => set({}),
    cut,
    target(port) {
      target = port;
    },
    watch(direction, watcher) {
      watchers[direction].add(watcher);
      return () => watchers[direction].delete(watcher);
    },
    split(make) {
      makeSplitter = make;
    },
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      cut();
      await closed;
    },
  };
}

interface Line {
  changed(): void;
  cut(): void;
}

interface LineParts {
  faults(): LineFaults;
  random: Seeded;
  watchers: Record<Direction, Set<Watcher>>;
  splitter: Splitter | null;
  closed(): void;
}

function openLine(near: Socket, target: number, parts: LineParts): Line {
  const far = createConnection({ host: '127.0.0.1', port: target, allowHalfOpen: true, noDelay: true });
  const silenced = new Set<Direction>();
  let isOver = false;
  const cut = (): void => {
    if (isOver) return;
    isOver = true;
    for (const pipe of Object.values(pipes)) pipe.stop();
    near.resetAndDestroy();
    far.resetAndDestroy();
    parts.closed();
  };
  const connection: ProxiedConnection = {
    cut,
    silence(direction) {
      silenced.add(direction);
    },
  };
  const isSilent = (direction: Direction): boolean => {
    const { silent } = parts.faults();
    return silenced.has(direction) || silent === 'both' || silent === direction;
  };
  const pipe = (direction: Direction, from: Socket, to: Socket): Pipe =>
    createPipe(from, to, {
      isBlocked: () => isSilent(direction),
      late: () => {
        const { delay, delayOnly } = parts.faults();
        const [least, most] = delay ?? [0, 0];
        return most === 0 || (delayOnly !== undefined && delayOnly !== direction)
          ? 0
          : least + parts.random.next() * (most - least);
      },
      bytesPerSecond: () => {
        const { slow } = parts.faults();
        return slow && (slow.direction === 'both' || slow.direction === direction)
          ? slow.bytesPerSecond
          : null;
      },
      pieces: (bytes) => {
        for (const watcher of parts.watchers[direction]) if (watcher(bytes, connection) === 'lose') return [];
        return direction === 'down' && parts.splitter ? parts.splitter(bytes) : [{ bytes, late: 0 }];
      },
      finished: () => {
        if (pipes.up.isFinished() && pipes.down.isFinished()) cut();
      },
      broken: () => cut(),
    });
  const pipes = { up: pipe('up', near, far), down: pipe('down', far, near) };
  return {
    changed() {
      pipes.up.pump();
      pipes.down.pump();
    },
    cut,
  };
}
