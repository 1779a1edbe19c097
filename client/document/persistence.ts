import { IndexeddbPersistence, clearDocument } from 'y-indexeddb';
import * as Y from 'yjs';

/** Whose copy of which document it is. Another person's store is never opened, nor one of another history. */
export interface StoreKey {
  person: string;
  incident: string;
  document: string;
  storageEpoch: string;
}

/** A document's copy in this browser. */
export interface DocumentStore {
  /** How many changes waited when the browser was left; 0 when all were durable. */
  readonly unsavedBefore: number;
  /** Keeps the number of waiting changes for the next visit. */
  keepUnsaved(count: number): void;
  /** Stops writing; the copy stays. */
  close(): Promise<void>;
  /** Stops writing and deletes the copy. */
  drop(): Promise<void>;
}

const PREFIX = 'warroom.document';
const UNSAVED = 'unsaved';
/** The two stores that the persistence makes. */
const UPDATES = 'updates';
const CUSTOM = 'custom';
const OPEN_WITHIN = 2_500;

function familyOf(key: Omit<StoreKey, 'storageEpoch'>): string {
  return `${PREFIX}/${key.person}/${key.incident}/${key.document}/`;
}

/** The database of one person, incident, document and history. */
export function storeName(key: StoreKey): string {
  return familyOf(key) + key.storageEpoch;
}

/**
 * Fills `doc` from this browser's copy and keeps writing to it. Null when the browser keeps nothing (private windows,
 * storage switched off, a full disk): the document then lives in the tab alone.
 */
export async function openStore(key: StoreKey, doc: Y.Doc): Promise<DocumentStore | null> {
  const name = storeName(key);
  if (!(await canOpen(name))) return null;
  const persistence = new IndexeddbPersistence(name, doc);
  if (!(await settlesWithin(persistence.whenSynced, OPEN_WITHIN))) {
    await persistence.destroy();
    return null;
  }
  const before: unknown = await persistence.get(UNSAVED).catch(() => 0);
  return {
    unsavedBefore: isSome(before) ? before : 0,
    keepUnsaved(count) {
      // A browser that cannot keep the number shows one less warning after a reload; the text itself is safe.
      persistence.set(UNSAVED, count).catch(() => undefined);
    },
    close: () => persistence.destroy(),
    async drop() {
      await persistence.destroy();
      await clearDocument(name);
    },
  };
}

/**
 * Copies of the same document from before the server's history changed. Each is deleted once `keep` has kept it. Two
 * tabs may take the same copy at once: both keep it under its name, or one finds it empty.
 */
export async function takeOldStores(
  key: StoreKey,
  keep: (doc: Y.Doc, name: string) => Promise<void>,
): Promise<void> {
  const family = familyOf(key);
  for (const name of await storeNames(family)) {
    if (name === storeName(key)) continue;
    const doc = new Y.Doc();
    const old = await openStore({ ...key, storageEpoch: name.slice(family.length) }, doc);
    if (old === null) continue;
    await keep(doc, name);
    await old.drop();
    doc.destroy();
  }
}

/** Copies in which something waits that the server has never taken. They stay as they are, also away if deleted meanwhile. */
export async function readUnsaved(
  key: Omit<StoreKey, 'storageEpoch'>,
  read: (doc: Y.Doc) => void,
): Promise<void> {
  const family = familyOf(key);
  for (const name of await storeNames(family)) {
    const updates = await unsavedUpdates(name);
    if (updates.length === 0) continue;
    const doc = new Y.Doc();
    for (const update of updates) Y.applyUpdate(doc, update);
    read(doc);
    doc.destroy();
  }
}

/** The incidents of which this browser has a document of this person. */
export async function incidentsWithDocuments(person: string): Promise<string[]> {
  const prefix = `${PREFIX}/${person}/`;
  return (await storeNames(prefix)).map((name) => name.slice(prefix.length).split('/')[0] ?? '');
}

/** Deletes every copy of a person's documents of an incident. */
export async function forgetDocuments(person: string, incident: string): Promise<void> {
  for (const name of await storeNames(`${PREFIX}/${person}/${incident}/`)) await clearDocument(name);
}

/** What a copy holds, in order; nothing when all in it was saved, or there is no such copy any more. */
function unsavedUpdates(name: string): Promise<readonly Uint8Array[]> {
  return new Promise((resolve) => {
    const nothing = (): void => resolve([]);
    try {
      const opening = indexedDB.open(name);
      // It was deleted since it was listed: given up, the opening does not make it anew.
      opening.addEventListener('upgradeneeded', () => opening.transaction?.abort());
      opening.addEventListener('error', nothing);
      opening.addEventListener('success', () => {
        const database = opening.result;
        if (!database.objectStoreNames.contains(UPDATES)) {
          database.close();
          return nothing();
        }
        const transaction = database.transaction([UPDATES, CUSTOM]);
        const count = transaction.objectStore(CUSTOM).get(UNSAVED) as IDBRequest<unknown>;
        const updates = transaction.objectStore(UPDATES).getAll() as IDBRequest<Uint8Array[]>;
        transaction.addEventListener('complete', () => {
          database.close();
          resolve(isSome(count.result) ? updates.result : []);
        });
        transaction.addEventListener('abort', () => {
          database.close();
          nothing();
        });
      });
    } catch {
      nothing();
    }
  });
}

function isSome(count: unknown): count is number {
  return typeof count === 'number' && count > 0;
}

async function storeNames(prefix: string): Promise<string[]> {
  try {
    const databases = await indexedDB.databases();
    return databases.flatMap(({ name }) => (name?.startsWith(prefix) ? [name] : []));
  } catch {
    // A browser without the list keeps the old copy; it is never opened under the new history.
    return [];
  }
}

function canOpen(name: string): Promise<boolean> {
  return new Promise((resolve) => {
    try {
      const request = indexedDB.open(name);
      request.addEventListener('upgradeneeded', () => {
        // Whoever opens first makes them.
        request.result.createObjectStore(UPDATES, { autoIncrement: true });
        request.result.createObjectStore(CUSTOM);
      });
      request.addEventListener('success', () => {
        request.result.close();
        resolve(true);
      });
      request.addEventListener('error', () => resolve(false));
      request.addEventListener('blocked', () => resolve(false));
    } catch {
      resolve(false);
    }
  });
}

function settlesWithin(work: Promise<unknown>, milliseconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), milliseconds);
    work.then(
      () => {
        clearTimeout(timer);
        resolve(true);
      },
      () => resolve(false),
    );
  });
}
