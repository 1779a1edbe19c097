import type { ReviewStore } from '../rooms/reviewPort.ts';
import { build } from './postgresDatabase.ts';
import type { Reading } from './queries/reading.ts';
import { reviewReads, reviewWrites } from './review.ts';
import { unpackBatch } from './rows.ts';

/** How a query, several of one moment, and a transaction are run. */
interface Runs {
  read<T>(reading: () => Reading<T>): Promise<T>;
  readTogether<T>(reading: () => Reading<T>): Promise<T>;
  write<T>(writing: () => Reading<T>): Promise<T>;
}

/** What replay and review read and keep, on PostgreSQL. */
export function postgresReview({ read, readTogether, write }: Runs): ReviewStore {
  const reads = reviewReads(build);
  const writes = reviewWrites(build);
  return {
    loadMoment: async (...args) => {
      const moment = await readTogether(() => reads.loadMoment(...args));
      return { ...moment, batches: moment.batches.map(unpackBatch) };
    },
    lastSegment: (...args) => read(() => reads.lastSegment(...args)),
    documentClients: (...args) => read(() => reads.documentClients(...args)),
    activity: (...args) => readTogether(() => reads.activity(...args)),
    saveSegment: (...args) => write(() => writes.saveSegment(...args)),
    saveOutsideEvent: (...args) => write(() => writes.saveOutsideEvent(...args)),
    outsideEvents: (...args) => readTogether(() => reads.outsideEvents(...args)),
    saveAttachment: (...args) => write(() => writes.saveAttachment(...args)),
    readAttachment: (...args) => read(() => reads.readAttachment(...args)),
    listAttachments: (...args) => read(() => reads.listAttachments(...args)),
    busyTimesOf: (...args) => read(() => reads.busyTimesOf(...args)),
  };
}
