import * as Y from 'yjs';
import type { Trace } from './realData.ts';
import { applyPatches, hasPairs } from './realData.ts';

/** An author: the document that is stepped, and the one a stock provider keeps in touch with the server. */
export interface Author {
  /** Stepped exactly along the trace: it holds, at each edit, what the edit's parents say and nothing else. */
  doc: Y.Doc;
  /** What the provider sends from and receives into. */
  relay: Y.Doc;
}

/** An author with a fixed client id. */
export function makeAuthor(clientId: number): Author {
  return { doc: Object.assign(new Y.Doc(), { clientID: clientId }), relay: new Y.Doc() };
}

/** For each edit, how far the other author's edits belong to its history (-1: none). Throws on a trace that cannot be stepped. */
export function otherHistory(trace: Trace): number[] {
  const reach: [number, number][] = [];
  const own = [-1, -1];
  return trace.txns.map(({ parents, agent }, index) => {
    const history: [number, number] = [-1, -1];
    for (const parent of parents) {
      const before = reach[parent];
      const by = trace.txns[parent]?.agent;
      if (!before || by === undefined) throw new Error(`edit ${index} has a parent that comes later`);
      for (const who of [0, 1] as const)
        history[who] = Math.max(history[who], before[who], by === who ? parent : -1);
    }
    if (history[agent] !== own[agent]) throw new Error(`edit ${index} does not follow its author's last`);
    own[agent] = index;
    reach.push(history);
    return history[1 - agent] ?? -1;
  });
}

/** Writes a trace by two authors at once. What an author must have seen first is waited for on their own connection. */
export class TraceRun {
  /** Edits made so far. */
  done = 0;
  readonly #trace: Trace;
  readonly #authors: readonly [Author, Author];
  readonly #needs: number[];
  readonly #pairs: boolean;
  readonly #updates: Uint8Array[] = [];
  readonly #seen: [number, number] = [-1, -1];
  readonly #waiting = new Set<() => void>();

  constructor(trace: Trace, authors: readonly [Author, Author]) {
    this.#trace = trace;
    this.#authors = authors;
    this.#needs = otherHistory(trace);
    this.#pairs = hasPairs(trace);
  }

  /** Share of the edits made, from 0 to 1. */
  get progress(): number {
    return this.done / this.#trace.txns.length;
  }

  /** Done when this share of the edits has been made. */
  async reached(share: number): Promise<void> {
    while (this.progress < share) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  /** Writes everything; done when both have made their last edit and have received the other's. */
  async write(): Promise<void> {
    await Promise.all([this.#writeAs(0), this.#writeAs(1)]);
    await Promise.all([this.#catchUp(0, this.#last(1)), this.#catchUp(1, this.#last(0))]);
  }

  async #writeAs(agent: 0 | 1): Promise<void> {
    const { doc, relay } = this.#authors[agent];
    let since = 0;
    for (const [index, txn] of this.#trace.txns.entries()) {
      if (txn.agent !== agent) continue;
      await this.#catchUp(agent, this.#needs[index] ?? -1);
      const update = captureUpdate(doc, () => applyPatches(doc.getText('scratch'), txn.patches, this.#pairs));
      this.#updates[index] = update;
      Y.applyUpdate(relay, update, 'author');
      this.done += 1;
      for (const wake of this.#waiting) wake();
      this.#waiting.clear();
      since += 1;
      if (since % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Waits until the other's edits up to one arrived over the network, and applies exactly those. */
  async #catchUp(agent: 0 | 1, upTo: number): Promise<void> {
    if (upTo <= this.#seen[agent]) return;
    const { doc, relay } = this.#authors[agent];
    while (this.#updates[upTo] === undefined)
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    await arrival(relay, this.#updates[upTo]);
    for (let index = this.#seen[agent] + 1; index <= upTo; index += 1) {
      const update = this.#updates[index];
      if (this.#trace.txns[index]?.agent !== agent && update) Y.applyUpdate(doc, update);
    }
    this.#seen[agent] = upTo;
  }

  #last(agent: 0 | 1): number {
    return this.#trace.txns.findLastIndex((txn) => txn.agent === agent);
  }
}

function captureUpdate(doc: Y.Doc, edit: () => void): Uint8Array {
  let made: Uint8Array | null = null;
  const hear = (update: Uint8Array): void => {
    made = update;
  };
  doc.on('update', hear);
  edit();
  doc.off('update', hear);
  if (!made) throw new Error('An edit of the trace changed nothing.');
  return made;
}

/** Done when a document holds what an update says: its structs and its deletions. */
function arrival(doc: Y.Doc, update: Uint8Array): Promise<void> {
  const { structs, ds } = Y.decodeUpdate(update);
  const holds = (): boolean =>
    structs.every(({ id, length }) => Y.getState(doc.store, id.client) >= id.clock + length) &&
    [...ds.clients].every(([client, ranges]) =>
      ranges.every(({ clock, len }) => isDeleted(doc, client, clock + len - 1)),
    );
  if (holds()) return Promise.resolve();
  return new Promise((resolve) => {
    const look = (): void => {
      if (!holds()) return;
      doc.off('update', look);
      resolve();
    };
    doc.on('update', look);
  });
}

function isDeleted(doc: Y.Doc, client: number, clock: number): boolean {
  const structs = doc.store.clients.get(client);
  if (!structs || Y.getState(doc.store, client) <= clock) return false;
  return structs[Y.findIndexSS(structs, clock)]?.deleted === true;
}
