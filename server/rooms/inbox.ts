import type { Command, SystemCommand } from '#shared/contract/commands.ts';
import { refuse } from '#shared/contract/refusals.ts';
import type { Refusal } from '#shared/contract/refusals.ts';
import type { Actor, TargetEntry } from '#shared/incident/context.ts';
import { commandHash } from './commandHash.ts';
import type { NamedFacts } from './commandReads.ts';
import { actorId } from './decideBatch.ts';
import type { PreparedCommand, Verdict } from './decideBatch.ts';
import type { SubmitAnswer } from './ports.ts';

type Known = PreparedCommand['known'];

/** What the inbox reads for each command while the commit before it runs. */
export interface InboxReads {
  /** The entry that a command points at. */
  target(seq: number): Promise<TargetEntry | null>;
  /** What else it names, as its actor may name it. */
  named(command: Command | SystemCommand, actor: Actor): Promise<NamedFacts>;
  /** What a command id of an actor already yielded. */
  known(actor: string, commandId: string): Promise<Known>;
}

interface Waiting {
  command: Command | SystemCommand;
  actor: Actor;
  commandHash: string;
  target: Promise<TargetEntry | null>;
  named: Promise<NamedFacts>;
  known: Promise<Known>;
  answer(answer: SubmitAnswer): void;
}

/** Commands taken from the inbox for one commit. */
export interface TakenCommands {
  readonly length: number;
  /** With everything a decision needs; rejects when the store could not be read. */
  prepare(): Promise<PreparedCommand[]>;
  /** The same, with command ids looked up again after somebody else's entries came first. */
  prepareAgain(): Promise<PreparedCommand[]>;
  /** Answers each command, in order. */
  answer(verdicts: readonly Verdict[]): void;
  /** Answers all of them no. */
  refuse(refusal: Refusal): void;
}

/** Commands in order of arrival. */
export interface Inbox {
  readonly length: number;
  add(command: Command | SystemCommand, actor: Actor): Promise<SubmitAnswer>;
  takeAll(): TakenCommands;
}

/** Starts empty. */
export function createInbox(reads: InboxReads): Inbox {
  let waiting: Waiting[] = [];
  return {
    get length() {
      return waiting.length;
    },
    add(command, actor) {
      return new Promise((answer) => {
        waiting.push({
          command,
          actor,
          commandHash: commandHash(command.type, command.body),
          target: early(readTarget(command, reads)),
          named: early(reads.named(command, actor)),
          known: early(reads.known(actorId(actor), command.commandId)),
          answer,
        });
      });
    },
    takeAll() {
      const taken = waiting;
      waiting = [];
      return takenCommands(taken, reads);
    },
  };
}

function takenCommands(commands: readonly Waiting[], reads: InboxReads): TakenCommands {
  const prepare = (known: (item: Waiting) => Promise<Known>) =>
    Promise.all(
      commands.map(async (item) => ({
        command: item.command,
        actor: item.actor,
        commandHash: item.commandHash,
        target: await item.target,
        named: await item.named,
        known: await known(item),
      })),
    );
  return {
    length: commands.length,
    prepare: () => prepare((item) => item.known),
    prepareAgain: () => prepare((item) => reads.known(actorId(item.actor), item.command.commandId)),
    answer(verdicts) {
      commands.forEach((item, index) => {
        const verdict = verdicts[index];
        if (verdict) item.answer(answerOf(verdict));
      });
    },
    refuse(refusal) {
      for (const item of commands) item.answer({ ok: false, refusal });
    },
  };
}

/** A read started before anybody awaits it: its failure is met where it is awaited, not as an unhandled rejection. */
function early<T>(reading: Promise<T>): Promise<T> {
  reading.catch(() => {});
  return reading;
}

async function readTarget(command: Command | SystemCommand, reads: InboxReads): Promise<TargetEntry | null> {
  const { seq, replyTo } = command.body as { seq?: number; replyTo?: number };
  const target = seq ?? replyTo;
  return target === undefined ? null : reads.target(target);
}

function answerOf(verdict: Verdict): SubmitAnswer {
  return verdict.kind === 'refused'
    ? { ok: false, refusal: verdict.refusal }
    : { ok: true, seq: verdict.seq };
}

/** The answer of a room that is going away. */
export const DRAINING: SubmitAnswer = { ok: false, refusal: refuse('draining') };
