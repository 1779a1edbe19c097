import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';

/** What a generator tells whoever started it. */
export type LoadReport =
  { kind: 'measuring' } | { kind: 'measured' } | { kind: 'result'; result: LoadResult };

export interface LoadResult {
  /** From the intended time of sending to the arrival at each other person. */
  peer: { count: number; p50: number; p99: number; max: number };
  /** The same between people at different servers, where there are several. */
  across?: { count: number; p50: number; p99: number; max: number };
  /** From the intended time of sending to the acknowledgement (where there is none: to one's own echo). */
  acknowledged: { count: number; p50: number; p99: number; max: number };
  /** Deliveries within the measured time, the author's own included. */
  delivered: number;
  /** Sent in the whole run, and what did not arrive everywhere; a run with loss does not count. */
  sent: number;
  faults: string[];
  /** Share of one core that the generator used while measuring, and by how much it was late to send at worst. */
  busy: number;
  latestSend: number;
}

/** Seconds of each part of a run. */
export interface Phases {
  warmUp: number;
  measure: number;
  drain: number;
}

/** The task a generator is given on its standard input, as JSON. */
export function readTask<T>(): T {
  return JSON.parse(readFileSync(0, 'utf8')) as T;
}

/** Tells the parent. */
export function tell(report: LoadReport): void {
  process.send?.(report);
}

/** A clock of sends that are due: each sender at its own phase, at its own rate, never shifted by a late one. */
export class Schedule {
  readonly #period: number;
  readonly #phases: readonly number[];
  readonly #next: number[];
  readonly #start: number;
  latest = 0;

  /** `phases`: share of the period at which each sender begins, from 0 to 1. */
  constructor(start: number, perSecond: number, phases: readonly number[]) {
    this.#start = start;
    this.#period = 1000 / perSecond;
    this.#phases = phases;
    this.#next = phases.map(() => 0);
  }

  /** Calls back for every send due up to now with the time for which it was meant. */
  due(now: number, send: (sender: number, intended: number) => void): void {
    for (const [sender, phase] of this.#phases.entries()) {
      for (;;) {
        const intended = this.#start + (phase + (this.#next[sender] ?? 0)) * this.#period;
        if (intended > now) break;
        this.#next[sender] = (this.#next[sender] ?? 0) + 1;
        this.latest = Math.max(this.latest, now - intended);
        send(sender, intended);
      }
    }
  }
}

export interface LoadRun {
  schedule: Schedule;
  send(sender: number, intended: number): void;
  /** From now on what is sent counts. */
  measuring(): void;
  /** From now on nothing counts. */
  measured(): void;
  /** True when everything that was sent has arrived everywhere. */
  complete(): boolean;
}

/** Runs the phases; answers how busy this process was while measuring. */
export async function runLoad(phases: Phases, run: LoadRun): Promise<{ busy: number; latestSend: number }> {
  await sendFor(phases.warmUp, run);
  run.schedule.latest = 0;
  run.measuring();
  tell({ kind: 'measuring' });
  const cpu = process.cpuUsage();
  const from = performance.now();
  await sendFor(phases.measure, run);
  const used = process.cpuUsage(cpu);
  const busy = (used.user + used.system) / 1000 / (performance.now() - from);
  tell({ kind: 'measured' });
  run.measured();
  const deadline = performance.now() + phases.drain * 1000;
  while (!run.complete() && performance.now() < deadline) await pause(20);
  return { busy: Math.round(busy * 100) / 100, latestSend: Math.round(run.schedule.latest * 10) / 10 };
}

async function sendFor(seconds: number, run: LoadRun): Promise<void> {
  const end = performance.now() + seconds * 1000;
  for (let now = performance.now(); now < end; now = performance.now()) {
    run.schedule.due(now, (sender, intended) => run.send(sender, intended));
    await pause(1);
  }
}
