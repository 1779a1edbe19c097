import { Worker } from 'node:worker_threads';
import { refuse } from '#shared/contract/refusals.ts';
import type { Refusal } from '#shared/contract/refusals.ts';
import type { Clock, PersonRecord, Store } from '../rooms/ports.ts';
import type { BundleLimits, JudgedBundle, TakenBundle } from './bundleJudge.ts';

/** A bundle that takes longer to judge is refused. Milliseconds. */
const JUDGING_MILLISECONDS = 25_000;
/** Memory that judging one may take. MiB. */
const JUDGING_MEGABYTES = 1_536;
/** Rows handed to the store at once: other commits pass between. */
const ROWS_PER_PIECE = 1_000;

export interface ImportParts {
  store: Pick<
    Store,
    'importPiece' | 'dropImport' | 'finishImport' | 'saveAttachment' | 'saveCheckpoint' | 'head'
  >;
  clock: Clock;
  limits: BundleLimits;
  /** Who is known here. */
  knows(person: string): boolean;
  /** Adds somebody who cannot sign in, so that the log has a name for them. */
  addPerson(person: PersonRecord): Promise<unknown>;
}

export type Imported =
  | { ok: true; incidentId: string; number: number; verified: boolean; difference?: string }
  | { ok: false; refusal: Refusal };

/** Imports bundles one after another; of one that is refused nothing is kept. */
export function createBundleImport(
  parts: ImportParts,
): (archive: Uint8Array, actor: string) => Promise<Imported> {
  let turn: Promise<unknown> = Promise.resolve();
  return (archive, actor) => {
    const mine = turn.then(() => importOne(archive, actor, parts));
    turn = mine.catch(() => undefined);
    return mine;
  };
}

async function importOne(archive: Uint8Array, actor: string, parts: ImportParts): Promise<Imported> {
  const judged = await judgeApart(archive, parts.limits);
  if (judged.kind === 'refused') return { ok: false, refusal: judged.refusal };
  const { incidentId, verified, difference } = judged.finish;
  if (await parts.store.head(incidentId)) return { ok: false, refusal: refuse('bundle_known') };
  try {
    await parts.store.dropImport(incidentId);
    await storeRows(judged, actor, parts);
    const done = await parts.store.finishImport({ ...judged.finish, actor, now: parts.clock.now() });
    if (done.kind === 'known') return { ok: false, refusal: refuse('bundle_known') };
    for (const { name, docSeq, state, markdown } of judged.documents)
      await parts.store.saveCheckpoint(incidentId, name, docSeq, state, markdown);
    await addPeople(judged.people, parts);
    const said = difference === undefined ? {} : { difference };
    return { ok: true, incidentId, number: done.number, verified, ...said };
  } catch (error) {
    await parts.store.dropImport(incidentId).catch(() => undefined);
    throw error;
  }
}

async function storeRows({ rows, attachments, finish }: TakenBundle, actor: string, parts: ImportParts) {
  const { incidentId } = finish;
  const { store, clock } = parts;
  const none = { incidentId, entries: [], batches: [], clientIds: [], snapshots: [] };
  for (const batches of slices(rows.batches)) await store.importPiece({ ...none, batches });
  for (const entries of slices(rows.entries)) await store.importPiece({ ...none, entries });
  await store.importPiece({ ...none, clientIds: rows.clientIds, snapshots: rows.snapshots });
  for (const { hash, type, bytes } of attachments) {
    const made = { createdAt: clock.now(), createdBy: actor };
    await store.saveAttachment({ incidentId, hash, type, size: bytes.length, ...made }, bytes);
  }
}

/** People whom the log names and nobody here knows: a name, and no way in. */
async function addPeople(
  people: TakenBundle['people'],
  { knows, addPerson, clock }: ImportParts,
): Promise<void> {
  for (const { id, name } of people) {
    if (knows(id)) continue;
    await addPerson({
      ...{ id, name: name.slice(0, 200), email: `${id}@imported.invalid`, access: 'stakeholder' },
      ...{ admin: false, disabled: true, locale: 'en', passwordHash: null },
      createdAt: new Date(clock.now()).toISOString(),
    });
  }
}

function* slices<T>(rows: readonly T[]): Generator<T[]> {
  for (let at = 0; at < rows.length; at += ROWS_PER_PIECE) yield rows.slice(at, at + ROWS_PER_PIECE);
}

/** Judges on a thread of its own, which ends with the answer or when it takes too long or too much. */
function judgeApart(archive: Uint8Array, limits: BundleLimits): Promise<JudgedBundle> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL('./bundleWorker.ts', import.meta.url), {
      workerData: { archive, limits },
      resourceLimits: { maxOldGenerationSizeMb: JUDGING_MEGABYTES },
    });
    const end = (judged: JudgedBundle): void => {
      clearTimeout(timer);
      resolve(judged);
      void worker.terminate();
    };
    const no = (problem: string): void =>
      end({ kind: 'refused', refusal: refuse('bundle_unreadable', { problem }) });
    const timer = setTimeout(() => no('it takes too long to be read'), JUDGING_MILLISECONDS);
    worker.once('message', end);
    worker.once('error', () => no('it cannot be read'));
    worker.once('exit', () => no('it cannot be read'));
  });
}
