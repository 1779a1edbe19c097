import { isUtf8 } from 'node:buffer';
import { ZERO_HASH, canonicalJson } from '#shared/contract/chain.ts';
import { isId } from '#shared/contract/identifiers.ts';
import type { Head } from '#shared/contract/wire.ts';
import { sha256 } from '../rooms/hashing.ts';
import { LineProblem, readBatchLine, readEntryLine } from '../rooms/logLines.ts';
import type { StoredBatch, StoredEntry } from '../rooms/verifyLog.ts';
import { MANIFEST_PATH, partOf } from './bundleFormat.ts';
import type { BundleHeader, BundlePart, BundlePerson, ListedFile } from './bundleFormat.ts';
import { ArchiveProblem, readTar } from './tar.ts';

/** A file that is no bundle, or a damaged one; the message is half a sentence that names the place. */
export class BundleProblem extends Error {
  override readonly name = 'BundleProblem';
}

/** Everything a bundle holds, as it stands there: nothing of it is proved yet. */
export interface ReadBundle {
  header: BundleHeader;
  batches: StoredBatch[];
  entries: StoredEntry[];
  /** By name and ending. */
  documents: Map<string, { yjs?: Uint8Array; md?: string }>;
  /** By the hash that the archive claims. */
  attachments: Map<string, Uint8Array>;
  people: BundlePerson[];
  anchors: string[];
  /** How the files differ from the list at the archive's end; null: not at all. */
  listDifference: string | null;
}

/** More entries and batches than this in one bundle are refused. */
const MOST_LINES = 1_000_000;
const MOST_PEOPLE = 10_000;

/** Reads an archive without believing it. Throws BundleProblem. */
export function readBundle(archive: Uint8Array): ReadBundle {
  try {
    return read(archive);
  } catch (error) {
    if (error instanceof ArchiveProblem) throw new BundleProblem(error.message);
    throw error;
  }
}

function read(archive: Uint8Array): ReadBundle {
  let header: BundleHeader | null = null;
  let manifest: Uint8Array | null = null;
  const found: ListedFile[] = [];
  const rest: Omit<ReadBundle, 'header' | 'listDifference'> = {
    ...{ batches: [], entries: [], documents: new Map(), attachments: new Map(), people: [], anchors: [] },
  };
  const pages = { batches: 0, entries: 0 };
  for (const { path, bytes } of readTar(archive)) {
    const part = partOf(path);
    if (!part) throw new BundleProblem(`it holds ${path}, which no bundle has`);
    if (manifest) throw new BundleProblem(`${path} stands after the list of files`);
    if (part.kind === 'manifest') {
      manifest = bytes;
      continue;
    }
    found.push({ path, size: bytes.length, sha256: sha256(bytes) });
    if (part.kind === 'header') header = headerOf(textOf(bytes, path));
    else if (!header) throw new BundleProblem('it does not begin with what it is of');
    else take(rest, header, { part, path, bytes, pages });
  }
  if (!header) throw new BundleProblem('it does not say what it is of');
  if (!manifest) throw new BundleProblem('the list of its files is missing');
  return { header, ...rest, listDifference: listDifference(manifest, found) };
}

interface Taken {
  part: Exclude<BundlePart, { kind: 'header' | 'manifest' }>;
  path: string;
  bytes: Uint8Array;
  pages: Record<'batches' | 'entries', number>;
}

function take(
  rest: Omit<ReadBundle, 'header' | 'listDifference'>,
  { incidentId }: BundleHeader,
  { part, path, bytes, pages }: Taken,
): void {
  switch (part.kind) {
    case 'batches':
    case 'entries': {
      pages[part.kind] += 1;
      if (part.page !== pages[part.kind]) throw new BundleProblem(`${path} is not in its place`);
      // Text that is not UTF-8 is read all the same: then the line that holds it is named.
      for (const line of linesOf(new TextDecoder().decode(bytes), path)) {
        if (part.kind === 'batches')
          addLine(rest.batches, 'document batch', () => readBatchLine(line, incidentId));
        else addLine(rest.entries, 'entry', () => readEntryLine(line, incidentId));
      }
      return;
    }
    case 'document': {
      const document = rest.documents.get(part.name) ?? {};
      if (part.ending === 'md') document.md = textOf(bytes, path);
      else document.yjs = bytes;
      rest.documents.set(part.name, document);
      return;
    }
    case 'attachment':
      rest.attachments.set(part.hash, bytes);
      return;
    case 'people':
      rest.people = linesOf(textOf(bytes, path), path).map((line) => personOf(line));
      if (rest.people.length > MOST_PEOPLE) throw new BundleProblem('it names too many people');
      return;
    case 'anchors':
      rest.anchors = linesOf(textOf(bytes, path), path);
      return;
    default:
      part satisfies never;
  }
}

function addLine<T>(list: T[], kind: string, readLine: () => T): void {
  if (list.length >= MOST_LINES) throw new BundleProblem(`it holds more than ${MOST_LINES} of a kind`);
  try {
    list.push(readLine());
  } catch (error) {
    if (!(error instanceof LineProblem)) throw error;
    throw new BundleProblem(`first difference at ${kind} #${list.length + 1}: ${error.message}`);
  }
}

function linesOf(text: string, path: string): string[] {
  if (text === '') return [];
  const lines = text.split('\n');
  if (lines.pop() !== '') throw new BundleProblem(`the last line of ${path} has no end`);
  return lines;
}

function textOf(bytes: Uint8Array, path: string): string {
  if (!isUtf8(bytes)) throw new BundleProblem(`${path} is not text`);
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

function jsonOf(text: string, what: string): Map<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && canonicalJson(value) === text)
      return new Map(Object.entries(value));
  } catch {
    // Told below, like everything else that it is not.
  }
  throw new BundleProblem(`${what} cannot be read`);
}

const HASH = /^[0-9a-f]{64}$/;

function headerOf(text: string): BundleHeader {
  const fields = jsonOf(text, 'what it says of itself');
  if (fields.get('format') !== 'warroom-bundle') throw new BundleProblem('it is not a bundle of an incident');
  if (fields.get('version') !== 1) throw new BundleProblem('another version of warroom made it');
  const [incidentId, number, withheld] = ['incidentId', 'number', 'withheld'].map((name) => fields.get(name));
  const texts = ['storageEpoch', 'madeAt', 'madeBy'].map((name) => fields.get(name));
  const isWhole =
    isId(incidentId) &&
    [number, withheld].every((value) => Number.isSafeInteger(value) && Number(value) >= 0) &&
    texts.every((value) => typeof value === 'string') &&
    isHead(fields.get('head'));
  if (!isWhole) throw new BundleProblem('what it says of itself is not whole');
  return Object.fromEntries(fields) as unknown as BundleHeader;
}

function isHead(value: unknown): value is Head {
  const { seq, hash, docSeq, docHash } = (value ?? {}) as Record<string, unknown>;
  const numbers = [seq, docSeq].every((number) => Number.isSafeInteger(number) && Number(number) >= 0);
  return (
    numbers &&
    [hash, docHash].every((text) => typeof text === 'string' && HASH.test(text)) &&
    hash !== ZERO_HASH
  );
}

function personOf(line: string): BundlePerson {
  const fields = jsonOf(line, 'a line of people.jsonl');
  const [id, name] = [fields.get('id'), fields.get('name')];
  if (!isId(id) || typeof name !== 'string' || fields.size !== 2)
    throw new BundleProblem('a line of people.jsonl is not whole');
  return { id, name };
}

/** Compares the list at the end with the files before it. */
function listDifference(manifest: Uint8Array, found: readonly ListedFile[]): string | null {
  if (Buffer.from(manifest).toString('utf8') === canonicalJson({ files: found })) return null;
  const listed = jsonOf(textOf(manifest, MANIFEST_PATH), 'the list of its files').get('files');
  const byPath = new Map(
    (Array.isArray(listed) ? (listed as Partial<ListedFile>[]) : []).map((file) => [file?.path, file]),
  );
  const wrong = found.find(({ path, size, sha256: hash }) => {
    const file = byPath.get(path);
    return file?.size !== size || file.sha256 !== hash;
  });
  return wrong
    ? `${wrong.path} is not what the list of files says`
    : 'the list of files names others than there are';
}
