import type { Entry } from '#shared/contract/entries.ts';
import { SYSTEM_ACTOR } from '#shared/contract/identifiers.ts';
import { deadlinesAfter } from '#shared/incident/deadlines.ts';
import { fold } from '#shared/incident/evolve.ts';
import { declare } from '#shared/incident/lifecycle.ts';
import { MAIN_DOCUMENT } from '#shared/document.ts';
import type { CreateIncident } from '../rooms/ports.ts';
import { boardOf } from './packed.ts';
import { encodePayload } from '../rooms/payload.ts';
import type { DeclarationsTable, IncidentsTable } from './schema.ts';
import type { SqliteCommits } from './sqliteCommit.ts';
import type { Database } from './sqliteDatabase.ts';
import type { SqliteLog } from './sqliteLog.ts';

/** What the writer answers to a declaration. */
export type CreatedIncident =
  | { kind: 'created'; entry: Entry }
  /** The same declaration was made before. */
  | { kind: 'repeated'; incidentId: string }
  | { kind: 'reused' };

/** Declares incidents, inside the writer's transaction. */
export class SqliteIncidents {
  readonly #log: SqliteLog;
  readonly #commits: SqliteCommits;
  readonly #declaration;
  readonly #insertDeclaration;
  readonly #nextNumber;
  readonly #insertIncident;

  constructor(db: Database, log: SqliteLog, commits: SqliteCommits) {
    this.#log = log;
    this.#commits = commits;
    this.#declaration = db.prepare<[string, string], DeclarationsTable>(
      'SELECT * FROM declarations WHERE actor = ? AND command_id = ?',
    );
    this.#insertDeclaration = db.prepare<[DeclarationsTable]>(
      `INSERT INTO declarations (actor, command_id, command_hash, incident_id)
       VALUES (@actor, @command_id, @command_hash, @incident_id)`,
    );
    this.#nextNumber = db.prepare<[], { value: number }>(
      `INSERT INTO counters (name, value) VALUES ('incident_number', 1)
       ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value`,
    );
    this.#insertIncident = db.prepare<[IncidentsTable]>(
      `INSERT INTO incidents (id, number, title, title_folded, severity, status, private, drill, commander, epoch,
         declared_at, next_update_at, resolved_at, offered_to, members, readers)
       VALUES (@id, @number, @title, @title_folded, @severity, @status, @private, @drill, @commander, @epoch,
         @declared_at, @next_update_at, @resolved_at, @offered_to, @members, @readers)`,
    );
  }

  /** Number, batch 1, entry 1 and what follows from them; or what this command id yielded before. */
  create(request: CreateIncident): CreatedIncident {
    const known = this.#declaration.get(request.actor, request.commandId);
    if (known) {
      return known.command_hash === request.commandHash
        ? { kind: 'repeated', incidentId: known.incident_id }
        : { kind: 'reused' };
    }
    const number = this.#nextNumber.get()?.value ?? 1;
    return { kind: 'created', entry: this.#declare(request, number) };
  }

  #declare(request: CreateIncident, number: number): Entry {
    const { id, actor, commandId, commandHash, drill } = request;
    const position = this.#log.begin(id, request.now);
    const payload = encodePayload([{ author: SYSTEM_ACTOR, update: request.template }]);
    const batch = this.#log.addBatch(position, { name: MAIN_DOCUMENT, payload, batchId: null });
    const entry = this.#log.addEntry(position, {
      actor,
      type: 'incident.declared',
      body: { ...declare(request, { id, number, commander: actor }) },
      commandId,
      batchId: null,
    });
    this.#log.save(position);

    const state = fold(null, [entry]);
    if (!state) throw new Error('A declaration makes a state.');
    const board = boardOf(state);
    this.#insertIncident.run({ ...board, id, number, drill: drill ? 1 : 0, declared_at: entry.at });
    this.#commits.writeReaders(id, board.readers);
    this.#commits.writeDocument(id, MAIN_DOCUMENT, batch.docSeq);
    this.#commits.index(entry);
    this.#commits.setDeadlines(id, deadlinesAfter(state));
    this.#insertDeclaration.run({
      actor,
      command_id: commandId,
      command_hash: commandHash,
      incident_id: id,
    });
    return entry;
  }
}
