import canonicalize from 'canonicalize';
import type { EntryEnvelope } from './entries.ts';

/** What the first entry and the first document batch of an incident continue from. */
export const ZERO_HASH = '0'.repeat(64);

/** The fields of an entry that its hash covers; the body is covered by `bodyHash`. */
export type HashedEntry = Pick<
  EntryEnvelope,
  | 'incidentId'
  | 'seq'
  | 'at'
  | 'actor'
  | 'version'
  | 'commandId'
  | 'docSeq'
  | 'docHash'
  | 'bodyHash'
  | 'prevHash'
> & { type: string };

/** The fields of a document batch that its hash covers; the updates are covered by `payloadHash`. */
export interface HashedBatch {
  incidentId: string;
  name: string;
  docSeq: number;
  seqBefore: number;
  at: string;
  payloadHash: string;
  prevDocHash: string;
}

/** Canonical JSON (RFC 8785). Throws on what JSON cannot say: half a surrogate pair, NaN, a cycle. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('This value has no JSON form.');
  return text;
}

/** The text whose sha256 is an entry's `bodyHash`: the salt's hex digits, then the body as stored. */
export function bodyHashText(salt: string, body: string): string {
  return salt + body;
}

/** The text whose sha256 is an entry's `hash`. */
export function entryHashText(entry: HashedEntry): string {
  const { incidentId, seq, at, actor, type, version, commandId, docSeq, docHash, bodyHash, prevHash } = entry;
  return canonicalJson({
    incidentId,
    seq,
    at,
    actor,
    type,
    version,
    commandId,
    docSeq,
    docHash,
    bodyHash,
    prevHash,
  });
}

/** The text whose sha256 is a document batch's `docHash`. */
export function batchHashText(batch: HashedBatch): string {
  const { incidentId, name, docSeq, seqBefore, at, payloadHash, prevDocHash } = batch;
  return canonicalJson({ incidentId, name, docSeq, seqBefore, at, payloadHash, prevDocHash });
}
