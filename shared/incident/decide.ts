import { commanderOnly } from '../contract/fencing.ts';
import type { Command, SystemCommand } from '../contract/commands.ts';
import { refuse } from '../contract/refusals.ts';
import type { Refusal } from '../contract/refusals.ts';
import { addAction, changeAction, noteActionOverdue, rewordAction, setAction } from './actions.ts';
import { assignRole, delegateRole, releaseRole, setDeputy } from './assignment.ts';
import { attachAudience, detachAudience, setService } from './audiences.ts';
import { can, mayEnter } from './can.ts';
import type { About } from './can.ts';
import { correctChat, pinEntry, postChat, redactEntry, setDoing, unpinEntry } from './chat.ts';
import type { DecideContext, Decision } from './context.ts';
import { refused } from './decision.ts';
import {
  acceptHandoff,
  confirmHandoff,
  declineHandoff,
  expireHandoff,
  forceHandoff,
  offerHandoff,
  voidHandoff,
  withdrawHandoff,
} from './handoff.ts';
import { withFirstUpdate } from './expectation.ts';
import { addAttachment, redactDocument } from './keeping.ts';
import { renameIncident, reopenIncident, setSeverity, setStatus } from './lifecycle.ts';
import { addMember, breakAccess, removeMember } from './members.ts';
import { answerQuestion, askQuestion } from './questions.ts';
import { addComment, importRecords, recordFact, setMilestone, withdrawRecords } from './records.ts';
import { linkIncident, refuseSignedOff, reopenReview, signReview, unlinkIncident } from './review.ts';
import type { IncidentState } from './state.ts';
import { hasMalformedText } from './text.ts';
import { noteOverdue, remindOfUpdate, sendUpdate } from './updates.ts';
import { addWhy, groundWhy, removeWhy, reviseWhy } from './whys.ts';

/**
 * What a command makes happen in this state, or why not. Pure: the same command, state and context always give the
 * same answer. Whoever may not enter is told `not_found`, whatever they asked for.
 */
export function decide(
  command: Command | SystemCommand,
  state: IncidentState,
  context: DecideContext,
): Decision {
  const refusal = admit(command, state, context);
  if (refusal) return { refusal };
  switch (command.type) {
    case 'chat.post':
      return postChat(command.body, context);
    case 'chat.correct':
      return correctChat(command.body, context);
    case 'entry.redact':
      return redactEntry(command.body, context);
    case 'entry.pin':
      return pinEntry(command.body, state, context);
    case 'entry.unpin':
      return unpinEntry(command.body, state, context);
    case 'doing.set':
      return setDoing(command.body, state, context);
    case 'role.assign':
      return assignRole(command.body, state, context);
    case 'role.delegate':
      return delegateRole(command.body, state, context);
    case 'role.release':
      return releaseRole(command.body, state);
    case 'deputy.set':
      return setDeputy(command.body, state, context);
    case 'handoff.offer':
      return offerHandoff(command.body, state, context);
    case 'handoff.accept':
      return acceptHandoff(command.body, state, context);
    case 'handoff.decline':
      return declineHandoff(command.body, state, context);
    case 'handoff.withdraw':
      return withdrawHandoff(command.body, state);
    case 'handoff.force':
      return forceHandoff(command.body, state, context);
    case 'handoff.confirm':
      return confirmHandoff(command.body, state, context);
    case 'severity.set':
      return withFirstUpdate(setSeverity(command.body, state), state, context);
    case 'status.set':
      return setStatus(command.body, state);
    case 'incident.rename':
      return renameIncident(command.body, state);
    case 'incident.reopen':
      return reopenIncident(command.body, state);
    case 'member.add':
      return addMember(command.body, state, context);
    case 'member.remove':
      return removeMember(command.body, state);
    case 'update.send':
      return sendUpdate(command.body, state, context);
    case 'audience.attach':
      return withFirstUpdate(attachAudience(command.body, state, context), state, context);
    case 'audience.detach':
      return detachAudience(command.body, state, context);
    case 'service.set':
      return setService(command.body, state, context);
    case 'question.answer':
      return answerQuestion(command.body, context);
    case 'access.break':
      return breakAccess(command.body, state, context);
    case 'records.import':
      return importRecords(command.body, state);
    case 'records.withdraw':
      return withdrawRecords(command.body, state);
    case 'fact.record':
      return recordFact(command.body);
    case 'milestone.set':
      return setMilestone(command.body, state, context);
    case 'comment.add':
      return addComment(command.body, context);
    case 'why.add':
      return addWhy(command.body, state, context);
    case 'why.revise':
      return reviseWhy(command.body, state);
    case 'why.ground':
      return groundWhy(command.body, state);
    case 'why.remove':
      return removeWhy(command.body, state);
    case 'action.add':
      return addAction(command.body, state, context);
    case 'action.reword':
      return rewordAction(command.body, state);
    case 'action.change':
      return changeAction(command.body, state, context);
    case 'action.set':
      return setAction(command.body, state);
    case 'incident.link':
      return linkIncident(command.body, state);
    case 'incident.unlink':
      return unlinkIncident(command.body, state);
    case 'review.sign':
      return signReview(command.body, state, context);
    case 'review.reopen':
      return reopenReview(command.body, state);
    case 'attachment.add':
      return addAttachment(command.body, context);
    case 'document.redact':
      return redactDocument(command.body, context);
    case 'handoff.expire':
      return expireHandoff(command.body, state, context);
    case 'handoff.void':
      return voidHandoff(command.body, state);
    case 'update.remind':
      return remindOfUpdate(command.body, state, context);
    case 'update.overdue':
      return noteOverdue(command.body, state, context);
    case 'action.overdue':
      return noteActionOverdue(command.body, state, context);
    case 'question.ask':
      return askQuestion(command.body, state);
    default:
      return unknownCommand(command);
  }
}

/** Every command is listed above; the compiler complains here about one that is not. */
function unknownCommand(_command: never): Decision {
  return refused('forbidden');
}

/** What every command must pass before its own rules: entering, text that can be stored, the epoch, the right. */
function admit(
  command: Command | SystemCommand,
  state: IncidentState,
  context: DecideContext,
): Refusal | null {
  const { actor, people } = context;
  if (actor.kind === 'system') return isSystemCommand(command) ? null : refuse('forbidden');
  if (isSystemCommand(command)) return refuse('forbidden');
  const isOutside = !mayEnter(actor.id, people.get(actor.id), state);
  if (isOutside && command.type !== 'access.break') return refuse('not_found');
  if (hasMalformedText(command.body)) return refuse('malformed_text');
  return (
    refuseEpoch(command, actor.id, state) ??
    can(actor.id, command.type, state, people, aboutOf(command, context)) ??
    refuseSignedOff(command.type, state)
  );
}

const systemCommands: ReadonlySet<string> = new Set<SystemCommand['type']>([
  'handoff.expire',
  'handoff.void',
  'update.remind',
  'update.overdue',
  'action.overdue',
  'question.ask',
]);

function isSystemCommand(command: Command | SystemCommand): command is SystemCommand {
  return systemCommands.has(command.type);
}

/** Fencing: what was meant under another command is refused, whoever gives it. */
function refuseEpoch(command: Command, person: string, state: IncidentState): Refusal | null {
  const isFenced = commanderOnly.has(command.type) || command.type === 'role.assign';
  if (!isFenced) return null;
  if (command.epoch === undefined) {
    // A lead assigns below its own role without one; only the commander's right changes hands with the epoch.
    const isLead = command.type === 'role.assign' && person !== state.commander;
    return isLead ? null : refuse('epoch_missing');
  }
  return command.epoch === state.epoch ? null : refuse('stale_epoch', { person: state.commander });
}

/** What the table of rights must know of this command. */
function aboutOf(command: Command, context: DecideContext): About {
  const { body } = command;
  return {
    ...('role' in body ? { role: body.role } : {}),
    ...(command.type === 'role.delegate' ? { role: command.body.under } : {}),
    ...('offer' in body ? { offer: body.offer } : {}),
    ...(context.target ? { author: context.target.actor } : {}),
  };
}
