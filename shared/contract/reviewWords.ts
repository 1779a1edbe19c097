/**
 * The closed lists of reviews and of records from outside, without schemas: the browser reads these and must not load a
 * schema library.
 */

/** Where records came from that were imported; `deploys` and `alerts` are those this server was told of. */
export const importSources = ['slack', 'mattermost', 'irc', 'csv', 'jsonl', 'deploys', 'alerts'] as const;
export type ImportSource = (typeof importSources)[number];

/** What a dated fact is about, where its source says so. */
export const recordKinds = [
  'message',
  'change',
  'deploy',
  'alert',
  'sign',
  'report',
  'told',
  'update',
  'recovery',
  'other',
] as const;
export type RecordKind = (typeof recordKinds)[number];

/**
 * The moments that delays are measured between, in the order in which they usually come. `noticed` is when the team knew,
 * `somebody_knew` when anybody in the house did.
 */
export const milestones = [
  'effect_began',
  'first_sign',
  'somebody_knew',
  'effect_ended',
  'reported',
  'noticed',
  'declared',
  'commander',
  'first_update',
  'mitigated',
  'resolved',
] as const;
export type Milestone = (typeof milestones)[number];

export const horizons = ['short', 'mid', 'long'] as const;

export const actionKinds = [
  'monitoring',
  'configuration',
  'code_review',
  'rollout',
  'load_test',
  'missing_test',
  'logging',
  'architecture',
  'training',
  'other',
] as const;

export const actionEffects = ['detects', 'prevents', 'mitigates'] as const;
export type ActionEffect = (typeof actionEffects)[number];

export const actionStatuses = ['open', 'done', 'dropped'] as const;
export type ActionStatus = (typeof actionStatuses)[number];

/** Versions and redactable fields of the entries of reviews, as in `entryTypes`. */
export const reviewEntryTypes = {
  'record.imported': { version: 1, redactable: ['text', 'who'] },
  'records.withdrawn': { version: 1, redactable: ['reason'] },
  'fact.recorded': { version: 1, redactable: ['text', 'who', 'told'] },
  'milestone.set': { version: 1, redactable: [] },
  'comment.added': { version: 1, redactable: ['text'] },
  'why.added': { version: 1, redactable: ['text'] },
  'why.revised': { version: 1, redactable: ['text'] },
  'why.grounded': { version: 1, redactable: [] },
  'why.removed': { version: 1, redactable: [] },
  'action.added': { version: 1, redactable: ['text'] },
  'action.reworded': { version: 1, redactable: ['text'] },
  'action.changed': { version: 1, redactable: [] },
  'action.set': { version: 1, redactable: ['note'] },
  'action.overdue': { version: 1, redactable: [] },
  'incident.linked': { version: 1, redactable: ['note'] },
  'incident.unlinked': { version: 1, redactable: [] },
  'review.signed': { version: 1, redactable: ['note'] },
  'review.reopened': { version: 1, redactable: ['reason'] },
} as const;
