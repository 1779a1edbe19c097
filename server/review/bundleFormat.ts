import type { Head } from '#shared/contract/wire.ts';

/** `bundle.json`: what a bundle is of. */
export interface BundleHeader {
  format: 'warroom-bundle';
  version: 1;
  incidentId: string;
  number: number;
  storageEpoch: string;
  /** Everything up to here is in it. */
  head: Head;
  madeAt: string;
  /** Person id. */
  madeBy: string;
  /** Entries whose body its maker could not read. */
  withheld: number;
}

/** A line of `people.jsonl`. */
export interface BundlePerson {
  id: string;
  name: string;
}

/** A line of `manifest.json`. */
export interface ListedFile {
  path: string;
  size: number;
  sha256: string;
}

export const HEADER_PATH = 'bundle.json';
export const PEOPLE_PATH = 'people.jsonl';
export const ANCHORS_PATH = 'anchors.jsonl';
export const MANIFEST_PATH = 'manifest.json';
/** Entries or batches of one file of the archive at most. */
export const LINES_PER_FILE = 1_000;

/** Where the n-th file of batches or of entries stands. */
export function pagePath(kind: 'batches' | 'entries', number: number): string {
  return `${kind}/${String(number).padStart(6, '0')}.jsonl`;
}

export function documentPath(name: string, ending: 'yjs' | 'md'): string {
  return `documents/${name}.${ending}`;
}

export function attachmentPath(hash: string): string {
  return `attachments/${hash}`;
}

/** What a path of a bundle holds; null: no bundle has it. */
export type BundlePart =
  | { kind: 'header' }
  | { kind: 'manifest' }
  | { kind: 'people' | 'anchors' }
  | { kind: 'batches' | 'entries'; page: number }
  | { kind: 'document'; name: string; ending: 'yjs' | 'md' }
  | { kind: 'attachment'; hash: string };

export function partOf(path: string): BundlePart | null {
  switch (path) {
    case HEADER_PATH:
      return { kind: 'header' };
    case PEOPLE_PATH:
      return { kind: 'people' };
    case ANCHORS_PATH:
      return { kind: 'anchors' };
    case MANIFEST_PATH:
      return { kind: 'manifest' };
    default: {
      const page = /^(batches|entries)\/(\d{6})\.jsonl$/.exec(path);
      if (page) return { kind: page[1] as 'batches' | 'entries', page: Number(page[2]) };
      const document = /^documents\/([a-z0-9][a-z0-9_-]{0,39})\.(yjs|md)$/.exec(path);
      if (document?.[1] !== undefined)
        return { kind: 'document', name: document[1], ending: document[2] as 'yjs' | 'md' };
      const hash = /^attachments\/([0-9a-f]{64})$/.exec(path)?.[1];
      return hash === undefined ? null : { kind: 'attachment', hash };
    }
  }
}
