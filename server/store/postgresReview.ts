import type { ReviewStore } from '../rooms/reviewPort.ts';
import { noRows } from './commitPlan.ts';
import { importTables, importWrites } from './importing.ts';
import { answer, build } from './postgresDatabase.ts';
import type { Connection } from './postgresPool.ts';
import { writeRows } from './postgresRows.ts';
import { all } from './queries/reading.ts';
import type { Reading } from './queries/reading.ts';
import { reviewReads, reviewWrites } from './review.ts';
import { unpackBatch } from './rows.ts';
import type { HeadsTable } from './schema.ts';
import { searchedText } from './searchTerms.ts';

/** How a query, several of one moment, and a transaction are run. */
interface Runs {
  read<T>(reading: () => Reading<T>): Promise<T>;
  readTogether<T>(reading: () => Reading<T>): Promise<T>;
  write<T>(writing: () => Reading<T>): Promise<T>;
  transaction<T>(work: (connection: Connection) => Promise<T>): Promise<T>;
  /** A log stands somewhere new. */
  anchored(position: HeadsTable): void;
}

/** What replay and review read and keep, on PostgreSQL. */
export function postgresReview({ read, readTogether, write, transaction, anchored }: Runs): ReviewStore {
  const reads = reviewReads(build);
  const writes = reviewWrites(build);
  const imports = importWrites(build);
  return {
    loadMoment: async (...args) => {
      const moment = await readTogether(() => reads.loadMoment(...args));
      return { ...moment, batches: moment.batches.map(unpackBatch) };
    },
    momentFrame: (...args) => readTogether(() => reads.momentFrame(...args)),
    lastSegment: (...args) => read(() => reads.lastSegment(...args)),
    documentClients: (...args) => read(() => reads.documentClients(...args)),
    activity: (...args) => readTogether(() => reads.activity(...args)),
    saveSegment: (segment) =>
      write(function* () {
        // No redaction is committed between the look for one and the segment.
        const head = build.selectFrom('heads').select('seq').where('incident_id', '=', segment.incidentId);
        yield* all(head.forUpdate());
        yield* writes.saveSegment(segment);
      }),
    saveOutsideEvent: (...args) => write(() => writes.saveOutsideEvent(...args)),
    outsideEvents: (...args) => readTogether(() => reads.outsideEvents(...args)),
    saveAttachment: (...args) => write(() => writes.saveAttachment(...args)),
    readAttachment: (...args) => read(() => reads.readAttachment(...args)),
    listAttachments: (...args) => read(() => reads.listAttachments(...args)),
    readStoredBatches: (...args) => read(() => reads.readStoredBatches(...args)),
    eraseMailAddress: (address) => write(() => writes.eraseMailAddress(address)),
    importPiece: (piece) =>
      transaction(async (connection) => {
        if (!(await answer(connection, imports.importPiece(piece)))) return;
        const texts = piece.entries.map(({ seq, at, type, body }) => ({
          ...{ incident_id: piece.incidentId, seq, at },
          text: searchedText(type, JSON.parse(body)),
        }));
        await writeRows(connection, { ...noRows(), texts: texts.filter(({ text }) => text !== '') });
      }),
    dropImport: (incidentId) =>
      write(function* () {
        if (!(yield* imports.exists(incidentId))) yield* imports.forget(incidentId, importTables);
      }),
    finishImport: async (request) => {
      const made = await write(() => imports.finishImport(request));
      if (!made) return { kind: 'known' };
      anchored(made.position);
      return { kind: 'imported', number: made.number };
    },
    busyTimesOf: (...args) => read(() => reads.busyTimesOf(...args)),
  };
}
