import type { Entry, NewEntry } from '#shared/contract/entries.ts';
import type { Head } from '#shared/contract/wire.ts';
import { evolve } from '#shared/incident/evolve.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import type {
  CommandRecord,
  CommitRequest,
  CommitResult,
  CreateIncident,
  CreateResult,
  Store,
} from '../../server/rooms/ports.ts';

export const ADA = 'ada-commander';
export const BEN = 'ben-responder';
export const START = Date.parse('2026-03-14T03:00:00.000Z');

/** A declaration with everything given but what a test cares about. */
export function declaration(id: string, given: Partial<CreateIncident> = {}): CreateIncident {
  return {
    id,
    actor: ADA,
    commandId: `declare-${id}`,
    commandHash: `hash of ${id}`,
    now: START,
    title: `Title of ${id}`,
    severity: 'SEV3',
    private: false,
    drill: false,
    template: new Uint8Array([0, 0]),
    ...given,
  };
}

export function chat(text: string): NewEntry {
  return { type: 'chat.posted', body: { text } };
}

/** What of a request edits the main document: one update of one byte. */
export function edit(byte: number): Partial<CommitRequest> {
  const updates = [{ author: BEN, update: new Uint8Array([byte]) }];
  return { documents: [{ name: 'main', updates, newClientIds: [] }] };
}

/** A room as the store sees it: it knows where it stands and folds what it commits. */
export class StoreRoom {
  readonly id: string;
  readonly store: Store;
  state: IncidentState;
  head: Head;
  now = START;
  /** Tells the ids of several rooms on one incident apart. */
  readonly #name: string;
  #commands = 0;

  constructor(
    store: Store,
    created: Extract<CreateResult, { kind: 'created' | 'repeated' }>,
    name = 'command',
  ) {
    this.store = store;
    this.#name = name;
    this.id = created.summary.id;
    this.state = created.state;
    this.head = created.summary.head;
  }

  /** A request with one command of these entries; none without entries. */
  request(entries: NewEntry[], given: Partial<CommitRequest> = {}): CommitRequest {
    this.#commands += 1;
    const command: CommandRecord = {
      actor: ADA,
      commandId: `${this.#name}-${this.#commands}-${this.head.seq}`,
      commandHash: `hash ${this.#commands}`,
      entries,
    };
    const request = {
      incidentId: this.id,
      batchId: `batch-${this.#name}-${this.#commands}`,
      now: (this.now += 1_000),
      expectedSeq: this.head.seq,
      expectedDocSeq: this.head.docSeq,
      commands: entries.length > 0 ? [command] : [],
      documents: [],
      erasures: [],
      deadlines: { set: [], clear: [] },
      ...given,
    };
    return { ...request, state: given.state === undefined ? this.#after(request) : given.state };
  }

  /** Commits and follows; throws unless it was committed. */
  async commit(entries: NewEntry[], given: Partial<CommitRequest> = {}): Promise<Committed> {
    return this.send(this.request(entries, given));
  }

  async send(request: CommitRequest): Promise<Committed> {
    const result = await this.store.commit(request);
    if (result.kind !== 'committed') throw new Error(`not committed: ${result.kind}`);
    for (const entry of result.entries) this.state = evolve(this.state, entry);
    this.head = result.head;
    return result;
  }

  /** One document batch of these updates. */
  async edit(updates: Uint8Array[], name = 'main', newClientIds: ClientIds = []): Promise<Committed> {
    const authored = updates.map((update) => ({ author: ADA, update }));
    return this.commit([], { documents: [{ name, updates: authored, newClientIds }] });
  }

  #after(request: Omit<CommitRequest, 'state'>): IncidentState | null {
    if (request.commands.length === 0) return null;
    const entries = request.commands.flatMap((command) =>
      command.entries.map((entry) => ({ ...entry, actor: command.actor })),
    );
    return entries.reduce(
      (state, entry) => evolve(state, provisional(entry, state, request)),
      structuredClone(this.state),
    );
  }
}

type Committed = Extract<CommitResult, { kind: 'committed' }>;
type ClientIds = CommitRequest['documents'][number]['newClientIds'];

/** Declares an incident and answers the room on it. */
export async function declared(
  store: Store,
  id: string,
  given: Partial<CreateIncident> = {},
): Promise<StoreRoom> {
  const created = await store.createIncident(declaration(id, given));
  if (created.kind === 'reused') throw new Error('reused');
  return new StoreRoom(store, created);
}

/** Every entry of a log. */
export async function wholeLog(store: Store, incidentId: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (;;) {
    const page = await store.readLog(incidentId, { after: entries.length, limit: 400 });
    if (!page) throw new Error(`no log ${incidentId}`);
    entries.push(...page.entries);
    if (!page.more) return entries;
  }
}

function provisional(
  entry: NewEntry & { actor: string },
  state: IncidentState,
  request: Omit<CommitRequest, 'state'>,
): Entry {
  const { actor, type } = entry;
  const stamp = { commandId: null, salt: '', bodyHash: '', prevHash: '', hash: '', docSeq: 0, docHash: '' };
  const at = new Date(request.now).toISOString();
  const body = { ...entry.body };
  return { ...stamp, incidentId: state.id, seq: state.seq + 1, at, version: 1, actor, type, body };
}
