import { entryTypes, isEntryType } from '#shared/contract/entries.ts';
import type { Entry, NewEntry } from '#shared/contract/entries.ts';
import type { Command, SystemCommand } from '#shared/contract/commands.ts';
import type { Limits } from '#shared/contract/limits.ts';
import { refuse } from '#shared/contract/refusals.ts';
import type { Refusal } from '#shared/contract/refusals.ts';
import { mayEnter } from '#shared/incident/can.ts';
import type { Actor, DecideContext, Outside, PersonFacts, TargetEntry } from '#shared/incident/context.ts';
import { deadlinesAfter } from '#shared/incident/deadlines.ts';
import { decide } from '#shared/incident/decide.ts';
import { evolve } from '#shared/incident/evolve.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import type { NamedFacts } from './commandReads.ts';
import type { CommandRecord, Deadline, DocumentErasure, Erasure } from './ports.ts';

/** A command in the inbox with everything a decision needs besides the state. */
export interface PreparedCommand {
  command: Command | SystemCommand;
  actor: Actor;
  commandHash: string;
  target: TargetEntry | null;
  named: NamedFacts;
  /** What this command id yielded before, or null. */
  known: { seq: number; commandHash: string } | null;
}

/** What becomes of one command of a batch. */
export type Verdict =
  | { kind: 'refused'; refusal: Refusal }
  /** The same command was committed earlier, as this seq. */
  | { kind: 'repeated'; seq: number }
  /** Its first entry will have this seq. */
  | { kind: 'accepted'; seq: number };

export interface DecidedBatch {
  verdicts: Verdict[];
  records: CommandRecord[];
  erasures: Erasure[];
  documentErasures: DocumentErasure[];
  deadlines: { set: Deadline[]; clear: string[] };
  /** The fold after the batch; the state given when nothing was accepted. */
  state: IncidentState;
}

/** True when a command of the batch was answered no. */
export function hasRefusals({ verdicts }: DecidedBatch): boolean {
  return verdicts.some((verdict) => verdict.kind === 'refused');
}

/** What deciding depends on besides commands and state. */
export interface BatchContext {
  now: number;
  newId(): string;
  people: ReadonlyMap<string, PersonFacts>;
  outside: Outside;
  /** Since when a person has had no connection to this server. */
  absentSince(person: string): number | null;
  /** Entries redacted since the targets of the commands were read. */
  redacted: ReadonlySet<number>;
  limits: Pick<Limits, 'chatCharacters' | 'nameGraphemes' | 'entryBodyBytes'>;
}

/** The id under which an actor's commands are remembered. */
export function actorId(actor: Actor): string {
  return actor.kind === 'system' ? 'system' : actor.id;
}

/**
 * Decides commands in order, each against the state that the ones before it leave. Reads nothing and writes nothing:
 * the caller commits the answer as a whole, or not at all.
 */
export function decideBatch(
  commands: readonly PreparedCommand[],
  before: IncidentState,
  context: BatchContext,
): DecidedBatch {
  let state = before;
  const verdicts: Verdict[] = [];
  const records: CommandRecord[] = [];
  const erasures: Erasure[] = [];
  const documentErasures: DocumentErasure[] = [];
  const redacted = new Set(context.redacted);
  /** Command ids accepted in this very batch. */
  const accepted = new Map<string, { seq: number; commandHash: string }>();

  for (const read of commands) {
    const prepared = { ...read, target: asOfNow(read.target, redacted) };
    const { command, actor, commandHash } = prepared;
    const key = `${actorId(actor)} ${command.commandId}`;
    const known = prepared.known ?? accepted.get(key) ?? null;
    const verdict = judge(prepared, known, state, context);
    if (!('entries' in verdict)) {
      verdicts.push(verdict);
      continue;
    }
    const seq = state.seq + 1;
    accepted.set(key, { seq, commandHash });
    records.push({
      actor: actorId(actor),
      commandId: command.commandId,
      commandHash,
      entries: verdict.entries,
    });
    erasures.push(...erasuresOf(verdict.entries, prepared.target));
    documentErasures.push(...documentErasuresOf(verdict.entries, prepared.named));
    for (const entry of verdict.entries) {
      if (entry.type === 'entry.redacted') redacted.add(entry.body.seq);
      state = evolve(state, provisionalEntry(entry, state, actorId(actor), context.now));
    }
    verdicts.push({ kind: 'accepted', seq });
  }
  const deadlines = changedDeadlines(before, state);
  return { verdicts, records, erasures, documentErasures, deadlines, state };
}

/** The target as the entries before this command leave it; it was read when the command arrived. */
function asOfNow(target: TargetEntry | null, redacted: ReadonlySet<number>): TargetEntry | null {
  return target && redacted.has(target.seq) ? { ...target, redacted: true } : target;
}

/** What a command that may be a repetition comes to. */
function judge(
  prepared: PreparedCommand,
  known: { seq: number; commandHash: string } | null,
  state: IncidentState,
  context: BatchContext,
): Verdict | { entries: NewEntry[] } {
  const { command, actor, commandHash } = prepared;
  const facts = actor.kind === 'person' ? context.people.get(actor.id) : undefined;
  // The right is judged again here: nothing queued before a revocation may commit after it.
  const mayCome =
    actor.kind === 'system' || mayEnter(actor.id, facts, state) || command.type === 'access.break';
  if (!mayCome) return { kind: 'refused', refusal: refuse('not_found') };
  if (known) {
    return known.commandHash === commandHash
      ? { kind: 'repeated', seq: known.seq }
      : { kind: 'refused', refusal: refuse('command_id_reused') };
  }
  const decision = decide(command, state, decideContext(prepared, state, context));
  if ('refusal' in decision) return { kind: 'refused', refusal: decision.refusal };
  const max = context.limits.entryBodyBytes;
  for (const entry of decision.entries) {
    const n = Buffer.byteLength(JSON.stringify(entry.body));
    if (n > max) return { kind: 'refused', refusal: refuse('too_large', { n, max }) };
  }
  return decision;
}

function decideContext(
  { actor, target, named }: PreparedCommand,
  state: IncidentState,
  context: BatchContext,
): DecideContext {
  return {
    actor,
    ...named,
    now: context.now,
    newId: context.newId(),
    people: context.people,
    target,
    outside: context.outside,
    commanderAbsentSince: context.absentSince(state.commander),
    limits: context.limits,
  };
}

/** The entry as `evolve` will see it once it is committed; hashes do not matter to the fold. */
function provisionalEntry(entry: NewEntry, state: IncidentState, actor: string, now: number): Entry {
  return {
    incidentId: state.id,
    seq: state.seq + 1,
    at: new Date(now).toISOString(),
    actor,
    type: entry.type,
    version: entryTypes[entry.type].version,
    body: entry.body as unknown as Entry['body'],
    commandId: null,
    docSeq: 0,
    docHash: '',
    salt: '',
    bodyHash: '',
    prevHash: '',
    hash: '',
  };
}

/** Which stored fields a redaction among the entries erases. */
function erasuresOf(entries: readonly NewEntry[], target: TargetEntry | null): Erasure[] {
  return entries.flatMap((entry) => {
    if (entry.type !== 'entry.redacted' || !target || !isEntryType(target.type)) return [];
    return [{ seq: target.seq, fields: entryTypes[target.type].redactable }];
  });
}

/** Which ranges of a document's history are erased with the entries. */
function documentErasuresOf(entries: readonly NewEntry[], { erasable }: NamedFacts): DocumentErasure[] {
  return entries.flatMap((entry) => {
    if (entry.type !== 'document.redacted' || erasable?.kind !== 'erasable') return [];
    const { name, ranges } = entry.body;
    const { batches, until } = erasable;
    return [{ name, ranges, batches: [...batches], until }];
  });
}

/** Deadlines that the states imply, as rows to set and to clear. */
function changedDeadlines(before: IncidentState, after: IncidentState): DecidedBatch['deadlines'] {
  const old = new Map(deadlinesAfter(before).map((deadline) => [deadline.id, deadline]));
  const fresh = new Map(deadlinesAfter(after).map((deadline) => [deadline.id, deadline]));
  return {
    set: [...fresh.values()]
      .filter((deadline) => !old.has(deadline.id))
      .map((deadline) => ({ ...deadline, incidentId: after.id })),
    clear: [...old.keys()].filter((id) => !fresh.has(id)),
  };
}
