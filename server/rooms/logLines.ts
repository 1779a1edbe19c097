import { canonicalJson } from '#shared/contract/chain.ts';
import type { StoredBatch, StoredEntry } from './verifyLog.ts';

/** A line of an export that is not what was written. */
export class LineProblem extends Error {
  override readonly name = 'LineProblem';
}

/** A document batch as one line of an export, without its end. */
export function writeBatchLine(batch: StoredBatch): string {
  return canonicalJson({
    batch: {
      docSeq: batch.doc_seq,
      name: batch.name,
      seqBefore: batch.seq_before,
      at: batch.at,
      payload: Buffer.from(batch.payload).toString('base64'),
      payloadHash: batch.payload_hash,
      prevDocHash: batch.prev_doc_hash,
      docHash: batch.doc_hash,
    },
  });
}

/** An entry as one line of an export, without its end. */
export function writeEntryLine(entry: StoredEntry): string {
  return canonicalJson({
    entry: {
      seq: entry.seq,
      at: entry.at,
      actor: entry.actor,
      type: entry.type,
      version: entry.version,
      body: entry.body,
      commandId: entry.command_id,
      docSeq: entry.doc_seq,
      docHash: entry.doc_hash,
      salt: entry.salt,
      bodyHash: entry.body_hash,
      prevHash: entry.prev_hash,
      hash: entry.hash,
      redacted: entry.redacted,
      ...(entry.withheld ? { withheld: 1 } : {}),
    },
  });
}

/** Reads what `writeBatchLine` wrote; throws LineProblem for everything else, down to a byte. */
export function readBatchLine(line: string, incidentId: string): StoredBatch {
  const fields = fieldsOf(line, 'batch');
  const batch: StoredBatch = {
    incident_id: incidentId,
    doc_seq: numberOf(fields, 'docSeq'),
    name: textOf(fields, 'name'),
    seq_before: numberOf(fields, 'seqBefore'),
    at: textOf(fields, 'at'),
    payload: new Uint8Array(Buffer.from(textOf(fields, 'payload'), 'base64')),
    payload_hash: textOf(fields, 'payloadHash'),
    prev_doc_hash: textOf(fields, 'prevDocHash'),
    doc_hash: textOf(fields, 'docHash'),
  };
  return exactly(batch, writeBatchLine(batch), line);
}

/** Reads what `writeEntryLine` wrote; throws LineProblem for everything else, down to a byte. */
export function readEntryLine(line: string, incidentId: string): StoredEntry {
  const fields = fieldsOf(line, 'entry');
  const entry: StoredEntry = {
    incident_id: incidentId,
    seq: numberOf(fields, 'seq'),
    at: textOf(fields, 'at'),
    actor: textOf(fields, 'actor'),
    type: textOf(fields, 'type'),
    version: numberOf(fields, 'version'),
    body: textOf(fields, 'body'),
    command_id: textOrNull(fields, 'commandId'),
    doc_seq: numberOf(fields, 'docSeq'),
    doc_hash: textOf(fields, 'docHash'),
    salt: textOrNull(fields, 'salt'),
    body_hash: textOf(fields, 'bodyHash'),
    prev_hash: textOf(fields, 'prevHash'),
    hash: textOf(fields, 'hash'),
    redacted: fields.get('redacted') === 1 ? 1 : 0,
    ...(fields.get('withheld') === 1 ? { withheld: true as const } : {}),
  };
  return exactly(entry, writeEntryLine(entry), line);
}

type Fields = ReadonlyMap<string, unknown>;

function fieldsOf(line: string, kind: 'batch' | 'entry'): Fields {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new LineProblem('its line is not JSON');
  }
  const inner = (value as Record<string, unknown> | null)?.[kind];
  if (typeof inner !== 'object' || inner === null) throw new LineProblem(`its line is no ${kind}`);
  return new Map(Object.entries(inner));
}

function numberOf(fields: Fields, name: string): number {
  const value = fields.get(name);
  if (!Number.isSafeInteger(value)) throw new LineProblem(`its ${name} is no number`);
  return value as number;
}

function textOf(fields: Fields, name: string): string {
  const value = fields.get(name);
  if (typeof value !== 'string') throw new LineProblem(`its ${name} is no text`);
  return value;
}

function textOrNull(fields: Fields, name: string): string | null {
  return fields.get(name) === null ? null : textOf(fields, name);
}

/** What was read says all of the line: nothing more stands in it, and nothing in another form. */
function exactly<T>(read: T, written: string, line: string): T {
  if (written !== line) throw new LineProblem('its line is not as it was written');
  return read;
}
