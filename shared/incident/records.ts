import type { CommandBody } from '../contract/commands.ts';
import type { NewEntry } from '../contract/entries.ts';
import { refuse } from '../contract/refusals.ts';
import type { Refusal } from '../contract/refusals.ts';
import type { DecideContext, Decision } from './context.ts';
import { happened, refused } from './decision.ts';
import type { IncidentState } from './state.ts';
import { isBlank, isRealTime } from './text.ts';

/** More imports than this are refused: the state travels with every join. */
export const MAX_IMPORTS = 200;

/** Brings records from outside into the log, one entry each, as what nobody here saw. */
export function importRecords(body: CommandBody<'records.import'>, state: IncidentState): Decision {
  const { importId, source, records } = body;
  const imports = state.review?.imports ?? [];
  const before = imports.find((each) => each.importId === importId);
  if (before?.withdrawn) return refused('import_withdrawn');
  if (!before && imports.length >= MAX_IMPORTS) return refused('too_many_of_these', { max: MAX_IMPORTS });
  const refusal = records.map(refuseRecord).find((each) => each !== null);
  if (refusal) return { refusal };
  return happened(
    ...records.map((record): NewEntry => {
      return { type: 'record.imported', body: { ...record, importId, source, unverified: true } };
    }),
  );
}

function refuseRecord({ happenedAt, text }: { happenedAt: string; text: string }): Refusal | null {
  if (!isRealTime(happenedAt)) return refuse('no_such_time', { time: happenedAt });
  return isBlank(text) ? refuse('blank') : null;
}

/** An import that was a mistake: its records stay in the log, and replay and review leave them out. */
export function withdrawRecords(body: CommandBody<'records.withdraw'>, state: IncidentState): Decision {
  if (isBlank(body.reason)) return refused('blank');
  const found = state.review?.imports.find((each) => each.importId === body.importId);
  if (!found) return refused('unknown_import');
  return found.withdrawn ? refused('unchanged') : happened({ type: 'records.withdrawn', body });
}

/** A fact that arrived outside the room, with who was told of it and when. */
export function recordFact(body: CommandBody<'fact.record'>): Decision {
  if (isBlank(body.text) || body.told.some(({ who }) => isBlank(who))) return refused('blank');
  const wrong = [body.happenedAt, ...body.told.map(({ at }) => at)].find((time) => !isRealTime(time));
  if (wrong !== undefined) return refused('no_such_time', { time: wrong });
  return happened({ type: 'fact.recorded', body });
}

/** Says which entry shows a moment that delays are measured from; null leaves it to what the log proposes. */
export function setMilestone(
  body: CommandBody<'milestone.set'>,
  state: IncidentState,
  { target }: DecideContext,
): Decision {
  const { milestone, seq } = body;
  if (seq !== null && target?.seq !== seq) return refused('unknown_entry', { seq });
  if ((state.review?.milestones[milestone] ?? null) === seq) return refused('unchanged');
  return happened({ type: 'milestone.set', body });
}

/** A remark about a moment of the incident. */
export function addComment(body: CommandBody<'comment.add'>, { target }: DecideContext): Decision {
  if (isBlank(body.text)) return refused('blank');
  if (target?.seq !== body.seq) return refused('unknown_entry', { seq: body.seq });
  return happened({ type: 'comment.added', body });
}
