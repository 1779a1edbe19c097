import { appendFileSync, createReadStream, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { canonicalJson } from '#shared/contract/chain.ts';
import type { Head } from '#shared/contract/wire.ts';

/** One line of the anchors file: where a log stood at a time, kept outside the database. */
export interface Anchor extends Head {
  at: string;
  incidentId: string;
  storageEpoch: string;
}

export function anchorsPath(folder: string): string {
  return join(folder, 'anchors.log');
}

/** Reads anchors; lines that are none (a cut one after a crash) are left out and counted. */
export function parseAnchors(text: string): { anchors: Anchor[]; unreadable: number } {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const anchors = lines.map(parseLine).filter((anchor) => anchor !== null);
  return { anchors, unreadable: lines.length - anchors.length };
}

/** The anchors file's text; empty when there is none. */
export function readAnchors(folder: string): string {
  const path = anchorsPath(folder);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

/** The anchors of one log with their lines, read without holding anybody up; none when there is no file. */
export async function anchorsOf(folder: string, incidentId: string): Promise<(Anchor & { line: string })[]> {
  const path = anchorsPath(folder);
  if (!existsSync(path)) return [];
  const found: (Anchor & { line: string })[] = [];
  for await (const line of createInterface({ input: createReadStream(path, 'utf8') })) {
    if (!line.includes(incidentId)) continue;
    const anchor = parseLine(line);
    if (anchor?.incidentId === incidentId) found.push({ ...anchor, line });
  }
  return found;
}

function parseLine(line: string): Anchor | null {
  let value: Partial<Record<keyof Anchor, unknown>>;
  try {
    value = JSON.parse(line) as typeof value;
  } catch {
    return null;
  }
  const numbers = [value.seq, value.docSeq];
  const texts = [value.at, value.docHash, value.hash, value.incidentId, value.storageEpoch];
  const whole = numbers.every(Number.isSafeInteger) && texts.every((text) => typeof text === 'string');
  return whole ? (value as Anchor) : null;
}

interface AnchorOptions {
  folder: string;
  storageEpoch: string;
  /** The least time between two lines about one log. Milliseconds. */
  every: number;
  now(): number;
  /** The committed head of a log. */
  head(incidentId: string): Head | null;
}

/**
 * Appends heads of logs that changed to the anchors file, so that a cut tail or a rewritten log shows. Not part of
 * any commit and not synced: it is evidence, not the truth, so that it may lag and may fail without anybody waiting.
 */
export function anchorKeeper({ folder, storageEpoch, every, now, head }: AnchorOptions) {
  /** When each changed log is due to be written down. */
  const due = new Map<string, number>();
  const written = new Map<string, number>();
  let timer: NodeJS.Timeout | null = null;
  let torn = false;

  function write(ids: readonly string[]): void {
    const at = new Date(now()).toISOString();
    const lines = ids.flatMap((incidentId) => {
      const { seq, hash, docSeq, docHash } = head(incidentId) ?? {};
      return seq === undefined
        ? []
        : [canonicalJson({ at, docHash, docSeq, hash, incidentId, seq, storageEpoch })];
    });
    if (lines.length === 0) return;
    try {
      appendFileSync(anchorsPath(folder), `${torn ? '\n' : ''}${lines.join('\n')}\n`);
      torn = false;
    } catch {
      // A full disk: what was written of the lines is closed off next time, and the logs stay due.
      torn = true;
      for (const id of ids) due.set(id, now() + every);
      return;
    }
    for (const id of ids) written.set(id, now());
  }

  function writeDue(): void {
    timer = null;
    const time = now();
    const ready = [...due].filter(([, at]) => at <= time).map(([id]) => id);
    for (const id of ready) due.delete(id);
    for (const [id, at] of written) if (at + every <= time) written.delete(id);
    write(ready);
    schedule();
  }

  function schedule(): void {
    if (timer || due.size === 0) return;
    const first = Math.min(...due.values());
    timer = setTimeout(writeDue, Math.max(0, first - now()));
  }

  return {
    /** These logs have new heads, and the heads are durable. */
    changed(ids: Iterable<string>): void {
      for (const id of ids) {
        if (!due.has(id)) due.set(id, (written.get(id) ?? now() - every) + every);
      }
      schedule();
    },
    /** Writes down what is still due, and stops. */
    close(): void {
      if (timer) clearTimeout(timer);
      timer = null;
      const ids = [...due.keys()];
      due.clear();
      write(ids);
    },
  };
}
