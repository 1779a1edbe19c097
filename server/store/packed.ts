import type { Entry } from '#shared/contract/entries.ts';
import type { Head } from '#shared/contract/wire.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import type { CommitRequest, CommitResult, DocumentBatch, Missed } from '../rooms/ports.ts';
import { encodePayload } from '../rooms/payload.ts';
import { unpackBatch } from './rows.ts';
import type { PackedBatch } from './rows.ts';
import { fold } from './searchTerms.ts';
import type { IncidentsTable } from './schema.ts';

/** A state is kept for this many entries, so that opening and scrubbing never fold more than that. */
const SNAPSHOT_EVERY = 500;

/** The columns of the board that follow from the state. */
export type BoardColumns = Pick<
  IncidentsTable,
  | 'title'
  | 'title_folded'
  | 'severity'
  | 'status'
  | 'private'
  | 'commander'
  | 'epoch'
  | 'next_update_at'
  | 'resolved_at'
  | 'offered_to'
  | 'members'
  | 'readers'
>;

/** A commit request as it goes to the writer: updates as bytes to hand over, the state as the columns it changes. */
export interface PackedCommit extends Omit<CommitRequest, 'documents' | 'state'> {
  documents: { name: string; payload: Uint8Array; newClientIds: { clientId: number; person: string }[] }[];
  board: BoardColumns | null;
  snapshot: { seq: number; state: string } | null;
}

/** What stands after the position that a room knows. */
export interface PackedMissed {
  entries: Entry[];
  documents: PackedBatch[];
}

/** What the writer answers; the updates of the request itself do not travel back. */
export type PackedResult =
  | {
      kind: 'committed';
      missed: PackedMissed;
      entries: Entry[];
      documents: Omit<DocumentBatch, 'updates'>[];
      head: Head;
    }
  | { kind: 'behind'; missed: PackedMissed; head: Head }
  | { kind: 'client_id_taken'; name: string; clientId: number };

export function packCommit(request: CommitRequest): PackedCommit {
  const { state, documents, ...rest } = request;
  return {
    ...rest,
    documents: documents.map(({ name, updates, newClientIds }) => ({
      name,
      newClientIds,
      payload: encodePayload(updates),
    })),
    board: state && boardOf(state),
    snapshot: state && wantsSnapshot(request) ? { seq: state.seq, state: JSON.stringify(state) } : null,
  };
}

/** The result with the updates that the request brought. */
export function unpackResult(request: CommitRequest, result: PackedResult): CommitResult {
  switch (result.kind) {
    case 'committed':
      return {
        ...result,
        missed: unpackMissed(result.missed),
        documents: result.documents.map((batch, index) => ({
          ...batch,
          updates: request.documents[index]?.updates ?? [],
        })),
      };
    case 'behind':
      return { ...result, missed: unpackMissed(result.missed) };
    case 'client_id_taken':
      return result;
    default:
      return result satisfies never;
  }
}

export function unpackMissed({ entries, documents }: PackedMissed): Missed {
  return { entries, documents: documents.map(unpackBatch) };
}

/** The board's columns of a state. */
export function boardOf(state: IncidentState): BoardColumns {
  const readers = [...new Set([...(state.members ?? []), ...(state.brokenBy ?? [])])];
  return {
    title: state.title,
    title_folded: fold(state.title),
    severity: state.severity,
    status: state.status,
    private: state.private ? 1 : 0,
    commander: state.commander,
    epoch: state.epoch,
    next_update_at: state.nextUpdateAt,
    resolved_at: state.resolvedAt,
    offered_to: state.offer?.to ?? null,
    members: state.private ? JSON.stringify(state.members ?? []) : null,
    readers: state.private ? JSON.stringify(readers) : null,
  };
}

/** Every 500 entries, and after each redaction, whose older snapshots are gone. */
function wantsSnapshot(request: CommitRequest): boolean {
  const entries = request.commands.reduce((sum, command) => sum + command.entries.length, 0);
  const [before, after] = [request.expectedSeq, request.expectedSeq + entries];
  return (
    request.erasures.length > 0 || Math.floor(after / SNAPSHOT_EVERY) > Math.floor(before / SNAPSHOT_EVERY)
  );
}
