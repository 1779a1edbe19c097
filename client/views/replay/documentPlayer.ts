import type { FrameBatch } from '#shared/review/momentFrame.ts';
import type { DocumentSource } from './documentSource.ts';
import { countUpTo } from './order.ts';
import { tracedDocument } from './tracedDocument.ts';
import type { DocumentMark, TracedDocument } from './tracedDocument.ts';

/** What a document player shows now; a new one after every change. */
export interface PlayedDocument {
  traced: TracedDocument;
  /** The moment it is at; what was asked for last unless `state` says otherwise. */
  docSeq: number;
  /** When the newest batch in it was recorded, where that is known. Milliseconds since 1970. */
  at: number | null;
  state: 'shown' | 'loading' | 'failed';
  /** The batch from which on deleted text is known. */
  tracedFrom: number;
  /** With `since`: what was there at that moment. */
  mark: DocumentMark | null;
}

/** How the history of the document is read. */
export type Reading =
  /** As fast as possible: from a checkpoint. */
  | { kind: 'plain' }
  /** Batch by batch, so that what was deleted and by whom is known. */
  | { kind: 'traced' }
  /** As traced, from one moment on. */
  | { kind: 'since'; docSeq: number };

/** A document that can be taken to any moment, and played on from there. */
export interface DocumentPlayer {
  getSnapshot(): PlayedDocument | null;
  subscribe(listener: () => void): () => void;
  /** Goes to a moment: at once where its batches are here, else once they have come. The last wish counts. */
  show(docSeq: number, reading: Reading): void;
  /** Fetches what comes after the moment shown, so that it can be played. */
  prepare(): void;
  /** The last batch recorded by `time` among those that are here and not after `ceiling`; at least `floor`. */
  batchBy(time: number, floor: number, ceiling: number): number;
  /**
   * When the next batch after `docSeq` and not after `ceiling` was recorded; null where there is none, or where the
   * document cannot be read. `unknown`: not here yet.
   */
  nextAt(docSeq: number, ceiling: number): number | null | 'unknown';
  stop(): void;
}

/** Seeks that follow each other faster than this ask for the last moment only. Milliseconds. */
const SETTLE = 60;
/** Tracing goes back by this many batches at most; older text is there, but what was deleted of it is not. */
const MOST_TRACED = 10_000;
/** Fewer batches ahead than this, and more are fetched. */
const AHEAD = 1_500;

/** What could not be fetched ahead is asked for again after this. Milliseconds. */
const RETRY = 2_000;

/** The batches after a moment that are here: a run without a hole. */
interface Run {
  from: number;
  batches: FrameBatch[];
  /** `docSeq` of each batch. */
  seqs: number[];
  /** Everything up to here is here. */
  until: number;
}

export function createDocumentPlayer(source: DocumentSource, settle = SETTLE): DocumentPlayer {
  const listeners = new Set<() => void>();
  let shown: PlayedDocument | null = null;
  let run: Run | null = null;
  let wish: { docSeq: number; reading: Reading; key: string } | null = null;
  let readKey = '';
  let seeking: { abort: AbortController; timer: ReturnType<typeof setTimeout> } | null = null;
  let fetching: AbortController | null = null;

  function tell(next: PlayedDocument | null): void {
    shown = next;
    for (const listener of listeners) listener();
  }

  function forward(to: number): void {
    if (!shown || !run) return;
    const first = countUpTo(run.seqs, shown.docSeq);
    const end = countUpTo(run.seqs, to);
    applyAll(shown.traced, run.batches, first, end);
    const last = run.batches[end - 1];
    tell({ ...shown, docSeq: to, at: last ? Date.parse(last.at) : shown.at, state: 'shown' });
  }

  /** Can the moment be reached from the one shown without asking the server? */
  function isNear(docSeq: number, key: string): boolean {
    if (!shown || key !== readKey || docSeq < shown.docSeq) return false;
    return docSeq === shown.docSeq || (run !== null && run.from <= shown.docSeq && docSeq <= run.until);
  }

  async function seek(docSeq: number, reading: Reading, signal: AbortSignal): Promise<void> {
    const start = startOf(docSeq, reading);
    const base = await source.moment(start, signal);
    const traced = tracedDocument();
    if (base.checkpoint) traced.apply([base.checkpoint.state], null);
    traced.apply(
      base.segments.map(({ update }) => update),
      null,
    );
    applyAll(traced, base.batches, 0, base.batches.length);
    const mark = reading.kind === 'since' ? traced.mark() : null;
    const next: Run = { from: start, batches: [], seqs: [], until: start };
    while (next.until < docSeq) {
      // Each page begins where the one before ended.
      // oxlint-disable-next-line no-await-in-loop
      await addPage(next, signal);
    }
    if (signal.aborted) return;
    const end = countUpTo(next.seqs, docSeq);
    applyAll(traced, next.batches, 0, end);
    const newest = next.batches[end - 1] ?? base.batches.at(-1);
    run = next;
    readKey = keyOf(reading);
    seeking = null;
    tell({
      traced,
      docSeq,
      at: newest ? Date.parse(newest.at) : null,
      state: 'shown',
      tracedFrom: reading.kind === 'plain' ? (base.checkpoint?.docSeq ?? 0) : start,
      mark,
    });
  }

  async function addPage(to: Run, signal: AbortSignal): Promise<void> {
    const page = await source.batches(to.until, signal);
    to.batches.push(...page);
    to.seqs.push(...page.map(({ docSeq }) => docSeq));
    // The server ends a page where it grows too large; only an empty one is the end.
    to.until = page.at(-1)?.docSeq ?? Infinity;
  }

  function failed(docSeq: number): void {
    seeking = null;
    readKey = '';
    const empty = { traced: tracedDocument(), docSeq, at: null, tracedFrom: 0, mark: null } as const;
    tell({ ...(shown ?? empty), state: 'failed' });
  }

  return {
    getSnapshot: () => shown,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    show(docSeq, reading) {
      const key = keyOf(reading);
      if (seeking && wish?.docSeq === docSeq && wish.key === key) return;
      wish = { docSeq, reading, key };
      seeking?.abort.abort();
      clearTimeout(seeking?.timer);
      seeking = null;
      if (isNear(docSeq, key)) {
        if (shown && (docSeq !== shown.docSeq || shown.state !== 'shown')) forward(docSeq);
        return;
      }
      const abort = new AbortController();
      const go = (): void => {
        seek(docSeq, reading, abort.signal).catch(() => {
          if (!abort.signal.aborted) failed(docSeq);
        });
      };
      // The first moment is wanted at once.
      seeking = { abort, timer: setTimeout(go, shown ? settle : 0) };
      if (shown && shown.state !== 'loading') tell({ ...shown, state: 'loading' });
    },
    prepare() {
      const here = run;
      if (!here || !shown || fetching || here.until === Infinity) return;
      if (here.seqs.length - countUpTo(here.seqs, shown.docSeq) >= AHEAD) return;
      const abort = new AbortController();
      fetching = abort;
      void addPage(here, abort.signal).then(
        () => {
          fetching = null;
        },
        () => {
          // The next try waits, or an answer that never comes would be asked for with every picture.
          setTimeout(() => {
            fetching = null;
          }, RETRY);
        },
      );
    },
    batchBy(time, floor, ceiling) {
      if (!run || run.from > floor) return floor;
      let found = floor;
      for (let index = countUpTo(run.seqs, floor); index < run.batches.length; index += 1) {
        const batch = run.batches[index];
        if (!batch || batch.docSeq > ceiling || Date.parse(batch.at) > time) break;
        found = batch.docSeq;
      }
      return found;
    },
    nextAt(docSeq, ceiling) {
      if (docSeq >= ceiling || shown?.state === 'failed') return null;
      if (!run || run.from > docSeq) return 'unknown';
      const batch = run.batches[countUpTo(run.seqs, docSeq)];
      if (batch) return batch.docSeq <= ceiling ? Date.parse(batch.at) : null;
      return run.until >= ceiling ? null : 'unknown';
    },
    stop() {
      seeking?.abort.abort();
      clearTimeout(seeking?.timer);
      fetching?.abort();
      listeners.clear();
    },
  };
}

function keyOf(reading: Reading): string {
  return reading.kind === 'since' ? `since ${reading.docSeq}` : reading.kind;
}

function startOf(docSeq: number, reading: Reading): number {
  switch (reading.kind) {
    case 'plain':
      return docSeq;
    case 'traced':
      return Math.max(0, docSeq - MOST_TRACED);
    case 'since':
      return Math.min(reading.docSeq, docSeq);
    default:
      return reading satisfies never;
  }
}

/** Applies a stretch of batches, what one person wrote in a row as one change. */
function applyAll(traced: TracedDocument, batches: readonly FrameBatch[], first: number, end: number): void {
  let author: string | null = null;
  let updates: Uint8Array[] = [];
  for (const { updates: written } of batches.slice(first, end)) {
    for (const one of written) {
      if (one.author !== author) {
        if (updates.length > 0) traced.apply(updates, author);
        [author, updates] = [one.author, []];
      }
      updates.push(one.update);
    }
  }
  if (updates.length > 0) traced.apply(updates, author);
}
