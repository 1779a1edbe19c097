import { fold } from '#shared/incident/evolve.ts';
import type { FinishImport, ImportPiece } from '../rooms/ports.ts';
import { advance, appendEntry, startOf } from './append.ts';
import type { Position } from './append.ts';
import { boardOf } from './packed.ts';
import type { Build } from './queries/build.ts';
import { all, first } from './queries/reading.ts';
import type { Reading } from './queries/reading.ts';

/** Rows of one statement; below what either database takes as parameters. */
const ROWS = 500;

/** Tables that hold what an import takes before the incident exists. */
const TAKEN = [
  'entries',
  'document_batches',
  'client_ids',
  'snapshots',
  'attachments',
  'search_texts',
] as const;

/** What an import writes, of both databases. Each runs inside a transaction of whoever runs it. */
export function importWrites(db: Build) {
  function* exists(incidentId: string): Reading<boolean> {
    const found = yield* first(db.selectFrom('incidents').select('id').where('id', '=', incidentId));
    const head = yield* first(db.selectFrom('heads').select('seq').where('incident_id', '=', incidentId));
    return found !== undefined || (head !== undefined && Number(head.seq) > 0);
  }

  return {
    exists,
    /** True when the rows were taken: there is no such incident yet. */
    *importPiece({ incidentId, ...piece }: ImportPiece): Reading<boolean> {
      if (yield* exists(incidentId)) return false;
      const id = { incident_id: incidentId };
      const beginning = db.insertInto('heads').values(startOf(incidentId, 0));
      yield* all(beginning.onConflict((conflict) => conflict.column('incident_id').doNothing()));
      for (const rows of slices(piece.entries)) {
        const values = rows.map(({ withheld: _, ...entry }) => ({ ...entry, ...id, batch_id: null }));
        yield* all(db.insertInto('entries').values(values));
      }
      for (const rows of slices(piece.batches)) {
        const values = rows.map((batch) => ({ ...batch, ...id, batch_id: null }));
        yield* all(db.insertInto('document_batches').values(values));
      }
      for (const rows of slices(piece.clientIds)) {
        const values = rows.map(({ name, clientId, person }) => ({
          ...id,
          name,
          client_id: clientId,
          person,
        }));
        yield* all(db.insertInto('client_ids').values(values));
      }
      for (const rows of slices(piece.snapshots)) {
        yield* all(db.insertInto('snapshots').values(rows.map((snapshot) => ({ ...id, ...snapshot }))));
      }
      return true;
    },
    *forget(incidentId: string, tables: readonly (typeof TAKEN)[number][]): Reading<void> {
      for (const table of tables) yield* all(db.deleteFrom(table).where('incident_id', '=', incidentId));
      yield* all(db.deleteFrom('heads').where('incident_id', '=', incidentId));
    },
    /**
     * The incident itself: its entry of the import, its head, its place on the board. Answers where the log stands then, or
     * null when the incident exists already. Throws when something of it is missing.
     */
    *finishImport(request: FinishImport): Reading<{ number: number; position: Position } | null> {
      const { incidentId, head, actor, now } = request;
      if (yield* exists(incidentId)) return null;
      const { entries, batches } = yield* counted(incidentId);
      if (entries !== head.seq || batches !== head.docSeq)
        throw new Error(`The import of ${incidentId} has ${entries} entries and ${batches} batches.`);
      const number = yield* nextNumber();
      const position: Position = {
        ...{ incident_id: incidentId, seq: head.seq, hash: head.hash },
        ...{ doc_seq: head.docSeq, doc_hash: head.docHash, at: request.at },
      };
      advance(position, now);
      const { cameFrom, verified, difference } = request;
      const { entry, row } = appendEntry(position, {
        ...{ actor, type: 'incident.imported', commandId: null, batchId: null },
        body: {
          ...{ number, from: cameFrom.number, head: cameFrom.head, verified },
          ...(difference === undefined ? {} : { difference }),
        },
      });
      const state = fold(request.state, [entry]);
      const board = boardOf(state);
      yield* all(db.insertInto('entries').values(row));
      yield* all(db.updateTable('heads').set(position).where('incident_id', '=', incidentId));
      const drill = state.drill ? 1 : 0;
      const declared = { drill, declared_at: state.declaredAt } as const;
      yield* all(db.insertInto('incidents').values({ ...board, ...declared, id: incidentId, number }));
      const id = { incident_id: incidentId };
      for (const person of board.readers === null ? [] : (JSON.parse(board.readers) as string[]))
        yield* all(db.insertInto('incident_readers').values({ ...id, person }));
      for (const { name, docSeq } of request.documents)
        yield* all(db.insertInto('documents').values({ ...id, name, doc_seq: docSeq, searched_doc_seq: 0 }));
      const snapshot = { ...id, seq: state.seq, state: JSON.stringify(state) };
      yield* all(db.insertInto('snapshots').values(snapshot));
      return { number, position };
    },
  };

  /** How much was taken, to be compared with what should be there. */
  function* counted(incidentId: string): Reading<{ entries: number; batches: number }> {
    const count = (table: 'entries' | 'document_batches') =>
      db
        .selectFrom(table)
        .select((on) => on.fn.countAll().as('n'))
        .where('incident_id', '=', incidentId);
    const entries = yield* first(count('entries'));
    const batches = yield* first(count('document_batches'));
    return { entries: Number(entries?.n ?? 0), batches: Number(batches?.n ?? 0) };
  }

  function* nextNumber(): Reading<number> {
    const row = yield* first(
      db
        .insertInto('counters')
        .values({ name: 'incident_number', value: 1 })
        .onConflict((conflict) =>
          conflict.column('name').doUpdateSet((on) => ({ value: on('counters.value', '+', 1) })),
        )
        .returning('value'),
    );
    return row?.value ?? 1;
  }
}

export const importTables = TAKEN;

function* slices<T>(rows: readonly T[]): Generator<T[]> {
  for (let at = 0; at < rows.length; at += ROWS) yield rows.slice(at, at + ROWS);
}
