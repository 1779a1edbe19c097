import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as Y from 'yjs';
import { scratchText } from '../support/clientDocuments.ts';
import { seeded } from '../support/seeded.ts';

/** One author's edit of a trace; positions count code points. */
export interface Transaction {
  parents: number[];
  agent: number;
  /** [position, deleted, inserted] */
  patches: [number, number, string][];
}

/** A document written by two people at the same time. */
export interface Trace {
  txns: Transaction[];
  endContent: string;
}

export interface ChatLine {
  speaker: string;
  text: string;
}

/** A chat log in its order. */
export interface ChatLog {
  name: string;
  lines: ChatLine[];
}

/** What the main job runs on. */
export interface RealInput {
  /** Where it came from, as the test says it. */
  source: string;
  trace: Trace;
  chats: ChatLog[];
}

/** The real data of the folder named by WARROOM_REAL_DATA, or generated input of the same form. */
export function readInput(folder: string | undefined): RealInput {
  if (folder === undefined || folder === '') return generateInput(42);
  const tracePath = path.join(folder, 'edits/friendsforever.json.gz');
  if (!existsSync(tracePath)) throw new Error(`WARROOM_REAL_DATA has no ${tracePath}`);
  const trace = JSON.parse(gunzipSync(readFileSync(tracePath)).toString('utf8')) as Trace;
  const chatFolder = path.join(folder, 'chat');
  const chats = readdirSync(chatFolder)
    .filter((name) => name.endsWith('.txt'))
    .toSorted()
    .map((name) => ({ name, lines: parseChat(readFileSync(path.join(chatFolder, name), 'utf8')) }));
  if (chats.length === 0) throw new Error(`WARROOM_REAL_DATA has no chat logs in ${chatFolder}`);
  return { source: 'real data', trace, chats };
}

/** Reads `channel date [time] <name> text`; actions, notices and empty messages are no messages. */
export function parseChat(text: string): ChatLine[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\S+ \S+ \[[^\]]*\] <([^>]+)>[ \t]?(.*)$/.exec(line);
    const [, speaker, said] = match ?? [];
    return speaker === undefined || said === undefined || said.trim() === '' ? [] : [{ speaker, text: said }];
  });
}

/** A name as a person may have it: log names carry control characters, which no name may have. */
export function personName(speaker: string): string {
  const shown = speaker.replace(/\p{Cc}/gu, '').trim();
  return shown === '' ? 'somebody' : shown;
}

const WORDS = [
  'rollback',
  'canary',
  'database',
  '장애',
  '복구 완료',
  'p99 🔥',
  'https://status.example.org/?a=1&b=2',
  'ok',
  '롤백했습니다',
  '\u0002bold\u0002',
];
const LETTERS = ['a', 'e', ' ', 'n', '\n', '한', '글', '🚒', '🔥', 't', 's'];

/** Input of the same form from a seed, for a clone that has no real data. */
export function generateInput(seed: number): RealInput {
  return {
    source: `generated input (seed ${seed}; WARROOM_REAL_DATA is not set)`,
    trace: generateTrace(seed, 2_000),
    chats: ['alpha', 'beta', 'gamma'].map((name, index) => ({
      name,
      lines: parseChat(generateChat(seed + index, 120)),
    })),
  };
}

function generateChat(seed: number, lines: number): string {
  const random = seeded(seed);
  const speakers = Array.from({ length: 12 }, (_, index) => (index === 5 ? 'ev\u0003e' : `person${index}`));
  return Array.from({ length: lines }, (_, index) => {
    const who = random.pick(speakers);
    const when = `room 2026-03-14 [03:${String(index % 60).padStart(2, '0')}]`;
    if (random.chance(0.05)) return `${when} * ${who} leaves`;
    return `${when} <${who}> ${Array.from({ length: 1 + random.below(12) }, () => random.pick(WORDS)).join(' ')}`;
  }).join('\n');
}

/** Two documents that edit and meet at random; the expected text is what they agree on without any server. */
function generateTrace(seed: number, length: number): Trace {
  const random = seeded(seed);
  const docs = [1, 2].map((id) => Object.assign(new Y.Doc(), { clientID: id }));
  const heads: number[][] = [[], []];
  const txns: Transaction[] = [];
  for (let index = 0; index < length; index += 1) {
    const agent = random.below(2);
    const doc = docs[agent] as Y.Doc;
    const other = docs[1 - agent] as Y.Doc;
    if (random.chance(0.15)) {
      Y.applyUpdate(doc, Y.encodeStateAsUpdate(other, Y.encodeStateVector(doc)));
      heads[agent] = mergeHeads(txns, heads[agent] ?? [], heads[1 - agent] ?? []);
    }
    const text = doc.getText('scratch');
    const points = Array.from(text.toJSON()).length;
    const at = random.below(points + 1);
    const remove = random.chance(0.12) ? Math.min(points - at, 1 + random.below(3)) : 0;
    const insert = remove > 0 && random.chance(0.7) ? '' : random.pick(LETTERS);
    applyPatches(text, [[at, remove, insert]]);
    txns.push({ parents: heads[agent] ?? [], agent, patches: [[at, remove, insert]] });
    heads[agent] = [index];
  }
  Y.applyUpdate(docs[0] as Y.Doc, Y.encodeStateAsUpdate(docs[1] as Y.Doc));
  return { txns, endContent: scratchText(docs[0] as Y.Doc) };
}

/** Both heads, without one that the other already includes. */
function mergeHeads(
  txns: readonly Transaction[],
  mine: readonly number[],
  theirs: readonly number[],
): number[] {
  const all = [...new Set([...mine, ...theirs])].toSorted((a, b) => a - b);
  const included = new Set<number>();
  const open = [...all].flatMap((head) => txns[head]?.parents ?? []);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (included.has(next)) continue;
    included.add(next);
    open.push(...(txns[next]?.parents ?? []));
  }
  return all.filter((head) => !included.has(head));
}

/** True when the trace writes anything that takes two UTF-16 units: then positions must be counted, which is slow. */
export function hasPairs(trace: Trace): boolean {
  return trace.txns.some(({ patches }) => patches.some(([, , insert]) => /[\ud800-\udfff]/.test(insert)));
}

/** Applies patches in order in one transaction; positions count code points, Yjs counts UTF-16 units. */
export function applyPatches(text: Y.Text, patches: readonly [number, number, string][], pairs = true): void {
  text.doc?.transact(() => {
    for (const [at, remove, insert] of patches) {
      const whole = pairs ? text.toJSON() : '';
      const start = pairs ? unitsAt(whole, 0, at) : at;
      const end = pairs ? unitsAt(whole, start, remove) : at + remove;
      if (end > start) text.delete(start, end - start);
      if (insert !== '') text.insert(start, insert);
    }
  });
}

/** The index after so many code points from an index. */
function unitsAt(text: string, from: number, points: number): number {
  let index = from;
  for (let left = points; left > 0; left -= 1) index += (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
  return index;
}
