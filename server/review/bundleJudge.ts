import * as Y from 'yjs';
import { isId, SYSTEM_ACTOR } from '#shared/contract/identifiers.ts';
import { refuse } from '#shared/contract/refusals.ts';
import type { Refusal } from '#shared/contract/refusals.ts';
import type { Entry } from '#shared/contract/entries.ts';
import { DOCUMENT_NAME_PATTERN } from '#shared/document.ts';
import { documentMarkdown } from '#shared/documentMarkdown.ts';
import { evolve } from '#shared/incident/evolve.ts';
import { hasMalformedText, isRealTime } from '#shared/incident/text.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import { sha256 } from '../rooms/hashing.ts';
import { decodePayload } from '../rooms/payload.ts';
import type { FinishImport, ImportPiece } from '../rooms/ports.ts';
import { readUpdate } from '../rooms/updateReader.ts';
import { verifyLog } from '../rooms/verifyLog.ts';
import type { StoredBatch, StoredEntry } from '../rooms/verifyLog.ts';
import { entryProblem, isStatus } from './bundleBodies.ts';
import type { BundlePerson } from './bundleFormat.ts';
import { documentOf, proveBundle } from './bundleProof.ts';
import { BundleProblem, readBundle } from './bundleReader.ts';
import type { ReadBundle } from './bundleReader.ts';
import { fileType } from './fileType.ts';
import { rechain } from './rechain.ts';

/** A bundle as it may be stored, or why not. */
export type JudgedBundle = { kind: 'refused'; refusal: Refusal } | ({ kind: 'taken' } & TakenBundle);

export interface TakenBundle {
  rows: Omit<ImportPiece, 'incidentId'>;
  finish: Omit<FinishImport, 'actor' | 'now'>;
  /** What each document is now, made from its batches. */
  documents: { name: string; docSeq: number; state: Uint8Array; markdown: string }[];
  attachments: { hash: string; type: string; bytes: Uint8Array }[];
  people: BundlePerson[];
}

/** What an import may hold. Bytes. */
export interface BundleLimits {
  documentBytes: number;
  attachmentBytes: number;
  attachmentsBytes: number;
}

/** A state is kept for this many entries, as rooms do. */
const SNAPSHOT_EVERY = 500;
/** A state larger than this is no incident of ours. Characters. */
const LONGEST_STATE = 4 * 1024 * 1024;

/**
 * Judges a bundle from anybody: reads it without believing it, proves what can be proved, and makes anew everything that follows
 * from log and batches (states, documents, owners of client ids, types of files). A broken proof is no refusal: it is told.
 */
export function judgeBundle(archive: Uint8Array, limits: BundleLimits): JudgedBundle {
  try {
    return judge(readBundle(archive), limits);
  } catch (error) {
    if (error instanceof BundleProblem)
      return { kind: 'refused', refusal: refuse('bundle_unreadable', { problem: error.message }) };
    throw error;
  }
}

function judge(bundle: ReadBundle, limits: BundleLimits): JudgedBundle {
  const { incidentId, number, head: statedHead } = bundle.header;
  if (bundle.entries.some((entry) => entry.withheld))
    return { kind: 'refused', refusal: refuse('bundle_withholds') };
  refuseBadRows(bundle);
  const { difference } = proveBundle(bundle);
  const log = difference === null ? { ...bundle, head: statedHead } : provedAnew(bundle);
  const { state, snapshots } = foldAll(log.entries, incidentId);
  const documents = makeDocuments(log.batches, limits);
  const last = [log.entries.at(-1)?.at ?? '', log.batches.at(-1)?.at ?? ''].toSorted().at(-1) ?? '';
  return {
    kind: 'taken',
    rows: { entries: log.entries, batches: log.batches, clientIds: ownersOf(log.batches), snapshots },
    finish: {
      ...{ incidentId, state, head: log.head, at: last },
      documents: documents.map(({ name, docSeq }) => ({ name, docSeq })),
      cameFrom: { number, head: statedHead },
      ...(difference === null
        ? { verified: true }
        : { verified: false, difference: difference.slice(0, 400) }),
    },
    documents,
    attachments: filesOf(bundle, limits),
    people: bundle.people.filter(({ name }) => !hasMalformedText(name)),
  };
}

/** The log with new chains; refused where not even those hold, since entries are missing or out of order. */
function provedAnew(bundle: ReadBundle) {
  const { incidentId } = bundle.header;
  const made = rechain(incidentId, bundle);
  const { difference } = verifyLog({ incidentId, ...made, anchors: [] });
  if (difference !== null) throw new BundleProblem(difference);
  return made;
}

function refuseBadRows({ header, entries, batches }: ReadBundle): void {
  for (const entry of entries) {
    const problem = entryProblem(entry);
    if (problem !== null) throw new BundleProblem(`entry #${entry.seq}: ${problem}`);
  }
  const [first] = entries;
  const declared = first ? (JSON.parse(first.body) as { id?: unknown; commander?: unknown }) : {};
  const isDeclared =
    first?.type === 'incident.declared' && declared.id === header.incidentId && isId(declared.commander);
  if (!isDeclared) throw new BundleProblem('entry #1 does not declare the incident it is of');
  for (const batch of batches) {
    const place = `document batch #${batch.doc_seq}`;
    if (!DOCUMENT_NAME_PATTERN.test(batch.name))
      throw new BundleProblem(`${place}: its document has no name`);
    if (!isRealTime(batch.at)) throw new BundleProblem(`${place}: its time does not exist`);
    refuseBadUpdates(batch, place);
  }
}

function refuseBadUpdates({ payload }: StoredBatch, place: string): void {
  try {
    for (const { author, update } of decodePayload(payload)) {
      if (author !== SYSTEM_ACTOR && !isId(author)) throw new BundleProblem(`${place}: its author is none`);
      readUpdate(update, Number.MAX_SAFE_INTEGER);
    }
  } catch (error) {
    if (error instanceof BundleProblem) throw error;
    throw new BundleProblem(`${place}: its updates cannot be read`);
  }
}

/** The fold of all entries, with the states between that are kept. */
function foldAll(entries: readonly StoredEntry[], incidentId: string) {
  const snapshots: ImportPiece['snapshots'] = [];
  let state: IncidentState | null = null;
  for (const stored of entries) {
    try {
      state = evolve(state, entryOf(stored));
    } catch {
      throw new BundleProblem(`entry #${stored.seq}: it makes no sense after the ones before it`);
    }
    if (stored.seq % SNAPSHOT_EVERY === 0) snapshots.push({ seq: stored.seq, state: JSON.stringify(state) });
  }
  const isState =
    state !== null && state.id === incidentId && isStatus(state.status) && isId(state.commander);
  if (!state || !isState || JSON.stringify(state).length > LONGEST_STATE)
    throw new BundleProblem('its log makes no incident');
  return { state, snapshots };
}

function entryOf(row: StoredEntry): Entry {
  return {
    incidentId: row.incident_id,
    seq: row.seq,
    at: row.at,
    actor: row.actor,
    type: row.type,
    version: row.version,
    body: JSON.parse(row.body) as Entry['body'],
    commandId: row.command_id,
    docSeq: row.doc_seq,
    docHash: row.doc_hash,
    salt: row.salt,
    bodyHash: row.body_hash,
    prevHash: row.prev_hash,
    hash: row.hash,
    ...(row.redacted ? { redacted: true as const } : {}),
  };
}

function makeDocuments(batches: readonly StoredBatch[], { documentBytes }: BundleLimits) {
  return [...new Set(batches.map(({ name }) => name))].map((name) => {
    const own = batches.filter((batch) => batch.name === name);
    const made = documentOf(own);
    if (typeof made === 'string')
      throw new BundleProblem(`document ${name} cannot be made from its batches: ${made}`);
    const state = Y.encodeStateAsUpdate(made);
    if (state.length > documentBytes)
      throw new BundleProblem(`document ${name} is larger than documents may be`);
    const markdown = documentMarkdown(made);
    made.destroy();
    return { name, docSeq: own.at(-1)?.doc_seq ?? 0, state, markdown };
  });
}

/** Whose client ids these are: whoever wrote with one first, as when it was written. */
function ownersOf(batches: readonly StoredBatch[]): ImportPiece['clientIds'] {
  const owners = new Map<string, ImportPiece['clientIds'][number]>();
  for (const { name, payload } of batches) {
    for (const { author, update } of decodePayload(payload)) {
      if (author === SYSTEM_ACTOR) continue;
      for (const { client } of readUpdate(update, Number.MAX_SAFE_INTEGER).sections) {
        const key = `${client} ${name}`;
        if (!owners.has(key)) owners.set(key, { name, clientId: client, person: author });
      }
    }
  }
  return [...owners.values()];
}

/** Files that are what their hash says; their type is what their bytes say. */
function filesOf({ attachments }: ReadBundle, limits: BundleLimits): TakenBundle['attachments'] {
  let total = 0;
  return [...attachments].flatMap(([hash, bytes]) => {
    if (sha256(bytes) !== hash) return [];
    total += bytes.length;
    if (bytes.length > limits.attachmentBytes || total > limits.attachmentsBytes)
      throw new BundleProblem('its files are larger than files of an incident may be');
    return [{ hash, type: fileType(bytes), bytes: bytes.slice() }];
  });
}
