import type { ActionParts } from '../contract/review.ts';
import type { ActionStatus, ImportSource, Milestone } from '../contract/reviewWords.ts';

/** One answer of the why-tree; the root is the effect on the customer. */
export interface Why {
  why: string;
  /** The answer it explains; null for the root. */
  under: string | null;
  text: string;
  /** Of the entry with its words. */
  seq: number;
  cites: number[];
  assumption: boolean;
}

/** What is to be done so that it does not happen again. */
export interface ReviewAction extends ActionParts {
  action: string;
  text: string;
  /** Of the entry with its words. */
  seq: number;
  status: ActionStatus;
  addedAt: string;
  /** When it came to its status. */
  since: string;
  /** The due time whose passing the log has recorded. */
  overdueOf: string | null;
}

/** Records that came in together. */
export interface RecordImport {
  importId: string;
  source: ImportSource;
  /** Of its first record. */
  seq: number;
  count: number;
  withdrawn: boolean;
}

export interface Signature {
  person: string;
  at: string;
  seq: number;
}

/** What the log says of the review; the prose is in its document. */
export interface ReviewState {
  whys: Why[];
  actions: ReviewAction[];
  /** The entry that shows each, where somebody said so. */
  milestones: Partial<Record<Milestone, number>>;
  imports: RecordImport[];
  links: { incident: string; seq: number; action?: string }[];
  /** Of the present wording: whatever changes it takes them away. */
  signatures: Signature[];
  /** Since when it is signed off; null while it may be changed. */
  signedOffAt: string | null;
}

/** A review of which the log says nothing yet. */
export const noReview: ReviewState = {
  whys: [],
  actions: [],
  milestones: {},
  imports: [],
  links: [],
  signatures: [],
  signedOffAt: null,
};
