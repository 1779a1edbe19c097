import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Entry } from '#shared/contract/entries.ts';

/** What a test says of an entry; the rest follows from its place. */
export interface Said {
  type: string;
  actor: string;
  commandId?: string;
  body?: Readonly<Record<string, unknown>>;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A log whose chain holds, made without the server's code. */
export function chainedLog(incidentId: string, said: readonly Said[]): Entry[] {
  const entries: Entry[] = [];
  for (const [index, { type, actor, commandId, body = {} }] of said.entries()) {
    const salt = index.toString(16).padStart(32, '0');
    const covered = {
      incidentId,
      seq: index + 1,
      at: new Date(Date.UTC(2026, 0, 1, 0, 0, index)).toISOString(),
      actor,
      type,
      version: 1,
      commandId: commandId ?? null,
      docSeq: 0,
      docHash: '0'.repeat(64),
      bodyHash: sha256(salt + canonicalize(body)),
      prevHash: entries.at(-1)?.hash ?? '0'.repeat(64),
    };
    entries.push({ ...covered, salt, body, hash: sha256(canonicalize(covered) ?? '') });
  }
  return entries;
}
