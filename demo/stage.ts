import type { Entry } from '#shared/contract/entries.ts';
import type { Responder } from './responder.ts';
import type { Character, Play, Step } from './script.ts';

/** Seconds that an offer to the visitor waits before the next commander is asked, at speed 1. */
const VISITOR_SECONDS = 120;

export interface Stage {
  play: Play;
  cast: ReadonlyMap<Character, Responder>;
  /** The visitor's person id. */
  visitor: string;
  /** Waits so many milliseconds of play time. */
  pause(milliseconds: number): Promise<void>;
  /** One line on the terminal. */
  say(line: string): void;
}

/** Plays all steps in order. A step that the room refuses is said on the terminal and the play goes on. */
export async function perform(stage: Stage): Promise<void> {
  for (const step of stage.play.steps) {
    await stage.pause(step.after);
    const refusal = await act(step, stage);
    if (refusal) stage.say(`  (${stage.play.names[step.who]}: ${refusal})`);
  }
}

async function act(step: Step, stage: Stage): Promise<string | null> {
  const actor = member(stage, step.who);
  switch (step.kind) {
    case 'say':
      return actor.command('chat.post', { text: step.text });
    case 'doing':
      return actor.command('doing.set', { text: step.text });
    case 'write':
      await actor.write(step.section, step.text, stage.pause);
      return null;
    case 'scratch':
      actor.scratch(step.text);
      return null;
    case 'delegate':
      return actor.command('role.assign', { role: step.role, person: member(stage, step.to).id }, true);
    case 'subDelegate':
      return actor.command('role.delegate', {
        under: step.under,
        title: step.title,
        person: member(stage, step.to).id,
      });
    case 'deputy':
      return actor.command('deputy.set', { person: member(stage, step.to).id }, true);
    case 'command':
      return actor.command(step.type, step.body, step.needsEpoch === true);
    case 'update':
      // Nobody outside is told of a recovery that the room has not declared.
      if (step.state === 'resolved' && actor.state().status !== 'resolved') return null;
      return actor.command('update.send', {
        state: step.state,
        text: step.text,
        ...(step.nextInMinutes > 0 ? { nextUpdateAt: inMinutes(step.nextInMinutes) } : {}),
      });
    case 'handoff':
      return handOver(step, actor, stage);
    case 'confirm':
      return confirm(actor);
    case 'resolve':
      return resolve(step, actor);
    default:
      return step satisfies never;
  }
}

function member(stage: Stage, character: Character): Responder {
  const responder = stage.cast.get(character);
  if (!responder) throw new Error(`nobody plays ${character}`);
  return responder;
}

function inMinutes(minutes: number): string {
  return new Date(Date.now() + minutes * 60_000).toISOString();
}

/** Everybody else says that they know; who took command has said so by taking it. */
async function confirm(actor: Responder): Promise<string | null> {
  const { confirmation, epoch } = actor.state();
  if (!confirmation || confirmation.confirmed.includes(actor.id)) return null;
  return actor.command('handoff.confirm', { epoch });
}

/** The next commander resolves; a visitor who commands is asked to, and waited for. */
async function resolve(step: Extract<Step, { kind: 'resolve' }>, next: Responder): Promise<string | null> {
  if (next.state().commander === next.id) {
    return next.command('status.set', { status: 'resolved', note: step.note }, true);
  }
  await next.command('chat.post', { text: step.ask });
  const until = VISITOR_SECONDS * 1_000;
  for (
    let entry = await next.waitFor(['status.set'], until);
    entry;
    entry = await next.waitFor(['status.set'], until)
  ) {
    if (next.state().status === 'resolved') return null;
  }
  return null;
}

/** Offers command to the visitor if they are in the room, else, or if they do not take it, to the next commander. */
async function handOver(
  step: Extract<Step, { kind: 'handoff' }>,
  commander: Responder,
  stage: Stage,
): Promise<string | null> {
  const isHere = commander.present().some((person) => person.person === stage.visitor);
  if (isHere) {
    const settled = await offerTo(stage.visitor, step.note, commander, stage);
    if (settled === 'accepted') return null;
    stage.say(stage.play.terminal.notTaken);
  }
  const next = member(stage, 'next');
  const offered = next.waitFor(['handoff.offered'], 30_000);
  const refusal = await commander.command('handoff.offer', { to: next.id, note: step.note }, true);
  if (refusal) return refusal;
  await offered;
  await stage.pause(4_000);
  return accept(next, step.next, stage);
}

async function offerTo(
  visitor: string,
  note: string,
  commander: Responder,
  stage: Stage,
): Promise<'accepted' | 'not taken'> {
  const outcome = commander.waitFor(
    ['handoff.accepted', 'handoff.declined', 'handoff.expired', 'handoff.voided'],
    VISITOR_SECONDS * 1_000,
  );
  const refusal = await commander.command('handoff.offer', { to: visitor, note }, true);
  if (refusal) return 'not taken';
  stage.say(stage.play.terminal.offeredToVisitor);
  const entry: Entry | null = await outcome;
  if (entry?.type === 'handoff.accepted') return 'accepted';
  const { offer } = commander.state();
  if (offer) await commander.command('handoff.withdraw', { offer: offer.offer }, true);
  return 'not taken';
}

/** Reads the brief and says the words; reads again while people keep adding to the log. */
async function accept(next: Responder, words: string, stage: Stage): Promise<string | null> {
  for (let attempt = 1; ; attempt += 1) {
    const { offer, seq } = next.state();
    if (!offer) return 'the offer is gone';
    const refusal = await next.command('handoff.accept', {
      offer: offer.offer,
      briefedSeq: seq,
      words: stage.play.words,
      next: words,
    });
    if (!refusal || attempt === 5) return refusal;
    await stage.pause(500);
  }
}
