import type { Clock, Store } from '../rooms/ports.ts';

/** What is written to the system log: everything about people, access and links that somebody may have to prove. */
export interface AuditLog {
  /** `actor` is a person id, or `system`. Bodies hold ids, never secrets, addresses or names. */
  record(
    actor: string,
    type: AuditType,
    body: Readonly<Record<string, string | number | boolean>>,
  ): Promise<void>;
}

export type AuditType =
  | 'person.added'
  | 'person.changed'
  | 'person.invited'
  | 'person.joined'
  | 'password.changed'
  | 'sessions.ended'
  | 'link.created'
  | 'link.revoked'
  | 'setting.changed'
  | 'setting.removed'
  | 'target.added'
  | 'target.removed'
  | 'channel.tested'
  | 'incident.exported'
  | 'incident.imported'
  | 'person.erased';

/** Writes to the store's system log. */
export function createAuditLog(parts: { store: Pick<Store, 'appendSystemEntry'>; clock: Clock }): AuditLog {
  return {
    async record(actor, type, body) {
      await parts.store.appendSystemEntry({ now: parts.clock.now(), actor, type, body });
    },
  };
}
