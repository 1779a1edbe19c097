import { connect } from 'node:net';
import type { Socket } from 'node:net';

/** What one generator does. */
export interface PageTask {
  port: number;
  path: string;
  /** Readers at once; each asks again as soon as it has its answer. */
  connections: number;
  warmUpSeconds: number;
  seconds: number;
  /** Lines that every request carries beside its host. */
  headers: readonly string[];
}

export interface PageResult {
  requests: number;
  seconds: number;
  /** Microseconds from request to the last byte of its answer. */
  p50: number;
  p99: number;
  bytesPerAnswer: number;
  /** How busy the generator itself was, as a share of one core: near 1 it measures itself. */
  generatorCpu: number;
  /** Answers by status. */
  statuses: Record<string, number>;
}

const END = Buffer.from('\r\n\r\n');
const task = JSON.parse(process.argv[2] ?? '') as PageTask;
const request = Buffer.from(
  [`GET ${task.path} HTTP/1.1`, `Host: 127.0.0.1:${task.port}`, ...task.headers, '', ''].join('\r\n'),
);
const times: number[] = [];
const statuses = new Map<string, number>();
let bytes = 0;
let isMeasuring = false;
let isOver = false;

/** One reader on a connection that stays open. */
function reader(): Socket {
  const socket = connect({ host: '127.0.0.1', port: task.port, noDelay: true });
  let rest: Buffer<ArrayBufferLike> = Buffer.alloc(0);
  let sentAt = 0;
  const ask = (): void => {
    if (isOver) return void socket.destroy();
    sentAt = performance.now();
    socket.write(request);
  };
  socket.on('connect', ask);
  socket.on('error', (error) => {
    if (!isOver) throw error;
  });
  socket.on('data', (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const head = rest.indexOf(END);
    if (head < 0) return;
    const text = rest.toString('latin1', 0, head);
    const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
    const whole = head + END.length + length;
    if (rest.length < whole) return;
    if (isMeasuring) {
      times.push(performance.now() - sentAt);
      bytes += whole;
      const status = text.slice(9, 12);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    rest = rest.subarray(whole);
    ask();
  });
  return socket;
}

for (let count = 0; count < task.connections; count += 1) reader();
setTimeout(() => {
  const before = { cpu: process.cpuUsage(), at: performance.now() };
  isMeasuring = true;
  process.send?.({ kind: 'measuring' });
  setTimeout(() => {
    isOver = true;
    const seconds = (performance.now() - before.at) / 1_000;
    const { user, system } = process.cpuUsage(before.cpu);
    times.sort((one, other) => one - other);
    const at = (share: number): number => (times[Math.floor(times.length * share)] ?? Number.NaN) * 1_000;
    const result: PageResult = {
      ...{ requests: times.length, seconds, p50: at(0.5), p99: at(0.99) },
      bytesPerAnswer: bytes / times.length,
      generatorCpu: (user + system) / 1e6 / seconds,
      statuses: Object.fromEntries(statuses),
    };
    process.send?.({ kind: 'result', result }, () => process.exit(0));
  }, task.seconds * 1_000);
}, task.warmUpSeconds * 1_000);
