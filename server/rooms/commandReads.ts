import type { Command, SystemCommand } from '#shared/contract/commands.ts';
import type { Actor, TargetEntry } from '#shared/incident/context.ts';
import { findErasable } from './findErasable.ts';
import type { FoundErasable } from './findErasable.ts';
import type { InboxReads } from './inbox.ts';
import type { RoomStore } from './ports.ts';
import type { RecentEntries } from './recentEntries.ts';

/** What is known of what a command names, besides the entry it points at. */
export interface NamedFacts {
  /** The uploaded file that it attaches. */
  attachment: { type: string; size: number } | null;
  /** What a redaction of a document reaches. */
  erasable: FoundErasable | null;
}

export const nothingNamed: NamedFacts = { attachment: null, erasable: null };

/** Reads for commands of one room, from memory where possible. */
export function createCommandReads(
  incidentId: string,
  store: Pick<RoomStore, 'readEntry' | 'findCommand' | 'listAttachments' | 'readBatches'>,
  recent: Pick<RecentEntries, 'at'>,
  commander: () => string,
): InboxReads {
  async function target(seq: number): Promise<TargetEntry | null> {
    const entry = recent.at(seq) ?? (await store.readEntry(incidentId, seq));
    return entry ? { seq, type: entry.type, actor: entry.actor, redacted: entry.redacted === true } : null;
  }

  async function named(command: Command | SystemCommand, actor: Actor): Promise<NamedFacts> {
    if (command.type === 'attachment.add') {
      const found = (await store.listAttachments(incidentId)).find(({ hash }) => hash === command.body.hash);
      return { ...nothingNamed, attachment: found ? { type: found.type, size: found.size } : null };
    }
    // It reads the whole history: not for somebody who will be refused.
    const mayErase = actor.kind === 'person' && actor.id === commander();
    if (command.type !== 'document.redact' || !mayErase) return nothingNamed;
    return { ...nothingNamed, erasable: await findErasable(store, incidentId, command.body) };
  }

  return { target, named, known: (actor, commandId) => store.findCommand(incidentId, actor, commandId) };
}
