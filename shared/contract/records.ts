import Type from 'typebox';
import type { Static } from 'typebox';
import { DOCUMENT_NAME_PATTERN } from '../document.ts';
import { RANGES_PER_REDACTION } from './recordWords.ts';
import type { Head } from './wire.ts';

const strict = { additionalProperties: false } as const;
const Clock = Type.Integer({ minimum: 0, maximum: 2 ** 31 });
const Reason = Type.String({ minLength: 1, maxLength: 2_000 });

/** Characters and elements of a document by who wrote them: the positions that Yjs gives them, which never change. */
export const DocumentRange = Type.Object(
  {
    client: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
    clock: Clock,
    length: Type.Integer({ minimum: 1, maximum: 2 ** 31 }),
  },
  strict,
);
export type DocumentRange = Static<typeof DocumentRange>;

/** The bodies of the commands about what is kept. */
export const recordCommandBodies = {
  'attachment.add': Type.Object(
    {
      /** sha256 of the bytes; they were uploaded before. */
      hash: Type.String({ pattern: '^[0-9a-f]{64}$' }),
      name: Type.String({ minLength: 1, maxLength: 400 }),
    },
    strict,
  ),
  'document.redact': Type.Object(
    {
      name: Type.String({ pattern: DOCUMENT_NAME_PATTERN.source, maxLength: 100 }),
      ranges: Type.Array(DocumentRange, { minItems: 1, maxItems: RANGES_PER_REDACTION }),
      reason: Reason,
    },
    strict,
  ),
} as const;

/** The bodies of the entries about what is kept. */
export interface RecordEntryBodies {
  /** Everything before this entry came from a bundle, as it stood there; its number here is a new one. */
  'incident.imported': {
    number: number;
    /** Its number where it came from. */
    from: number;
    /** Where the log stood there. */
    head: Head;
    /** True when both chains were whole. */
    verified: boolean;
    /** The first difference, where there was one. */
    difference?: string;
  };
  'attachment.added': { hash: string; name: string; type: string; size: number };
  'document.redacted': {
    name: string;
    ranges: DocumentRange[];
    reason: string;
    /** The rewritten batches with the sha256 of what is there now; the store adds it. */
    batches?: { docSeq: number; payloadHash: string }[];
  };
}
