import * as Y from 'yjs';
import { canonicalJson } from '#shared/contract/chain.ts';
import type { Entry } from '#shared/contract/entries.ts';
import type { Head } from '#shared/contract/wire.ts';
import { documentMarkdown } from '#shared/documentMarkdown.ts';
import { entriesFor } from '#shared/incident/questions.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import { sha256 } from '../rooms/hashing.ts';
import { writeBatchLine, writeEntryLine } from '../rooms/logLines.ts';
import type { Store } from '../rooms/ports.ts';
import type { StoredEntry } from '../rooms/verifyLog.ts';
import {
  ANCHORS_PATH,
  attachmentPath,
  documentPath,
  HEADER_PATH,
  LINES_PER_FILE,
  MANIFEST_PATH,
  pagePath,
  PEOPLE_PATH,
} from './bundleFormat.ts';
import type { BundleHeader, BundlePerson, ListedFile } from './bundleFormat.ts';
import { tarEnd, tarMember } from './tar.ts';

/** Something was erased while the bundle was written: what is in it and what would follow do not belong together. */
export class ErasedMeanwhile extends Error {
  override readonly name = 'ErasedMeanwhile';
}

export interface BundleParts {
  store: Pick<
    Store,
    | 'storageEpoch'
    | 'readLog'
    | 'readStoredBatches'
    | 'loadDocument'
    | 'readAttachment'
    | 'listAttachments'
    | 'readEntriesOf'
  >;
  /** Of the incident as it is now; the bundle goes up to `head`. */
  state: IncidentState;
  head: Head;
  /** For whom: what they may not read is withheld. */
  reader: string;
  nameOf(id: string): string | undefined;
  /** Lines of the anchors file about this incident. */
  anchors: readonly string[];
  madeAt: string;
}

const ENCODER = new TextEncoder();
const ERASURES = ['entry.redacted', 'document.redacted'];

/**
 * An incident as one archive that is verified without the server: log, batches, documents, files, anchors and a list of all with
 * their hashes. Written piece by piece; no more than a file of it is in memory. Throws ErasedMeanwhile when it would
 * come out broken.
 */
export async function* writeBundle(parts: BundleParts): AsyncGenerator<Uint8Array> {
  const listed: ListedFile[] = [];
  const people = new Set<string>(namedIn(parts.state));
  const attached = new Set<string>();
  const names = new Set<string>();

  function* file(path: string, content: string | Uint8Array): Generator<Uint8Array> {
    const bytes = typeof content === 'string' ? ENCODER.encode(content) : content;
    listed.push({ path, size: bytes.length, sha256: sha256(bytes) });
    yield* tarMember({ path, bytes });
  }

  const questions = await parts.store.readEntriesOf(parts.state.id, QUESTIONS, 0);
  yield* file(HEADER_PATH, canonicalJson(headerOf(parts, questions)));
  let page = 0;
  for await (const batches of batchPages(parts)) {
    for (const { name } of batches) names.add(name);
    page += 1;
    yield* file(pagePath('batches', page), linesOf(batches.map(writeBatchLine)));
  }
  page = 0;
  for await (const entries of entryPages(parts)) {
    for (const entry of entries) noteEntry(entry, { people, attached });
    page += 1;
    yield* file(pagePath('entries', page), linesOf(entries.map((entry) => writeEntryLine(storedOf(entry)))));
  }
  for (const name of [...names].toSorted()) {
    const { update, markdown } = await documentAt(parts, name);
    yield* file(documentPath(name, 'yjs'), update);
    yield* file(documentPath(name, 'md'), markdown);
  }
  for (const { hash } of await parts.store.listAttachments(parts.state.id)) {
    const found = attached.has(hash) ? await parts.store.readAttachment(parts.state.id, hash) : null;
    if (found) yield* file(attachmentPath(hash), found.bytes);
  }
  yield* file(PEOPLE_PATH, linesOf(peopleLines(people, parts)));
  yield* file(ANCHORS_PATH, linesOf(parts.anchors));
  const erased = await parts.store.readEntriesOf(parts.state.id, ERASURES, parts.head.seq);
  if (erased.length > 0) throw new ErasedMeanwhile('something was erased while the bundle was written');
  yield* tarMember({
    path: MANIFEST_PATH,
    bytes: ENCODER.encode(canonicalJson({ files: listed })),
  });
  yield tarEnd();
}

const QUESTIONS = ['question.asked', 'question.answered'];

function headerOf({ store, state, head, reader, madeAt }: BundleParts, questions: Entry[]): BundleHeader {
  const shown = entriesFor(
    reader,
    questions.filter((entry) => entry.seq <= head.seq),
    state,
  );
  return {
    ...{ format: 'warroom-bundle', version: 1, incidentId: state.id, number: state.number },
    ...{ storageEpoch: store.storageEpoch, head, madeAt, madeBy: reader },
    withheld: shown.filter((entry) => entry.withheld).length,
  };
}

async function* batchPages({ store, state, head }: BundleParts) {
  for (let after = 0; after < head.docSeq;) {
    const found = await store.readStoredBatches(state.id, after, LINES_PER_FILE);
    const batches = found.filter((batch) => batch.doc_seq <= head.docSeq);
    if (batches.length === 0) return;
    yield batches;
    after = batches.at(-1)?.doc_seq ?? head.docSeq;
  }
}

async function* entryPages({ store, state, head, reader }: BundleParts): AsyncGenerator<Entry[]> {
  for (let after = 0; after < head.seq;) {
    const found = await store.readLog(state.id, { after, limit: LINES_PER_FILE });
    const entries = (found?.entries ?? []).filter((entry) => entry.seq <= head.seq);
    if (entries.length === 0) return;
    yield entriesFor(reader, entries, state);
    after = entries.at(-1)?.seq ?? head.seq;
  }
}

function noteEntry(entry: Entry, { people, attached }: { people: Set<string>; attached: Set<string> }): void {
  people.add(entry.actor);
  const { hash } = entry.body;
  if (entry.type === 'attachment.added' && typeof hash === 'string') attached.add(hash);
}

/** An entry as it is stored; its body in the one form that is hashed. */
function storedOf(entry: Entry): StoredEntry {
  return {
    incident_id: entry.incidentId,
    seq: entry.seq,
    at: entry.at,
    actor: entry.actor,
    type: entry.type,
    version: entry.version,
    body: canonicalJson(entry.body),
    command_id: entry.commandId,
    doc_seq: entry.docSeq,
    doc_hash: entry.docHash,
    salt: entry.salt,
    body_hash: entry.bodyHash,
    prev_hash: entry.prevHash,
    hash: entry.hash,
    redacted: entry.redacted ? 1 : 0,
    ...(entry.withheld ? { withheld: true as const } : {}),
  };
}

async function documentAt({ store, state, head }: BundleParts, name: string) {
  const stored = await store.loadDocument(state.id, name, head.docSeq);
  const doc = new Y.Doc();
  doc.transact(() => {
    if (stored.checkpoint) Y.applyUpdate(doc, stored.checkpoint.state);
    for (const { updates } of stored.batches) for (const { update } of updates) Y.applyUpdate(doc, update);
  });
  const content = { update: Y.encodeStateAsUpdate(doc), markdown: documentMarkdown(doc) };
  doc.destroy();
  return content;
}

function namedIn(state: IncidentState): string[] {
  const holders = state.roles.flatMap(({ holder }) => (holder === null ? [] : [holder]));
  const deputy = state.deputy === null ? [] : [state.deputy];
  return [state.commander, state.declaredBy, ...deputy, ...holders, ...(state.members ?? [])];
}

function peopleLines(people: ReadonlySet<string>, { nameOf }: BundleParts): string[] {
  return [...people].toSorted().flatMap((id) => {
    const name = nameOf(id);
    return name === undefined ? [] : [canonicalJson({ id, name } satisfies BundlePerson)];
  });
}

function linesOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
