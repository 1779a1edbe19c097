import type { ChannelName, SettingBody, SettingKind } from '#shared/contract/settings.ts';
import type { Locale } from '#shared/contract/wire.ts';

/** A setting as it is stored. `revision` rises by one with each change. */
export type SettingRecord = {
  [K in SettingKind]: {
    kind: K;
    id: string;
    body: SettingBody<K>;
    revision: number;
    changedAt: number;
    changedBy: string;
  };
}[SettingKind];

/** One address, of one list. */
export interface TargetRecord {
  id: string;
  /** The audience; or the incident, for who subscribed to it alone; or `public-page`. */
  list: string;
  channel: ChannelName;
  /** An e-mail address or a URL. Shown to who manages the list, and to nobody else. */
  address: string;
  name: string | null;
  /** Null: that of the list. */
  locale: Locale | null;
  /** What webhooks are signed with. Never leaves the server but when it is made. */
  secret: string | null;
  /** `pending`: subscribed and not confirmed. `ended`: unsubscribed, or it said that it is gone. */
  state: 'pending' | 'active' | 'ended';
  createdAt: number;
  /** Person id, or `system` for who subscribed. */
  createdBy: string;
}

/** An entry that goes out, claimed to be turned into deliveries. */
export interface Broadcast {
  incidentId: string;
  seq: number;
  /** Of the claim; only the newest one finishes. */
  epoch: number;
}

/**
 * `waiting` until it is due, `sending` while an instance tries, then for good `delivered`, `failed` (refused, or tried often
 * enough) or `unknown` (it may have arrived: an attempt ended without an answer). `withdrawn`: redacted before it went.
 */
export const deliveryStatuses = [
  'waiting',
  'sending',
  'delivered',
  'failed',
  'unknown',
  'withdrawn',
] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

/** One entry on its way to one address: exactly one row for each. */
export interface DeliveryRecord {
  /** The same for the same entry and address, whoever computes it: what receivers know a repetition by. */
  id: string;
  incidentId: string;
  seq: number;
  list: string;
  target: string;
  channel: ChannelName;
  address: string;
  locale: Locale;
  /** What shares a line: one that is slow or dead holds up its own queue and no other. */
  queue: string;
  status: DeliveryStatus;
  /** When it is due, or its claim ends (milliseconds); null once it is over. */
  dueAt: number | null;
  attempts: number;
  /** Rises with each claim. */
  epoch: number;
  /** An attempt ended without an answer: it may have arrived. */
  uncertain: boolean;
  /** What came of the last attempt, in words; never what the receiver answered at length. */
  detail: string | null;
  createdAt: number;
  changedAt: number;
}

export type NewDelivery = Omit<
  DeliveryRecord,
  'status' | 'attempts' | 'epoch' | 'uncertain' | 'detail' | 'changedAt' | 'dueAt'
>;

/** What one attempt came to. */
export interface DeliveryResult {
  id: string;
  epoch: number;
  outcome:
    | { kind: 'delivered' }
    | { kind: 'failed' }
    | { kind: 'withdrawn' }
    /** Not begun: due at once for whoever is next, and counted as no attempt. */
    | { kind: 'returned' }
    /** Tried again then (milliseconds). `uncertain`: it may have arrived. */
    | { kind: 'retry'; at: number; uncertain: boolean }
    /** Not tried again, and it may have arrived. */
    | { kind: 'unknown' };
  detail: string | null;
}

export interface DeliveryCount {
  seq: number;
  status: DeliveryStatus;
  count: number;
}

/** What goes out, to whom, and what came of it; and the settings it goes by. Part of the store. */
export interface OutboxStore {
  listSettings(): Promise<SettingRecord[]>;
  /** Raised in the transaction of each change of a setting: unchanged means nothing to read. */
  settingsEpoch(): Promise<number>;
  /** Adds, changes, or with body null removes a setting, if it still has this revision (0: it is new); else `stale`. */
  saveSetting(change: {
    kind: SettingKind;
    id: string;
    body: object | null;
    revision: number;
    at: number;
    by: string;
  }): Promise<'saved' | 'stale'>;

  /** Adds or replaces a target; `taken` when the list has its address on this channel under another id. */
  saveTarget(target: TargetRecord): Promise<'saved' | 'taken'>;
  readTarget(id: string): Promise<TargetRecord | null>;
  findTarget(list: string, channel: ChannelName, address: string): Promise<TargetRecord | null>;
  /** Targets of lists in the order of their ids, after one. */
  listTargets(lists: readonly string[], page: { after?: string; limit: number }): Promise<TargetRecord[]>;
  /** How many active targets each list has, by channel. */
  countTargets(): Promise<{ list: string; channel: ChannelName; count: number }[]>;
  removeTarget(id: string): Promise<void>;

  /** Takes entries that are to go out, oldest first, until `until`; those that somebody has are left out. */
  claimBroadcasts(claim: { now: number; until: number; limit: number }): Promise<Broadcast[]>;
  /** Adds what is not there yet; what is there stays as it is. */
  addDeliveries(deliveries: readonly NewDelivery[]): Promise<void>;
  /** All deliveries of this entry are there. */
  finishBroadcast(broadcast: Broadcast): Promise<void>;

  /**
   * Makes due at once what was claimed and not finished. Only for who just began and is alone: a store that several serve
   * at once leaves claims alone, which end by themselves.
   */
  endClaims(now: number): Promise<void>;
  /** Queues in which something is due. */
  dueQueues(now: number): Promise<string[]>;
  /**
   * Takes what is due in a queue, oldest first, until `until`: nobody else gets it before. What an attempt left
   * without a word when its claim ended is `uncertain` from then on.
   */
  claimDeliveries(claim: {
    queue: string;
    now: number;
    until: number;
    limit: number;
  }): Promise<DeliveryRecord[]>;
  /**
   * Writes down what attempts came to. That it was delivered always counts; anything else only for the newest claim.
   * What failed after an uncertain attempt is `unknown`.
   */
  finishDeliveries(results: readonly DeliveryResult[], now: number): Promise<void>;
  /** By entry and status. */
  countDeliveries(incidentId: string): Promise<DeliveryCount[]>;
  /** Of one entry, in the order of their ids. */
  listDeliveries(query: {
    incidentId: string;
    seq: number;
    status?: DeliveryStatus;
    after?: string;
    limit: number;
  }): Promise<DeliveryRecord[]>;
  /** Puts what failed or is unknown of an entry back in line, all of it or one; answers how many. */
  retryDeliveries(query: { incidentId: string; seq: number; id?: string; now: number }): Promise<number>;
  /** Entries of which something is still on its way. */
  unfinishedBroadcasts(incidentIds: readonly string[]): Promise<{ incidentId: string; seq: number }[]>;
}
