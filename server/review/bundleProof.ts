import * as Y from 'yjs';
import { documentMarkdown } from '#shared/documentMarkdown.ts';
import { sha256 } from '../rooms/hashing.ts';
import { decodePayload } from '../rooms/payload.ts';
import { verifyLog } from '../rooms/verifyLog.ts';
import type { AnchoredHead, Verdict } from '../rooms/verifyLog.ts';
import type { ReadBundle } from './bundleReader.ts';

export interface BundleVerdict extends Verdict {
  attachments: number;
  documents: number;
}

/** Recomputes everything that a bundle claims: both chains, its documents from their batches, its files, its list. */
export function proveBundle(bundle: ReadBundle): BundleVerdict {
  const verdict = proveLog(bundle);
  const difference =
    verdict.difference ??
    attachmentDifference(bundle) ??
    documentDifference(bundle) ??
    withheldDifference(bundle) ??
    bundle.listDifference;
  return { ...verdict, attachments: bundle.attachments.size, documents: bundle.documents.size, difference };
}

/** Both chains, with the anchors that travelled along. */
export function proveLog({ header, batches, entries, anchors }: ReadBundle): Verdict {
  const { incidentId, head } = header;
  const anchored = anchors.map(anchorOf).filter((anchor) => anchor !== null);
  const verdict = verifyLog({ incidentId, head, batches, entries, anchors: anchored });
  const difference =
    verdict.difference ?? (anchored.length === anchors.length ? null : 'a line of its anchors is no anchor');
  return { ...verdict, difference };
}

function anchorOf(line: string): AnchoredHead | null {
  try {
    const { at, seq, hash, docSeq, docHash } = JSON.parse(line) as Partial<AnchoredHead>;
    const numbers = [seq, docSeq].every(Number.isSafeInteger);
    const texts = [at, hash, docHash].every((text) => typeof text === 'string');
    return numbers && texts ? ({ at, seq, hash, docSeq, docHash } as AnchoredHead) : null;
  } catch {
    return null;
  }
}

/** Each file is what its hash says, was attached, and none that was attached is missing. */
function attachmentDifference({ attachments, entries }: ReadBundle): string | null {
  const attached = new Map<string, number>();
  for (const { type, body, seq, redacted } of entries) {
    if (type !== 'attachment.added' || redacted === 1) continue;
    const { hash } = JSON.parse(body) as { hash?: unknown };
    if (typeof hash === 'string') attached.set(hash, seq);
  }
  for (const [hash, bytes] of attachments) {
    if (sha256(bytes) !== hash) return `first difference at file ${hash}: its bytes do not match its hash`;
    if (!attached.has(hash)) return `first difference at file ${hash}: no entry attached it`;
  }
  const removed = new Set(removedFiles(entries));
  for (const [hash, seq] of attached) {
    if (!attachments.has(hash) && !removed.has(hash))
      return `first difference at entry #${seq}: the file it attached is missing`;
  }
  return null;
}

/** A file goes with the redaction of any entry that attached it; then no hash says which it was. */
function removedFiles(entries: ReadBundle['entries']): string[] {
  const isRemoval = entries.some(({ type, redacted }) => type === 'attachment.added' && redacted === 1);
  if (!isRemoval) return [];
  return entries
    .filter(({ type, redacted }) => type === 'attachment.added' && redacted === 0)
    .map(({ body }) => (JSON.parse(body) as { hash: string }).hash);
}

/** Each document is what its batches make. */
function documentDifference({ documents, batches }: ReadBundle): string | null {
  const written = new Set(batches.map(({ name }) => name));
  for (const name of written) {
    const claimed = documents.get(name);
    if (claimed?.yjs === undefined || claimed.md === undefined) return `document ${name} is missing`;
    const made = documentOf(batches.filter((batch) => batch.name === name));
    if (typeof made === 'string') return `document ${name} cannot be made from its batches: ${made}`;
    const isSame = documentMarkdown(made) === claimed.md && hasState(made, claimed.yjs);
    made.destroy();
    if (!isSame) return `document ${name} is not what its batches make`;
  }
  for (const name of documents.keys()) if (!written.has(name)) return `document ${name} has no batches`;
  return null;
}

/** A document from its batches; what is wrong when they are no updates. */
export function documentOf(batches: ReadBundle['batches']): Y.Doc | string {
  const doc = new Y.Doc();
  try {
    doc.transact(() => {
      for (const { payload } of batches)
        for (const { update } of decodePayload(payload)) Y.applyUpdate(doc, update);
    });
    if (doc.store.pendingStructs === null) return doc;
    doc.destroy();
    return 'some of them are missing';
  } catch (error) {
    doc.destroy();
    return error instanceof Error ? error.message : 'they are no updates';
  }
}

function hasState(made: Y.Doc, claimed: Uint8Array): boolean {
  try {
    const other = new Y.Doc();
    Y.applyUpdate(other, claimed);
    const isSame =
      other.store.pendingStructs === null &&
      documentMarkdown(other) === documentMarkdown(made) &&
      Buffer.compare(Y.encodeStateVector(other), Y.encodeStateVector(made)) === 0;
    other.destroy();
    return isSame;
  } catch {
    return false;
  }
}

function withheldDifference({ header, entries }: ReadBundle): string | null {
  const withheld = entries.filter((entry) => entry.withheld).length;
  return withheld === header.withheld ? null : `${withheld} entries are withheld, not ${header.withheld}`;
}
