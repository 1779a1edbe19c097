import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { seeded } from '../test/support/seeded.ts';
import { FIRST_CLIENT_ID, openCrowdClient } from './crowd.ts';
import type { CrowdClient, CrowdEvents, CrowdMember } from './crowd.ts';
import { inbox } from './generator.ts';
import { Histogram } from './histogram.ts';
import type { Quantiles } from './histogram.ts';

/** What `bench/storm.ts` asks of this process. */
export interface StormTask {
  /** Who loses their instance. */
  crowd: CrowdMember[];
  /** Who writes meanwhile. */
  authors: CrowdMember[];
  ports: { crowd: number; afterwards: number; authors: number };
  incidents: number;
  /** True where authors lose their line too: then everything is written and arrived before. */
  authorsAreLost: boolean;
  /** True when nobody writes while they come back, so that coming back is all that the server does. */
  isSilent: boolean;
  seconds: { calm: number; after: number };
}

export type StormReport =
  /** Everybody is in, and has been for a while. */
  | { kind: 'calm' }
  /** Nothing is on its way: kill it now. */
  | { kind: 'quiet' }
  /** Everybody is in again. */
  | { kind: 'back' }
  | { kind: 'result'; result: StormResult };

export interface StormResult {
  /** Milliseconds from the loss until a client had both sockets, every entry and the whole document. */
  back: { p50: number; p99: number; max: number };
  /** From the intended time of an edit to its arrival at others who are in, before, meanwhile and after. */
  edits: Record<Phase, Quantiles>;
  /** From saying something to its acknowledgement. */
  said: Record<Phase, Quantiles>;
  /** Tries that were answered no or not at all, by what was answered. */
  failed: Record<string, number>;
  busy: number;
  faults: string[];
}

type Phase = 'calm' | 'storm' | 'after';

const PASTE = 20_000;
const CHATS = 100;
const EDIT_EVERY = 1_000;
const SAY_EVERY = 5_000;
const PATIENCE = 90_000;

const told = inbox();
const { task } = await told<{ kind: 'task'; task: StormTask }>('task');
const random = seeded(3);
const faults: string[] = [];
const failed = new Map<string, number>();
const edits = histograms();
const said = histograms();
/** When what an author wrote was meant to be written, by clock. */
const written = new Map<number, Map<number, { intended: number; phase: Phase }>>();
const spoken = new Map<string, { intended: number; phase: Phase }>();
let phase: Phase = 'calm';
let crowdPort = task.ports.crowd;
let unanswered = 0;
let lostAt = 0;

const events: CrowdEvents = {
  back: () => undefined,
  edits(client, runs) {
    const now = performance.now();
    for (const { client: writer, clock, length } of runs) {
      const own = written.get(writer);
      if (!own || writer === FIRST_CLIENT_ID + client.number) continue;
      for (let at = clock; at < clock + length; at += 1) {
        const edit = own.get(at);
        if (edit && client.backSince() < edit.intended) edits[edit.phase].add(now - edit.intended);
      }
    }
  },
  acknowledged: () => undefined,
  said(client, number, isTaken) {
    unanswered -= 1;
    if (!isTaken) faults.push(`what client ${client.number} said was refused`);
    const message = spoken.get(`${client.number} ${number}`);
    if (message) said[message.phase].add(performance.now() - message.intended);
  },
  fault: (what) => void faults.push(what),
  failed: (why) => void failed.set(why, (failed.get(why) ?? 0) + 1),
};

const authors = task.authors.map((member, index) =>
  openCrowdClient(index, member, {
    port: () => (task.authorsAreLost ? crowdPort : task.ports.authors),
    chance: random,
    events,
  }),
);
await until('the authors are in', () => authors.every((author) => author.isBack()));
await writeHistory();
const crowd: CrowdClient[] = [];
while (crowd.length < task.crowd.length) {
  const some = task.crowd.slice(crowd.length, crowd.length + 100);
  for (const member of some) {
    const parts = { port: () => crowdPort, chance: random, events };
    crowd.push(openCrowdClient(authors.length + crowd.length, member, parts));
  }
  await until('the crowd is in', () => crowd.every((client) => client.isBack()));
}
const everybody = [...authors, ...crowd];
await until('everybody has everything', hasEverything);

let writing = true;
const stopWriting = startWriting();
await pause(task.seconds.calm * 1000);
tell({ kind: 'calm' });
if (task.authorsAreLost) {
  writing = false;
  await until('everything has arrived', () => unanswered === 0 && hasEverything());
}
const cpu = process.cpuUsage();
const from = performance.now();
tell({ kind: 'quiet' });
const { at } = await told<{ kind: 'lost'; at: number }>('lost');
lostAt = at - performance.timeOrigin;
crowdPort = task.ports.afterwards;
phase = 'storm';
writing = !task.isSilent;
const lost = task.authorsAreLost ? everybody : crowd;
await until('everybody is back', () => lost.every((client) => client.backSince() > lostAt));
const waits = lost.map((client) => client.backSince() - lostAt).toSorted((a, b) => a - b);
const used = process.cpuUsage(cpu);
const busy = (used.user + used.system) / 1000 / (performance.now() - from);
phase = 'after';
writing = true;
tell({ kind: 'back' });
await pause(task.seconds.after * 1000);
stopWriting();
await until('everything has arrived', () => unanswered === 0 && hasEverything());
tell({
  kind: 'result',
  result: {
    back: { p50: wait(0.5), p99: wait(0.99), max: wait(1) },
    edits: summaries(edits),
    said: summaries(said),
    failed: Object.fromEntries(failed),
    busy: Math.round(busy * 100) / 100,
    faults,
  },
});
await told('end');
for (const client of everybody) client.stop();
process.disconnect?.();

/** Milliseconds within which this share of the crowd was back. */
function wait(share: number): number {
  return Math.round(waits[Math.ceil(waits.length * share) - 1] ?? Number.NaN);
}

/** Gives every room something to load: a pasted text and a hundred messages. */
async function writeHistory(): Promise<void> {
  const first = authors.filter(
    (author, index) => authors.findIndex((it) => it.incident === author.incident) === index,
  );
  for (const author of first) author.type('The error rate rose after the deploy. '.repeat(PASTE / 38));
  for (let number = 0; number < CHATS; number += 10) {
    for (const author of first) {
      for (let more = 0; more < 10; more += 1) {
        if (author.say(number + more, `history ${number + more}: looking at the graphs`)) unanswered += 1;
      }
    }
    await until('the history is said', () => unanswered === 0);
  }
}

/** Every author types a character a second and says something every five, each at a time of their own. */
function startWriting(): () => void {
  const start = performance.now();
  const next = authors.map(() => ({
    edit: start + random.next() * EDIT_EVERY,
    say: start + random.next() * SAY_EVERY,
    number: CHATS,
  }));
  const timer = setInterval(() => {
    const now = performance.now();
    for (const [index, due] of next.entries()) {
      for (; due.edit <= now; due.edit += EDIT_EVERY) if (writing) edit(index, due.edit);
      for (; due.say <= now; due.say += SAY_EVERY) {
        due.number += 1;
        if (writing) say(index, due.number, due.say);
      }
    }
  }, 2);
  return () => clearInterval(timer);
}

function edit(index: number, intended: number): void {
  const author = authors[index];
  const clock = author && mayWrite(author) ? author.type('x') : null;
  if (clock === null) return;
  const writer = FIRST_CLIENT_ID + index;
  const own = written.get(writer) ?? new Map<number, { intended: number; phase: Phase }>();
  written.set(writer, own.set(clock, { intended, phase }));
}

function say(index: number, number: number, intended: number): void {
  const author = authors[index];
  if (!author || !mayWrite(author)) return;
  if (!author.say(number, 'the second zone is at four percent and falling')) return;
  unanswered += 1;
  spoken.set(`${index} ${number}`, { intended, phase });
}

/** What is written into a socket whose server is dead is lost: a person's own page would send it again, this one waits. */
function mayWrite(author: CrowdClient): boolean {
  return !task.authorsAreLost || author.backSince() > lostAt;
}

/** True when all of a room hold the same, and what its authors wrote is all of it. */
function hasEverything(): boolean {
  const heads = Array.from({ length: task.incidents }, () => 0);
  const ends = new Map<number, number>();
  for (const client of everybody) {
    heads[client.incident] = Math.max(heads[client.incident] ?? 0, client.seq());
    for (const [writer, clock] of client.clocks()) {
      const key = writer * task.incidents + client.incident;
      ends.set(key, Math.max(ends.get(key) ?? 0, clock));
    }
  }
  for (const [writer, own] of written) {
    const key = writer * task.incidents + (authors[writer - FIRST_CLIENT_ID]?.incident ?? 0);
    if ((ends.get(key) ?? 0) <= Math.max(...own.keys())) return false;
  }
  const wanted = Array.from({ length: task.incidents }, () => 0);
  for (const key of ends.keys()) wanted[key % task.incidents] = (wanted[key % task.incidents] ?? 0) + 1;
  return everybody.every(
    (client) =>
      client.seq() === heads[client.incident] &&
      client.clocks().size === wanted[client.incident] &&
      [...client.clocks()].every(
        ([writer, clock]) => ends.get(writer * task.incidents + client.incident) === clock,
      ),
  );
}

async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = performance.now() + PATIENCE;
  while (!holds()) {
    if (performance.now() > deadline) {
      const standing = new Map<string, number>();
      for (const client of [...authors, ...crowd]) {
        standing.set(client.standing(), (standing.get(client.standing()) ?? 0) + 1);
      }
      console.error(`Not within ${PATIENCE / 1000} s: ${what}.`, standing, failed, faults.slice(0, 3));
      process.exit(1);
    }
    await pause(20);
  }
}

function tell(report: StormReport): void {
  process.send?.(report);
}

function histograms(): Record<Phase, Histogram> {
  return { calm: new Histogram(), storm: new Histogram(), after: new Histogram() };
}

function summaries(of: Record<Phase, Histogram>): Record<Phase, Quantiles> {
  return { calm: of.calm.summary(), storm: of.storm.summary(), after: of.after.summary() };
}
