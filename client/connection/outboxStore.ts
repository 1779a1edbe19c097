import type { OutboxItem, OutboxStore } from './outbox.ts';

const COMMANDS = 'commands';
const BY_OWNER = 'owner';

/** The rows of one person in one incident, and of nobody else. */
const ownerOf = (person: string, incidentId: string): string => `${person}/${incidentId}`;

/** One database per person: another person's is never opened. */
const databaseOf = (person: string): string => `warroom-outbox-${person}`;

function opened(person: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(databaseOf(person), 1);
    request.addEventListener('upgradeneeded', () => {
      request.result.createObjectStore(COMMANDS, { keyPath: 'commandId' }).createIndex(BY_OWNER, 'owner');
    });
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? new Error('IndexedDB did not open')));
    request.addEventListener('blocked', () => reject(new Error('IndexedDB is blocked')));
  });
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? new Error('IndexedDB failed')));
  });
}

/** Only a whole transaction is kept: a page that goes away before that takes its requests along. */
function whole(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.addEventListener('complete', () => resolve());
    transaction.addEventListener('abort', () =>
      reject(transaction.error ?? new Error('IndexedDB gave a transaction up')),
    );
  });
}

/**
 * The outbox in IndexedDB. A browser that has none (private windows of some) keeps commands in memory only: `lasting`
 * then answers false, and the page says that a reload loses them.
 */
export function indexedOutboxStore(): OutboxStore & {
  lasting(): boolean;
  /** What waits or was refused in every incident of a person. */
  loadAll(person: string): Promise<OutboxItem[]>;
} {
  const databases = new Map<string, Promise<IDBDatabase | null>>();
  let lasting = true;
  const database = (person: string): Promise<IDBDatabase | null> => {
    const known = databases.get(person);
    if (known) return known;
    const opening = opened(person).catch(() => {
      lasting = false;
      return null;
    });
    databases.set(person, opening);
    return opening;
  };
  const write = async (person: string, work: (rows: IDBObjectStore) => IDBRequest): Promise<void> => {
    const base = await database(person);
    if (!base) return;
    try {
      const transaction = base.transaction(COMMANDS, 'readwrite');
      work(transaction.objectStore(COMMANDS));
      await whole(transaction);
    } catch {
      lasting = false;
    }
  };
  return {
    lasting: () => lasting,
    async loadAll(person) {
      const base = await database(person);
      if (!base) return [];
      return (await done(base.transaction(COMMANDS).objectStore(COMMANDS).getAll())) as OutboxItem[];
    },
    async load(person, incidentId) {
      const base = await database(person);
      if (!base) return [];
      const rows = base.transaction(COMMANDS).objectStore(COMMANDS).index(BY_OWNER);
      return (await done(rows.getAll(ownerOf(person, incidentId)))) as OutboxItem[];
    },
    save: (item) =>
      write(item.person, (rows) => rows.put({ ...item, owner: ownerOf(item.person, item.incidentId) })),
    remove: (item) => write(item.person, (rows) => rows.delete(item.commandId)),
  };
}
