import { canonicalJson, ZERO_HASH } from '#shared/contract/chain.ts';
import { entryTypes, isEntryType } from '#shared/contract/entries.ts';
import type { Entry } from '#shared/contract/entries.ts';
import type { Head } from '#shared/contract/wire.ts';
import { batchHash, bodyHash, entryHash, sha256 } from '../../server/rooms/hashing.ts';
import { encodePayload } from '../../server/rooms/payload.ts';
import type {
  AuthoredUpdate,
  CommandRecord,
  CommitRequest,
  CommitResult,
  Deadline,
  DocumentBatch,
  Erasure,
  Missed,
} from '../../server/rooms/ports.ts';

/** One incident in memory: its log, its documents, and the rows that follow from them. */
export class MemoryLog {
  readonly incidentId: string;
  readonly entries: Entry[] = [];
  readonly batches: DocumentBatch[] = [];
  readonly commands = new Map<string, { seq: number; commandHash: string }>();
  /** Owners by `<document> <client id>`. */
  readonly clientIds = new Map<string, string>();
  readonly segments: { name: string; after: number; docSeq: number; update: Uint8Array }[] = [];
  readonly checkpoints: { name: string; docSeq: number; state: Uint8Array }[] = [];
  readonly deadlines = new Map<string, Deadline>();
  /** The newest recorded time. */
  #at: string;

  constructor(incidentId: string, at: string) {
    this.incidentId = incidentId;
    this.#at = at;
  }

  head(): Head {
    return {
      seq: this.entries.length,
      hash: this.entries.at(-1)?.hash ?? ZERO_HASH,
      docSeq: this.batches.length,
      docHash: this.batches.at(-1)?.docHash ?? ZERO_HASH,
    };
  }

  missedSince(known: { seq: number; docSeq: number }): Missed {
    return { entries: this.entries.slice(known.seq), documents: this.batches.slice(known.docSeq) };
  }

  /** All of the request, or nothing of it and the reason. Throws when the room stands ahead of the log. */
  commit(request: CommitRequest): CommitResult {
    const { commands, documents, expectedSeq, expectedDocSeq } = request;
    if (expectedSeq > this.entries.length || expectedDocSeq > this.batches.length) {
      throw new Error(
        `the room stands at ${expectedSeq}/${expectedDocSeq}, its log at ${this.entries.length}/${this.batches.length}`,
      );
    }
    const missed = this.missedSince({ seq: expectedSeq, docSeq: expectedDocSeq });
    if (commands.length > 0 && (missed.entries.length > 0 || commands.some((one) => this.#knows(one)))) {
      return { kind: 'behind', missed, head: this.head() };
    }
    const taken = this.#claim(documents);
    if (taken) return { kind: 'client_id_taken', ...taken };
    const now = new Date(request.now).toISOString();
    if (now > this.#at) this.#at = now;
    const stored = documents.map(({ name, updates }) => this.addBatch(name, updates));
    const remainders = this.#erase(request.erasures);
    const entries = commands.flatMap((command) => this.#addCommand(command, remainders));
    for (const deadline of request.deadlines.set) this.deadlines.set(deadline.id, deadline);
    for (const id of request.deadlines.clear) this.deadlines.delete(id);
    return { kind: 'committed', missed, entries, documents: stored, head: this.head() };
  }

  addBatch(name: string, updates: AuthoredUpdate[]): DocumentBatch {
    const { docSeq, docHash, seq } = this.head();
    const hashed = {
      incidentId: this.incidentId,
      name,
      docSeq: docSeq + 1,
      seqBefore: seq,
      at: this.#at,
      payloadHash: sha256(encodePayload(updates)),
      prevDocHash: docHash,
    };
    const { incidentId, seqBefore, at } = hashed;
    const batch = {
      incidentId,
      name,
      docSeq: hashed.docSeq,
      at,
      seqBefore,
      updates,
      docHash: batchHash(hashed),
    };
    this.batches.push(batch);
    return batch;
  }

  addEntry(part: { actor: string; commandId: string | null; type: string; body: Entry['body'] }): Entry {
    const { seq, hash, docSeq, docHash } = this.head();
    const body = canonicalJson(part.body);
    // Known beforehand, so that a seed gives the same hashes each time.
    const salt = String(seq + 1).padStart(32, '0');
    const hashed = {
      incidentId: this.incidentId,
      seq: seq + 1,
      at: this.#at,
      actor: part.actor,
      type: part.type,
      version: isEntryType(part.type) ? entryTypes[part.type].version : 1,
      commandId: part.commandId,
      docSeq,
      docHash,
      bodyHash: bodyHash(salt, body),
      prevHash: hash,
    };
    const entry: Entry = {
      ...hashed,
      body: JSON.parse(body) as Entry['body'],
      salt,
      hash: entryHash(hashed),
    };
    this.entries.push(entry);
    return entry;
  }

  #knows({ actor, commandId }: CommandRecord): boolean {
    return this.commands.has(`${actor} ${commandId}`);
  }

  /** Writes the new client ids down; the first one that is somebody else's ends it, with none written. */
  #claim(documents: CommitRequest['documents']): { name: string; clientId: number } | null {
    const fresh = new Map<string, string>();
    for (const { name, newClientIds } of documents) {
      for (const { clientId, person } of newClientIds) {
        const key = `${name} ${clientId}`;
        if ((this.clientIds.get(key) ?? fresh.get(key) ?? person) !== person) return { name, clientId };
        fresh.set(key, person);
      }
    }
    for (const [key, person] of fresh) this.clientIds.set(key, person);
    return null;
  }

  #addCommand(command: CommandRecord, remainders: ReadonlyMap<number, string>): Entry[] {
    const { actor, commandId, commandHash } = command;
    this.commands.set(`${actor} ${commandId}`, { seq: this.entries.length + 1, commandHash });
    return command.entries.map(({ type, body }) => {
      const remainderHash = type === 'entry.redacted' ? remainders.get(body.seq) : undefined;
      const stored = remainderHash === undefined ? { ...body } : { ...body, remainderHash };
      return this.addEntry({ actor, commandId, type, body: stored });
    });
  }

  /** Erases free text and its salt; answers the hash of what is left of each body, which its redaction carries. */
  #erase(erasures: readonly Erasure[]): Map<number, string> {
    const remainders = new Map<number, string>();
    for (const { seq, fields } of erasures) {
      const entry = this.entries[seq - 1];
      if (!entry) throw new Error(`${this.incidentId} has no entry ${seq} to erase.`);
      const left = Object.entries(entry.body).filter(([name]) => !fields.includes(name));
      const body = Object.fromEntries(left) as Entry['body'];
      this.entries[seq - 1] = { ...entry, body, salt: null, redacted: true };
      remainders.set(seq, sha256(canonicalJson(body)));
    }
    return remainders;
  }
}
