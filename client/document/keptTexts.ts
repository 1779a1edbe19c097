import type * as Y from 'yjs';
import { documentRoots } from '#shared/document.ts';
import { documentMarkdown } from '#shared/documentMarkdown.ts';
import type { KeptText } from './snapshot.ts';

/** Texts that this browser keeps for one person until that person puts them away. */
export interface KeptTextStore {
  /** The texts of one incident, oldest first. */
  load(): Promise<readonly KeptText[]>;
  /** Keeps a text; one of the same id takes the place of the former. */
  keep(text: KeptText): Promise<void>;
  putAway(id: string): Promise<void>;
}

/** A kept text with the incident it belongs to. */
export interface KeptElsewhere extends KeptText {
  incident: string;
}

const TEXTS = 'texts';

/** One database per person: another person's is never opened. */
function databaseOf(person: string): string {
  return `warroom.kept/${person}`;
}

/**
 * The kept texts of one person in one incident, in IndexedDB. In a browser that keeps nothing every answer is empty: the
 * texts then last as long as the page.
 */
export function keptTextStore(person: string, incident: string): KeptTextStore {
  return {
    async load() {
      const all = await readKeptTexts(person);
      return all
        .filter((text) => text.incident === incident)
        .map(({ id, at, reason, text }) => ({ id, at, reason, text }));
    },
    async keep(text) {
      await inStore(person, 'readwrite', (rows) => rows.put({ ...text, incident }));
    },
    putAway: (id) => putAwayKeptText(person, id),
  };
}

/** Every kept text of a person, of all incidents, oldest first. */
export async function readKeptTexts(person: string): Promise<readonly KeptElsewhere[]> {
  const rows = await inStore<KeptElsewhere[]>(person, 'readonly', (store) => store.getAll());
  return (rows ?? []).toSorted((left, right) => left.at - right.at);
}

/** Forgets one text of a person; the person said so. */
export async function putAwayKeptText(person: string, id: string): Promise<void> {
  await inStore(person, 'readwrite', (rows) => rows.delete(id));
}

/** The text of a document as it is handed back to a person; empty when nothing is in it. */
export function textToKeep(doc: Y.Doc): string {
  const isEmpty =
    doc.getXmlFragment(documentRoots.content).length === 0 && doc.getText(documentRoots.scratch).length === 0;
  return isEmpty ? '' : documentMarkdown(doc).trim();
}

/** The answer of one request; undefined in a browser that keeps nothing. */
function inStore<T>(
  person: string,
  mode: IDBTransactionMode,
  work: (rows: IDBObjectStore) => IDBRequest<T> | IDBRequest<unknown>,
): Promise<T | undefined> {
  return new Promise((resolve) => {
    const nothing = (): void => resolve(undefined);
    try {
      const opening = indexedDB.open(databaseOf(person), 1);
      opening.addEventListener('upgradeneeded', () =>
        opening.result.createObjectStore(TEXTS, { keyPath: 'id' }),
      );
      opening.addEventListener('error', nothing);
      opening.addEventListener('success', () => {
        const database = opening.result;
        const transaction = database.transaction(TEXTS, mode);
        const request = work(transaction.objectStore(TEXTS));
        // Only a whole transaction is kept; what it answers before that may still be taken back.
        transaction.addEventListener('complete', () => {
          resolve(request.result as T);
          database.close();
        });
        transaction.addEventListener('abort', () => {
          nothing();
          database.close();
        });
      });
    } catch {
      nothing();
    }
  });
}
