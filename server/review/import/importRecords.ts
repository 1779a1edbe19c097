import { createHash } from 'node:crypto';
import type { Refusal } from '#shared/contract/refusals.ts';
import { RECORDS_PER_COMMAND } from '#shared/contract/review.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import type { Clock, Room } from '../../rooms/ports.ts';
import type { OpenImport } from './importFile.ts';
import type { ImportFile } from './importWorker.ts';

/** How the records of a file come into a room. */
export interface ImportInto {
  room: Pick<Room, 'state' | 'submit'>;
  person: string;
  importId: string;
  source: ImportFile['source'];
  clock: Clock;
  /** Between two commands; the person must be able to say something meanwhile. Milliseconds. */
  pause: number;
  /** After so long the rest is left for another request. Milliseconds. */
  patience: number;
}

/** How far an import came. */
export type ImportProgress = { imported: number; done: boolean } | { refusal: Refusal };

/**
 * The id of an import: of what is imported and how it is read, so that the same file is not imported twice. One that was
 * withdrawn can be imported anew, under another id.
 */
export function importIdOf({ source, bytes, zone }: ImportFile, state: IncidentState): string {
  const content = createHash('sha256').update(bytes).digest();
  for (let attempt = 1; ; attempt += 1) {
    const hash = createHash('sha256')
      .update(`${attempt}\n${source}\n${zone}\n`)
      .update(content)
      .digest('hex');
    const importId = `import-${hash.slice(0, 24)}`;
    const before = state.review?.imports.find((each) => each.importId === importId);
    if (!before?.withdrawn) return importId;
  }
}

/**
 * Brings records into the log, a hundred with each command, from where an earlier request stopped. Stops at the first
 * refusal that is more than "not so fast".
 */
export async function importRecords(opened: OpenImport, into: ImportInto): Promise<ImportProgress> {
  const { room, clock, importId } = into;
  const { records: total } = opened.summary;
  const began = clock.elapsed();
  let imported = room.state.review?.imports.find((each) => each.importId === importId)?.count ?? 0;
  while (imported < total) {
    if (clock.elapsed() - began > into.patience) return { imported, done: false };
    const records = await opened.records(imported, RECORDS_PER_COMMAND);
    const commandId = `${importId}-${imported + 1}`;
    const body = { importId, source: into.source, records };
    const answer = await room.submit(
      { type: 'records.import', body, commandId },
      { kind: 'person', id: into.person },
    );
    if (answer.ok) imported += records.length;
    else if (answer.refusal.reason !== 'rate_limited') return { refusal: answer.refusal };
    if (imported < total) await pause(clock, answer.ok ? into.pause : 1_000);
  }
  return { imported, done: true };
}

function pause(clock: Clock, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(milliseconds, resolve);
  });
}
