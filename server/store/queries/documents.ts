import type { Build } from './build.ts';

export const documents = {
  all: (db: Build, incidentId: string) =>
    db
      .selectFrom('documents')
      .select(['name', 'doc_seq'])
      .where('incident_id', '=', incidentId)
      .orderBy('name'),
  one: (db: Build, incidentId: string, name: string) =>
    db.selectFrom('documents').selectAll().where('incident_id', '=', incidentId).where('name', '=', name),
  searched: (db: Build, incidentId: string, name: string, docSeq: number, searchId: number | null) =>
    db
      .updateTable('documents')
      .set({ search_id: searchId, searched_doc_seq: docSeq })
      .where('incident_id', '=', incidentId)
      .where('name', '=', name),
  batches: (db: Build, incidentId: string, name: string, after: number, upTo: number, limit?: number) => {
    const query = db
      .selectFrom('document_batches')
      .select(['incident_id', 'doc_seq', 'name', 'seq_before', 'at', 'payload', 'doc_hash'])
      .where('incident_id', '=', incidentId)
      .where('name', '=', name)
      .where('doc_seq', '>', after)
      .where('doc_seq', '<=', upTo)
      .orderBy('doc_seq');
    return limit === undefined ? query : query.limit(limit);
  },
  /** The same with nothing but what a replay shows. */
  stretch: (db: Build, incidentId: string, name: string, after: number, upTo: number) =>
    db
      .selectFrom('document_batches')
      .select(['doc_seq', 'seq_before', 'at', 'payload'])
      .where('incident_id', '=', incidentId)
      .where('name', '=', name)
      .where('doc_seq', '>', after)
      .where('doc_seq', '<=', upTo)
      .orderBy('doc_seq'),
  /** Batches of all documents of an incident. */
  missed: (db: Build, incidentId: string, after: number) =>
    db
      .selectFrom('document_batches')
      .select(['incident_id', 'doc_seq', 'name', 'seq_before', 'at', 'payload', 'doc_hash'])
      .where('incident_id', '=', incidentId)
      .where('doc_seq', '>', after)
      .orderBy('doc_seq'),
  /** Of all documents of an incident, as they are stored. */
  stored: (db: Build, incidentId: string, after: number, limit: number) =>
    db
      .selectFrom('document_batches')
      .select(['incident_id', 'doc_seq', 'name', 'seq_before', 'at', 'payload'])
      .select(['payload_hash', 'prev_doc_hash', 'doc_hash'])
      .where('incident_id', '=', incidentId)
      .where('doc_seq', '>', after)
      .orderBy('doc_seq')
      .limit(limit),
  batchTime: (db: Build, incidentId: string, docSeq: number) =>
    db
      .selectFrom('document_batches')
      .select('at')
      .where('incident_id', '=', incidentId)
      .where('doc_seq', '=', docSeq),
  checkpoint: (db: Build, incidentId: string, name: string, upTo: number) =>
    db
      .selectFrom('checkpoints')
      .select(['doc_seq', 'state'])
      .where('incident_id', '=', incidentId)
      .where('name', '=', name)
      .where('doc_seq', '<=', upTo)
      .orderBy('doc_seq', 'desc')
      .limit(1),
  keepCheckpoint: (db: Build, incidentId: string, name: string, docSeq: number, state: Uint8Array) =>
    db
      .insertInto('checkpoints')
      .values({ incident_id: incidentId, name, doc_seq: docSeq, state })
      .onConflict((conflict) => conflict.columns(['incident_id', 'name', 'doc_seq']).doUpdateSet({ state })),
  clientIds: (db: Build, incidentId: string, name: string) =>
    db
      .selectFrom('client_ids')
      .select(['client_id', 'person'])
      .where('incident_id', '=', incidentId)
      .where('name', '=', name),
};
