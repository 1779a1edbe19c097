import { ZERO_HASH } from '#shared/contract/chain.ts';
import type { Head } from '#shared/contract/wire.ts';
import { batchHash, bodyHash, entryHash, sha256 } from './hashing.ts';

/** An entry as it is stored; `body` is the text that was hashed. */
export interface StoredEntry {
  incident_id: string;
  seq: number;
  at: string;
  actor: string;
  type: string;
  version: number;
  body: string;
  command_id: string | null;
  doc_seq: number;
  doc_hash: string;
  salt: string | null;
  body_hash: string;
  prev_hash: string;
  hash: string;
  redacted: 0 | 1;
  /** The reader it was written down for may not see the body, which is empty then. */
  withheld?: true;
}

/** A document batch as it is stored. */
export interface StoredBatch {
  incident_id: string;
  doc_seq: number;
  name: string;
  seq_before: number;
  at: string;
  payload: Uint8Array;
  payload_hash: string;
  prev_doc_hash: string;
  doc_hash: string;
}

/** Where a log stood at a time, kept outside the database. */
export interface AnchoredHead extends Head {
  at: string;
}

/** Everything that proves one log. Entries and batches come in the order of their numbers. */
export interface LogEvidence {
  incidentId: string;
  entries: Iterable<StoredEntry>;
  batches: Iterable<StoredBatch>;
  head: Head;
  anchors: readonly AnchoredHead[];
}

export interface Verdict {
  entries: number;
  batches: number;
  anchors: number;
  /** The first difference as one sentence without its end; null when everything matches. */
  difference: string | null;
}

/** What the batches prove, kept for the entries that refer to them. */
interface ProvenBatches {
  hashes: string[];
  seqBefore: number[];
  /** Of those whose updates do not match their hash, what they are now: a redaction must say so. */
  rewritten: Map<number, string>;
  difference: string | null;
}

/** Recomputes both chains of a log from what is stored, and compares them with its head and its anchors. */
export function verifyLog(evidence: LogEvidence): Verdict {
  const batches = verifyBatches(evidence);
  const entries = verifyEntries(evidence, batches);
  const difference =
    batches.difference ??
    entries.difference ??
    headDifference(evidence.head, entries.hashes, batches.hashes) ??
    anchorDifference(evidence.anchors, entries.hashes, batches.hashes);
  return {
    entries: entries.hashes.length,
    batches: batches.hashes.length,
    anchors: evidence.anchors.length,
    difference,
  };
}

function verifyBatches({ incidentId, batches }: LogEvidence): ProvenBatches {
  const proven: ProvenBatches = { hashes: [], seqBefore: [], rewritten: new Map(), difference: null };
  let at = '';
  for (const batch of batches) {
    const place = `first difference at document batch #${proven.hashes.length + 1}`;
    const wrong = batchDifference(incidentId, batch, proven, at);
    if (wrong !== null) return { ...proven, difference: `${place}: ${wrong}` };
    const found = sha256(batch.payload);
    if (found !== batch.payload_hash) proven.rewritten.set(batch.doc_seq, found);
    proven.hashes.push(batch.doc_hash);
    proven.seqBefore.push(batch.seq_before);
    at = batch.at;
  }
  return proven;
}

function batchDifference(
  incidentId: string,
  batch: StoredBatch,
  proven: ProvenBatches,
  lastAt: string,
): string | null {
  const docSeq = proven.hashes.length + 1;
  if (batch.doc_seq !== docSeq) return `it is missing, #${batch.doc_seq} follows`;
  if (batch.prev_doc_hash !== (proven.hashes.at(-1) ?? ZERO_HASH)) {
    return 'it does not continue the batch before it';
  }
  const hash = batchHash({
    incidentId,
    name: batch.name,
    docSeq,
    seqBefore: batch.seq_before,
    at: batch.at,
    payloadHash: batch.payload_hash,
    prevDocHash: batch.prev_doc_hash,
  });
  if (hash !== batch.doc_hash) return 'it does not match its hash';
  if (batch.seq_before < (proven.seqBefore.at(-1) ?? 0))
    return 'it stands before an entry that it came after';
  return batch.at < lastAt ? 'its time is before that of the batch before it' : null;
}

function verifyEntries({ incidentId, entries }: LogEvidence, batches: ProvenBatches) {
  const hashes: string[] = [];
  const redactions = new Redactions();
  let last: StoredEntry | null = null;
  for (const entry of entries) {
    const wrong = entryDifference(incidentId, entry, last, batches);
    if (wrong !== null)
      return { hashes, difference: `first difference at entry #${hashes.length + 1}: ${wrong}` };
    redactions.note(entry);
    hashes.push(entry.hash);
    last = entry;
  }
  return { hashes, difference: redactions.difference(batches.rewritten) };
}

function entryDifference(
  incidentId: string,
  entry: StoredEntry,
  last: StoredEntry | null,
  batches: ProvenBatches,
): string | null {
  const seq = (last?.seq ?? 0) + 1;
  if (entry.seq !== seq) return `it is missing, #${entry.seq} follows`;
  if (entry.withheld) {
    if (entry.salt !== null || entry.body !== '{}') return 'it is half withheld';
  } else if ((entry.salt === null) !== (entry.redacted === 1)) return 'it is half redacted';
  if (entry.salt !== null && bodyHash(entry.salt, entry.body) !== entry.body_hash) {
    return 'body does not match its hash';
  }
  if (entry.prev_hash !== (last?.hash ?? ZERO_HASH)) return 'it does not continue the entry before it';
  const hash = entryHash({
    incidentId,
    seq,
    at: entry.at,
    actor: entry.actor,
    type: entry.type,
    version: entry.version,
    commandId: entry.command_id,
    docSeq: entry.doc_seq,
    docHash: entry.doc_hash,
    bodyHash: entry.body_hash,
    prevHash: entry.prev_hash,
  });
  if (hash !== entry.hash) return 'it does not match its hash';
  if (entry.at < (last?.at ?? '')) return 'its time is before that of the entry before it';
  return documentDifference(entry, batches);
}

/** An entry names the last batch before it: that one, and no later one, stands before the entry. */
function documentDifference(entry: StoredEntry, batches: ProvenBatches): string | null {
  const named = entry.doc_seq === 0 ? ZERO_HASH : batches.hashes[entry.doc_seq - 1];
  if (named !== entry.doc_hash) return `document batch #${entry.doc_seq} is not the one it names`;
  const before = batches.seqBefore[entry.doc_seq - 1] ?? 0;
  const after = batches.seqBefore[entry.doc_seq] ?? entry.seq;
  return before < entry.seq && after >= entry.seq ? null : 'document batches stand on the wrong side of it';
}

/** What was erased, and the entries that say so. */
class Redactions {
  readonly #erased = new Map<number, string>();
  readonly #said = new Map<number, { by: number; remainderHash: string }>();
  readonly #rewritten = new Map<number, { by: number; payloadHash: string }>();
  readonly #withheld = new Set<number>();

  note(entry: StoredEntry): void {
    if (entry.redacted === 1 && !entry.withheld) this.#erased.set(entry.seq, sha256(entry.body));
    if (entry.withheld) this.#withheld.add(entry.seq);
    if (entry.type === 'document.redacted') return this.#noteDocument(entry);
    if (entry.type !== 'entry.redacted') return;
    const { seq, remainderHash } = JSON.parse(entry.body) as { seq?: unknown; remainderHash?: unknown };
    if (typeof seq === 'number' && typeof remainderHash === 'string') {
      this.#said.set(seq, { by: entry.seq, remainderHash });
    }
  }

  /** Each rewritten batch is as the newest redaction that names it says. */
  #noteDocument(entry: StoredEntry): void {
    const { batches } = JSON.parse(entry.body) as { batches?: unknown };
    if (!Array.isArray(batches)) return;
    for (const { docSeq, payloadHash } of batches as { docSeq?: unknown; payloadHash?: unknown }[]) {
      if (typeof docSeq !== 'number' || typeof payloadHash !== 'string') continue;
      this.#rewritten.set(docSeq, { by: entry.seq, payloadHash });
    }
  }

  #documentDifference(found: ReadonlyMap<number, string>): string | null {
    for (const [docSeq, hash] of found) {
      const place = `first difference at document batch #${docSeq}`;
      const said = this.#rewritten.get(docSeq);
      if (!said) return `${place}: its updates do not match their hash`;
      if (said.payloadHash !== hash)
        return `${place}: what is left of it does not match redaction #${said.by}`;
    }
    for (const [docSeq, { by }] of this.#rewritten) {
      if (!found.has(docSeq))
        return `first difference at document batch #${docSeq}: #${by} erased text of it, but it is as it was`;
    }
    return null;
  }

  difference(rewritten: ReadonlyMap<number, string>): string | null {
    return this.#documentDifference(rewritten) ?? this.#entryDifference();
  }

  #entryDifference(): string | null {
    for (const [seq, hash] of this.#erased) {
      const said = this.#said.get(seq);
      if (!said) return `first difference at entry #${seq}: it is redacted, but no entry says so`;
      if (said.remainderHash !== hash) {
        return `first difference at entry #${seq}: what is left of it does not match redaction #${said.by}`;
      }
    }
    for (const [seq, { by }] of this.#said) {
      if (!this.#erased.has(seq) && !this.#withheld.has(seq))
        return `first difference at entry #${seq}: #${by} redacted it, but its text is there`;
    }
    return null;
  }
}

function headDifference(head: Head, entries: readonly string[], batches: readonly string[]): string | null {
  if (head.seq !== entries.length)
    return `the log ends at entry #${entries.length}, but its head is #${head.seq}`;
  if (head.docSeq !== batches.length) {
    return `the documents end at batch #${batches.length}, but their head is #${head.docSeq}`;
  }
  const matches =
    head.hash === (entries.at(-1) ?? ZERO_HASH) && head.docHash === (batches.at(-1) ?? ZERO_HASH);
  return matches ? null : 'its head does not match its last entry and document batch';
}

function anchorDifference(
  anchors: readonly AnchoredHead[],
  entries: readonly string[],
  batches: readonly string[],
): string | null {
  for (const { seq, hash, docSeq, docHash, at } of anchors) {
    const when = `was anchored at ${at}`;
    if (seq > entries.length) return `the log ends at entry #${entries.length}, but #${seq} ${when}`;
    if (docSeq > batches.length) {
      return `the documents end at batch #${batches.length}, but #${docSeq} ${when}`;
    }
    if (seq > 0 && entries[seq - 1] !== hash) return `entry #${seq} is not the one that ${when}`;
    if (docSeq > 0 && batches[docSeq - 1] !== docHash)
      return `document batch #${docSeq} is not the one that ${when}`;
  }
  return null;
}
