import { createHash } from 'node:crypto';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Clock } from '../rooms/ports.ts';
import type { PublicModel } from './publicModel.ts';

/** How old a reading may be before it is made again beside an answer, and before an answer waits for it. Milliseconds. */
const FRESH_MILLISECONDS = 1_000;
const OLD_MILLISECONDS = 5_000;
/** So long an answer waits for the store; then the last state is the answer. Milliseconds. */
const PATIENCE_MILLISECONDS = 2_000;
const MINUTE = 60_000;
/** Answers kept ready. */
const READY = 500;

/** One answer, made once for everybody who asks. */
export interface PreparedAnswer {
  type: string;
  /** Strong, for each encoding its own. */
  etag: Readonly<Record<Encoding, string>>;
  body: Readonly<Record<Encoding, Buffer>>;
  /** The headers that it was sent with once, by encoding, for whoever sends it again. */
  sent: Map<Encoding, Record<string, string>>;
}
export type Encoding = 'identity' | 'gzip' | 'br';

/** How an answer is made. Null: there is no such thing. `now` is to the minute. */
export type Make = (model: PublicModel, now: number) => { type: string; text: string } | null;

/** Where the last state is kept beside the database. */
export interface PublicFile {
  load(): Promise<PublicModel | null>;
  save(model: PublicModel): Promise<void>;
}

/** Answers of the public page, from memory. */
export interface PublicAnswers {
  /** The answer of a key, made by `make` when there is none of the present state. Null: nothing is known yet. */
  answer(key: string, make: Make): Promise<PreparedAnswer | null>;
  /** The same at once, when it is ready and of now; else null. */
  ready(key: string): PreparedAnswer | null;
}

/**
 * Keeps the last state and what was made of it. However many ask, the store is asked at most once a second; while it is away
 * the last state goes on to be answered, also one that a process before this one knew.
 */
export function createPublicAnswers(parts: {
  read: () => Promise<PublicModel | null>;
  file: PublicFile | null;
  clock: Pick<Clock, 'now' | 'elapsed' | 'after'>;
  onFailure: (error: unknown) => void;
}): PublicAnswers {
  const { clock, file, onFailure } = parts;
  let model: PublicModel | null = null;
  let text = '';
  let readAt = -Infinity;
  let reading: Promise<void> | null = null;
  let isKnown = false;
  let writing: Promise<void> = Promise.resolve();
  let loading: Promise<void> | null = null;
  const ready = new Map<string, { of: PublicModel; minute: number; answer: PreparedAnswer | null }>();

  function take(next: PublicModel | null): void {
    isKnown = true;
    readAt = clock.elapsed();
    const nextText = JSON.stringify(next);
    if (nextText === text) return;
    [model, text] = [next, nextText];
    ready.clear();
    if (next && file) writing = writing.then(() => file.save(next)).catch(onFailure);
  }

  function refresh(): Promise<void> {
    reading ??= parts
      .read()
      .then(take)
      .catch((error: unknown) => {
        // Not asked again at once by everybody who waits.
        readAt = Math.max(readAt, clock.elapsed() - OLD_MILLISECONDS + FRESH_MILLISECONDS);
        onFailure(error);
      })
      .finally(() => {
        reading = null;
      });
    return reading;
  }

  async function load(): Promise<void> {
    const kept = await file?.load().catch((error: unknown) => {
      onFailure(error);
      return null;
    });
    if (!kept || isKnown) return;
    [model, isKnown] = [kept, true];
  }

  /** Waits no longer than a reader would. */
  async function current(): Promise<void> {
    const age = clock.elapsed() - readAt;
    if (age < FRESH_MILLISECONDS) return;
    const fresh = refresh();
    if (age < OLD_MILLISECONDS) return;
    let cancel = (): void => {};
    const enough = new Promise<void>((resolve) => {
      cancel = clock.after(PATIENCE_MILLISECONDS, resolve);
    });
    await Promise.race([fresh, enough]);
    cancel();
    if (!isKnown) await (loading ??= load());
  }

  return {
    ready(key) {
      const known = ready.get(key);
      if (!known || clock.elapsed() - readAt >= FRESH_MILLISECONDS) return null;
      const isOfNow = known.of === model && known.minute === Math.floor(clock.now() / MINUTE);
      return isOfNow ? known.answer : null;
    },
    async answer(key, make) {
      await current();
      if (model === null) return null;
      const minute = Math.floor(clock.now() / MINUTE);
      const before = ready.get(key);
      if (before?.of === model && before.minute === minute) return before.answer;
      const made = make(model, minute * MINUTE);
      const answer = made && prepare(made);
      if (ready.size >= READY) ready.clear();
      // What names nothing is not kept: anybody could fill the memory with it.
      if (answer) ready.set(key, { of: model, minute, answer });
      return answer;
    },
  };
}

function prepare({ type, text }: { type: string; text: string }): PreparedAnswer {
  const identity = Buffer.from(text);
  const hash = createHash('sha256').update(identity).digest('base64url').slice(0, 22);
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } };
  return {
    type,
    etag: { identity: `"${hash}"`, gzip: `"${hash}-gzip"`, br: `"${hash}-br"` },
    body: { identity, gzip: gzipSync(identity), br: brotliCompressSync(identity, quality) },
    sent: new Map(),
  };
}
