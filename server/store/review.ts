import type { StoredBatch } from '../rooms/verifyLog.ts';
import type {
  Attachment,
  BusyTime,
  MomentBytes,
  OutsideEvent,
  ReviewStore,
  StoredActivity,
  StoredMoment,
} from '../rooms/reviewPort.ts';
import { writeMomentFrame } from '#shared/review/momentFrame.ts';
import { decodePayload } from '../rooms/payload.ts';
import type { Build } from './queries/build.ts';
import { documents } from './queries/documents.ts';
import { all, first } from './queries/reading.ts';
import type { Reading } from './queries/reading.ts';
import { addressKey } from './queries/outbox.ts';
import { activity, attachments, busyTimes, erased, outsideEvents, segments } from './queries/review.ts';
import { packedBatchOf } from './rows.ts';
import type { PackedBatch } from './rows.ts';
import type { AttachmentsTable, OutsideEventsTable } from './schema.ts';

type Query<Name extends keyof ReviewStore> = Parameters<ReviewStore[Name]>;

/** Reads of replay and review, of both databases. */
export function reviewReads(db: Build) {
  return {
    *loadMoment(
      incidentId: string,
      name: string,
      docSeq = Number.MAX_SAFE_INTEGER,
    ): Reading<StoredMoment<PackedBatch>> {
      const { reached, ...derived } = yield* derivedPieces(db, incidentId, name, docSeq);
      const rest = yield* all(documents.batches(db, incidentId, name, reached, docSeq));
      const batches = rest.map(packedBatchOf);
      return { ...derived, batches, docSeq: batches.at(-1)?.docSeq ?? reached };
    },
    *momentFrame(incidentId: string, name: string, upTo = Number.MAX_SAFE_INTEGER): Reading<MomentBytes> {
      const { reached, ...derived } = yield* derivedPieces(db, incidentId, name, upTo);
      const rest = yield* all(documents.stretch(db, incidentId, name, reached, upTo));
      const batches = rest.map((row) => ({
        ...{ docSeq: row.doc_seq, seqBefore: row.seq_before, at: row.at },
        updates: decodePayload(row.payload),
      }));
      const docSeq = batches.at(-1)?.docSeq ?? reached;
      const rawBytes = rest.reduce((sum, { payload }) => sum + payload.length, 0);
      return { docSeq, rawBytes, frame: writeMomentFrame({ ...derived, batches, docSeq }) };
    },
    *lastSegment(incidentId: string, name: string): Reading<number> {
      return (yield* first(segments.last(db, incidentId, name)))?.doc_seq ?? 0;
    },
    *documentClients(incidentId: string, name: string): Reading<{ clientId: number; person: string }[]> {
      const rows = yield* all(documents.clientIds(db, incidentId, name));
      return rows.map((row) => ({ clientId: row.client_id, person: row.person }));
    },
    *activity(...[incidentId, name, per]: Query<'activity'>): Reading<StoredActivity> {
      const chat = yield* all(activity.chat(db, incidentId, per));
      const document = yield* all(activity.document(db, incidentId, name, per));
      return { chat: chat.map(countOf), document: document.map(countOf) };
    },
    *outsideEvents(span: Query<'outsideEvents'>[0]): Reading<OutsideEvent[]> {
      const live: OutsideEvent[] = [];
      for (const { service, at } of yield* all(outsideEvents.lastDeploys(db, span.from))) {
        live.push(...(yield* all(outsideEvents.deploysAt(db, service, Number(at)))).map(eventOf));
      }
      const within = (yield* all(outsideEvents.within(db, span))).map(eventOf);
      return [...live, ...within].toSorted((a, b) => a.at - b.at);
    },
    *readStoredBatches(...[incidentId, after, limit]: Query<'readStoredBatches'>): Reading<StoredBatch[]> {
      return yield* all(documents.stored(db, incidentId, after, limit));
    },
    *readAttachment(incidentId: string, hash: string): Reading<(Attachment & { bytes: Uint8Array }) | null> {
      const row = yield* first(attachments.one(db, incidentId, hash));
      return row ? { ...attachmentOf(row), bytes: row.bytes } : null;
    },
    *listAttachments(incidentId: string): Reading<Attachment[]> {
      return (yield* all(attachments.list(db, incidentId))).map(attachmentOf);
    },
    *busyTimesOf(incidentId: string): Reading<BusyTime[]> {
      const rows = yield* all(busyTimes.of(db, incidentId));
      return rows.map(({ actor, slot }) => ({ person: actor, slot: Date.parse(`${slot}0:00.000Z`) }));
    },
  };
}

/** What a document was merged into up to a batch, and how far that reaches. */
function* derivedPieces(db: Build, incidentId: string, name: string, upTo: number) {
  const row = yield* first(documents.checkpoint(db, incidentId, name, upTo));
  const checkpoint = row ? { docSeq: row.doc_seq, state: row.state } : null;
  let reached = checkpoint?.docSeq ?? 0;
  const merged: StoredMoment['segments'] = [];
  for (const each of yield* all(segments.between(db, incidentId, name, reached, upTo))) {
    // One that begins past what is there already would leave a gap.
    if (each.after_doc_seq > reached) break;
    merged.push({ docSeq: each.doc_seq, update: each.merged });
    reached = each.doc_seq;
  }
  return { checkpoint, segments: merged, reached };
}

/** What replay and review keep. Each runs inside a transaction of whoever runs it. */
export function reviewWrites(db: Build) {
  return {
    *saveSegment(...[segment]: Query<'saveSegment'>): Reading<void> {
      const { incidentId, seq = Number.MAX_SAFE_INTEGER } = segment;
      const redacted = db
        .selectFrom('entries')
        .select('seq')
        .where('incident_id', '=', incidentId)
        .where('seq', '>', seq)
        .where('type', '=', 'document.redacted');
      if (yield* first(redacted.limit(1))) return;
      yield* all(segments.save(db, segment));
    },
    *saveOutsideEvent(...[event]: Query<'saveOutsideEvent'>): Reading<'saved' | 'repeated'> {
      const known = yield* first(outsideEvents.one(db, event.id));
      if (!known) {
        yield* all(outsideEvents.add(db, event));
        return 'saved';
      }
      if (event.endedAt !== null) yield* all(outsideEvents.end(db, event.id, event.endedAt));
      return 'repeated';
    },
    *eraseMailAddress(address: string): Reading<void> {
      const key = addressKey('mail', address);
      const targets = db
        .selectFrom('targets')
        .select('id')
        .where('channel', '=', 'mail')
        .where('address_key', '=', key);
      const ids = (yield* all(targets)).map(({ id }) => id);
      yield* all(erased.unfinished(db, { ids, address, key }));
      yield* all(erased.deliveries(db, { ids, address, key }));
      yield* all(db.deleteFrom('targets').where('channel', '=', 'mail').where('address_key', '=', key));
    },
    *saveAttachment(...[attachment, bytes]: Query<'saveAttachment'>): Reading<void> {
      yield* all(attachments.add(db, attachment, bytes));
    },
  };
}

/** `time` is the beginning of an ISO time, to the second or the minute. */
function countOf({ time, count }: { time: string; count: string | number | bigint }) {
  const at = new Date(`${time}${time.length === 16 ? ':00' : ''}Z`).toISOString();
  return { at, count: Number(count) };
}

function eventOf(row: OutsideEventsTable): OutsideEvent {
  const { id, kind, service, title, at, link } = row;
  const times = { endedAt: row.ended_at, createdAt: row.created_at, createdBy: row.created_by };
  return { id, kind, service, title, at, link, ...times };
}

function attachmentOf(row: Omit<AttachmentsTable, 'bytes'>): Attachment {
  const { hash, type, size } = row;
  const made = { createdAt: row.created_at, createdBy: row.created_by };
  return { incidentId: row.incident_id, hash, type, size, ...made };
}
