import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { canonicalJson } from '#shared/contract/chain.ts';
import { writeBatchLine, writeEntryLine } from '../rooms/logLines.ts';
import type { Head } from '#shared/contract/wire.ts';
import { verifyLog } from '../rooms/verifyLog.ts';
import type { LogEvidence, StoredBatch, StoredEntry } from '../rooms/verifyLog.ts';
import type { NamedVerdict } from './verifyNames.ts';

/** The first line of an export (docs/verify.md). */
interface ExportHeader {
  format: 'warroom-log';
  version: 1;
  incidentId: string;
  number: number;
  storageEpoch: string;
  head: Head;
}

/** What an export of one incident holds. */
export interface Exported {
  number: number;
  storageEpoch: string;
  evidence: LogEvidence;
}

/** Writes one incident's whole log as JSON lines that can be verified without the database. */
export function writeExport({ number, storageEpoch, evidence }: Exported, path: string): void {
  const { incidentId, head, batches, entries } = evidence;
  const header: ExportHeader = {
    ...{ format: 'warroom-log', version: 1 },
    ...{ incidentId, number, storageEpoch, head },
  };
  writeLines(path, exportLines(header, batches, entries));
}

function* exportLines(header: ExportHeader, batches: Iterable<StoredBatch>, entries: Iterable<StoredEntry>) {
  yield canonicalJson(header);
  for (const batch of batches) yield writeBatchLine(batch);
  for (const entry of entries) yield writeEntryLine(entry);
}

function writeLines(path: string, lines: Iterable<string>): void {
  const file = openSync(path, 'w');
  try {
    for (const line of lines) writeSync(file, `${line}\n`);
  } finally {
    closeSync(file);
  }
}

/** Verifies an export by itself. Throws one sentence when the file is none. */
export function verifyExport(path: string): NamedVerdict {
  const [first = '', ...rest] = readFileSync(path, 'utf8').split('\n');
  const header = parsed(first, path) as Partial<ExportHeader>;
  if (header.format !== 'warroom-log' || header.version !== 1 || !header.head || !header.incidentId) {
    throw new Error(`${path} is not an export of this version.`);
  }
  const { incidentId, head } = header;
  const lines = rest.filter((line) => line !== '').map((line) => parsed(line, path) as ExportLine);
  const verdict = verifyLog({
    incidentId,
    head,
    anchors: [],
    batches: lines.flatMap((line) => (line.batch ? [batchOf(incidentId, line.batch)] : [])),
    entries: lines.flatMap((line) => (line.entry ? [entryOf(incidentId, line.entry)] : [])),
  });
  return { ...verdict, name: `INC-${String(header.number)}` };
}

interface ExportLine {
  batch?: Readonly<Record<string, string | number>>;
  entry?: Readonly<Record<string, string | number | null>>;
}

function parsed(line: string, path: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new Error(`${path} has a line that is not JSON.`);
  }
}

function batchOf(incidentId: string, batch: NonNullable<ExportLine['batch']>): StoredBatch {
  return {
    incident_id: incidentId,
    doc_seq: Number(batch['docSeq']),
    name: String(batch['name']),
    seq_before: Number(batch['seqBefore']),
    at: String(batch['at']),
    payload: Buffer.from(String(batch['payload']), 'base64'),
    payload_hash: String(batch['payloadHash']),
    prev_doc_hash: String(batch['prevDocHash']),
    doc_hash: String(batch['docHash']),
  };
}

function entryOf(incidentId: string, entry: NonNullable<ExportLine['entry']>): StoredEntry {
  const text = (value: string | number | null | undefined) => (value == null ? null : String(value));
  return {
    incident_id: incidentId,
    seq: Number(entry['seq']),
    at: String(entry['at']),
    actor: String(entry['actor']),
    type: String(entry['type']),
    version: Number(entry['version']),
    body: String(entry['body']),
    command_id: text(entry['commandId']),
    doc_seq: Number(entry['docSeq']),
    doc_hash: String(entry['docHash']),
    salt: text(entry['salt']),
    body_hash: String(entry['bodyHash']),
    prev_hash: String(entry['prevHash']),
    hash: String(entry['hash']),
    redacted: entry['redacted'] === 1 ? 1 : 0,
  };
}
