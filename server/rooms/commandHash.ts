import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** Tells a repeated command from a reused id: sha256 over the canonical JSON (RFC 8785) of type and body, hex. */
export function commandHash(type: string, body: unknown): string {
  return createHash('sha256')
    .update(canonicalize({ type, body }) ?? '')
    .digest('hex');
}
