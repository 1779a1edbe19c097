import { PUBLIC_PAGE } from '#shared/contract/updates.ts';
import { severities } from '#shared/contract/identifiers.ts';
import type { Severity } from '#shared/contract/identifiers.ts';
import type { ReviewRule } from '#shared/contract/review.ts';
import { CADENCE_ID, REVIEW_RULES_ID, defaultCadence } from '#shared/contract/settings.ts';
import type { Cadence, SettingBody, SettingKind } from '#shared/contract/settings.ts';
import type { Locale } from '#shared/contract/wire.ts';
import type { AudienceFacts, Outside } from '#shared/incident/context.ts';
import type { Clock, SettingRecord, Store } from '../rooms/ports.ts';

/** How often it is asked whether another process changed a setting. Milliseconds. */
const COMPARE_MILLISECONDS = 2_000;

/** All settings, in memory; kept true by asking the store. */
export interface Settings {
  /** Audiences and services as rules need them; the same object for good. */
  readonly outside: Outside;
  all<K extends SettingKind>(kind: K): Extract<SettingRecord, { kind: K }>[];
  get<K extends SettingKind>(kind: K, id: string): Extract<SettingRecord, { kind: K }> | undefined;
  cadence(): Cadence;
  /** The language of a list: the audience's, the public page's, or English. */
  localeOf(list: string): Locale;
  /** Makes a change durable, then known here; body null removes. `stale`: somebody changed it meanwhile. */
  save<K extends SettingKind>(change: {
    kind: K;
    id: string;
    body: SettingBody<K> | null;
    revision: number;
    by: string;
  }): Promise<'saved' | 'stale'>;
  /** Hears that something changed here. The answer stops it. */
  onChange(hear: () => void): () => void;
  close(): void;
}

/** Reads all settings once and keeps them true; `close` ends that. */
export async function openSettings(parts: {
  store: Pick<Store, 'listSettings' | 'settingsEpoch' | 'saveSetting'>;
  clock: Clock;
  /** Hears that reading again failed; it is tried again every time. */
  onFailure: (error: unknown) => void;
}): Promise<Settings> {
  const { store, clock, onFailure } = parts;
  const records = new Map<string, SettingRecord>();
  const audiences = new Map<string, AudienceFacts>();
  const services = new Set<string>();
  const reviews = new Map<Severity, ReviewRule>();
  const listeners = new Set<() => void>();
  let epoch: number | null = null;
  let closed = false;
  let cancel = (): void => {};

  async function refresh(): Promise<void> {
    // The epoch first: what changes between the two reads is read again.
    const now = await store.settingsEpoch();
    if (now === epoch) return;
    const list = await store.listSettings();
    records.clear();
    for (const record of list) records.set(`${record.kind} ${record.id}`, record);
    epoch = now;
    keepFacts();
    for (const hear of listeners) hear();
  }

  function keepFacts(): void {
    audiences.clear();
    services.clear();
    for (const record of records.values()) {
      if (record.kind === 'audience') audiences.set(record.id, record.body);
      if (record.kind === 'service') services.add(record.id);
    }
    reviews.clear();
    const rules = get('review', REVIEW_RULES_ID)?.body;
    if (rules) for (const severity of severities) reviews.set(severity, rules[severity]);
    const page = get('page', PUBLIC_PAGE)?.body;
    if (page?.enabled) audiences.set(PUBLIC_PAGE, { severities: page.severities, tellsHandoff: false });
  }

  function next(): void {
    cancel = clock.after(COMPARE_MILLISECONDS, () => {
      refresh()
        .catch(onFailure)
        .finally(() => {
          if (!closed) next();
        });
    });
  }

  function get<K extends SettingKind>(kind: K, id: string) {
    return records.get(`${kind} ${id}`) as Extract<SettingRecord, { kind: K }> | undefined;
  }

  const cadence = (): Cadence => get('cadence', CADENCE_ID)?.body ?? defaultCadence;

  await refresh();
  next();
  return {
    outside: {
      audiences,
      services,
      reviews,
      get cadence() {
        return cadence();
      },
    },
    all: <K extends SettingKind>(kind: K) =>
      [...records.values()].filter((record) => record.kind === kind) as Extract<SettingRecord, { kind: K }>[],
    get,
    cadence,
    localeOf: (list) => get('audience', list)?.body.locale ?? get('page', PUBLIC_PAGE)?.body.locale ?? 'en',
    async save(change) {
      const answer = await store.saveSetting({ ...change, at: clock.now() });
      await refresh();
      return answer;
    },
    onChange(hear) {
      listeners.add(hear);
      return () => listeners.delete(hear);
    },
    close() {
      closed = true;
      cancel();
    },
  };
}
