/** A file of an archive. */
export interface ArchiveFile {
  path: string;
  bytes: Uint8Array;
}

/** An archive that is damaged, or none that we write; the message is half a sentence. */
export class ArchiveProblem extends Error {
  override readonly name = 'ArchiveProblem';
}

const BLOCK = 512;
/** Path, mode, owner, group, size, time, checksum and kind of a header, by where they begin and how long they are. */
const FIELDS = {
  path: [0, 100],
  mode: [100, 8],
  owner: [108, 8],
  group: [116, 8],
  size: [124, 12],
  time: [136, 12],
  checksum: [148, 8],
  kind: [156, 1],
  magic: [257, 8],
} as const;
const MAGIC = 'ustar\u000000';
const ENCODER = new TextEncoder();

/** One file as it stands in a tar archive: its header, its bytes, and zeros up to the next block. Same bytes every time. */
export function tarMember({ path, bytes }: ArchiveFile): Uint8Array[] {
  const rest = bytes.length % BLOCK;
  const padding = rest === 0 ? [] : [new Uint8Array(BLOCK - rest)];
  return [header(path, bytes.length), bytes, ...padding];
}

/** What stands after the last file. */
export function tarEnd(): Uint8Array {
  return new Uint8Array(2 * BLOCK);
}

function header(path: string, size: number): Uint8Array {
  if (path.length > FIELDS.path[1] || !/^[\x21-\x7e]+$/.test(path)) throw new Error(`${path} is no path.`);
  const block = new Uint8Array(BLOCK);
  const put = (field: keyof typeof FIELDS, text: string) => block.set(ENCODER.encode(text), FIELDS[field][0]);
  put('path', path);
  put('mode', '0000644\0');
  put('owner', '0000000\0');
  put('group', '0000000\0');
  put('size', `${size.toString(8).padStart(11, '0')}\0`);
  put('time', '00000000000\0');
  put('kind', '0');
  put('magic', MAGIC);
  put('checksum', `${sumOf(block).toString(8).padStart(6, '0')}\0 `);
  return block;
}

/** The sum of a header's bytes, its checksum taken as spaces. */
function sumOf(block: Uint8Array): number {
  const [at, length] = FIELDS.checksum;
  return block.reduce((sum, byte, index) => sum + (index >= at && index < at + length ? 0x20 : byte), 0);
}

/**
 * The files of an archive as `tarMember` writes it, in order, as views of its bytes. Nothing else is read: no links, no
 * folders, no other owners, no second file of a path, nothing after the end. Throws ArchiveProblem where that is not so.
 */
export function* readTar(archive: Uint8Array): Generator<ArchiveFile> {
  const seen = new Set<string>();
  let at = 0;
  let last = 'the beginning';
  for (;;) {
    const block = archive.subarray(at, at + BLOCK);
    if (block.length < BLOCK) throw new ArchiveProblem(`it breaks off after ${last}`);
    if (isZero(block)) break;
    const path = textIn(block, 'path');
    const size = Number.parseInt(textIn(block, 'size'), 8);
    const isOurs = /^[\x21-\x7e]+$/.test(path) && Number.isSafeInteger(size) && size >= 0;
    if (!isOurs || !isSame(block, header(path, size)))
      throw new ArchiveProblem(`the header after ${last} is damaged, or not one that we write`);
    if (seen.has(path)) throw new ArchiveProblem(`it holds ${path} twice`);
    seen.add(path);
    const start = at + BLOCK;
    if (start + size > archive.length) throw new ArchiveProblem(`it breaks off in ${path}`);
    const next = start + Math.ceil(size / BLOCK) * BLOCK;
    if (!isZero(archive.subarray(start + size, next)))
      throw new ArchiveProblem(`the space after ${path} is not empty`);
    yield { path, bytes: archive.subarray(start, start + size) };
    at = next;
    last = path;
  }
  const end = archive.subarray(at);
  if (end.length !== 2 * BLOCK || !isZero(end)) throw new ArchiveProblem(`something stands after ${last}`);
}

function textIn(block: Uint8Array, field: keyof typeof FIELDS): string {
  const [at, length] = FIELDS[field];
  const bytes = block.subarray(at, at + length);
  const end = bytes.indexOf(0);
  return String.fromCharCode(...(end < 0 ? bytes : bytes.subarray(0, end)));
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.every((byte, index) => byte === other[index]);
}
