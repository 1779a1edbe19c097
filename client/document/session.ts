import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import type { Schema } from '@tiptap/pm/model';
import { DOCUMENT_SCHEMA_VERSION, documentRoots, schemaVersionOf } from '#shared/document.ts';
import type { KeptTextStore } from './keptTexts.ts';
import type { LineTools } from './lineTools.ts';
import { findObstacle, findObstacleInChanges, flattenBlock } from './parsable.ts';
import type { Obstacle } from './parsable.ts';
import type { DocumentStore } from './persistence.ts';
import { openLine } from './provider.ts';
import type { DocumentLine } from './provider.ts';
import { saveState, untilNextWord } from './saveState.ts';
import type { DocumentSaveState, SaveFacts } from './saveState.ts';
import { isSameSnapshot } from './snapshot.ts';
import type { DocumentInstance, DocumentSnapshot, FinalMeaning, KeptText } from './snapshot.ts';
import { unsavedLedger } from './unsavedLedger.ts';

/** The live document of one incident in one tab. Listeners are told after every change of the snapshot. */
export interface DocumentSession {
  snapshot(): DocumentSnapshot;
  subscribe(listener: () => void): () => void;
  /** Called inside the Yjs transaction that brings in what the editor cannot hold, before the editor's binding sees it. */
  onObstacle(listener: () => void): () => void;
  /** Called before each change and each movement of others comes in. */
  beforeOthers(listener: () => void): () => void;
  /** The right to write as the room's state tells it. */
  setWritable(writable: boolean): void;
  retry(): void;
  suspect(): void;
  /** While on, others' changes wait; for the time in which an input method composes. */
  hold(on: boolean): void;
  dismissKept(text: KeptText): void;
  /** Turns what keeps the document out of the editor into plain text. */
  flattenObstacle(): void;
  stop(): void;
}

export interface SessionParts {
  url: string;
  user: { id: string; name: string };
  tools: LineTools;
  schema: Schema;
  /** Opens this browser's copy; null without one. */
  openStore(doc: Y.Doc): Promise<DocumentStore | null>;
  /** Deletes copies of an older history, each by its name, once `keep` is done with it. */
  takeOldStores(keep: (doc: Y.Doc, name: string) => Promise<void>): Promise<void>;
  /** Where texts that are handed back outlive the page. */
  keptTexts: KeptTextStore;
  /** Why a socket may have been refused before it opened. */
  whyRefused(): Promise<FinalMeaning | null>;
  /** The text of a document as it is handed back to a person; empty when nothing is in it. */
  copyOf(doc: Y.Doc): string;
}

const LATE_AFTER = 8_000;
/** So long after the last letter the word "saved" comes back. */
const QUIET = 400;
/** More refused instances than this are no accident; the text is kept and the tries end. */
const MOST_REPLACEMENTS = 3;

/** Opens the document and keeps it open until stopped. */
export function openDocument(parts: SessionParts): DocumentSession {
  const { tools } = parts;
  const listeners = new Set<() => void>();
  const obstacleListeners = new Set<() => void>();
  const othersListeners = new Set<() => void>();
  let stopped = false;
  let writable = true;
  let refusals = 0;
  let kept: readonly KeptText[] = [];
  /** Texts refused in this tab; one of an earlier visit is no news about this document. */
  const refusedHere = new Set<string>();
  let ended: FinalMeaning['kind'] | null = null;
  let savedAt: number | null = null;
  let typedAt = 0;
  let unsavedBefore = 0;
  let current = begin(1);
  let snapshot = build();
  let cancelWord = (): void => undefined;

  interface Running {
    instance: DocumentInstance;
    line: DocumentLine | null;
    store: DocumentStore | null;
    opened: boolean;
    ready: boolean;
    late: boolean;
    /** Refused, and about to be replaced: its text is no longer shown. */
    discarded: boolean;
    obstacle: Obstacle | null;
    trips: number;
    unsavedKept: number;
    stop(): void;
  }

  function begin(number: number): Running {
    const doc = new Y.Doc();
    const instance: DocumentInstance = {
      number,
      doc,
      awareness: new Awareness(doc),
      content: doc.getXmlFragment(documentRoots.content),
      scratch: doc.getText(documentRoots.scratch),
    };
    const running: Running = {
      instance,
      line: null,
      store: null,
      opened: false,
      ready: false,
      late: false,
      discarded: false,
      obstacle: null,
      trips: 0,
      unsavedKept: 0,
      stop: () => undefined,
    };
    instance.awareness.setLocalState({ user: parts.user });
    const guard = (events: Y.YEvent<Y.AbstractType<unknown>>[], transaction: Y.Transaction): void =>
      judge(running, events, transaction);
    instance.content.observeDeep(guard);
    const cancelLate = tools.after(LATE_AFTER, () => {
      running.late = true;
      changed();
    });
    running.stop = () => {
      cancelLate();
      instance.content.unobserveDeep(guard);
      running.line?.stop();
    };
    void start(running);
    return running;
  }

  async function start(running: Running): Promise<void> {
    const { instance } = running;
    const ledger = unsavedLedger();
    // Also for a session that was stopped meanwhile: what was read is kept before the copy goes.
    await parts.takeOldStores((old, name) => keep('history_changed', name, old));
    show(await parts.keptTexts.load());
    if (stopped) return;
    const store = await parts.openStore(instance.doc);
    if (stopped || current !== running) {
      await store?.close();
      return;
    }
    running.store = store;
    running.opened = true;
    if (store && store.unsavedBefore > 0) ledger.remember(store.unsavedBefore, tools.now());
    running.unsavedKept = store?.unsavedBefore ?? 0;
    running.line = openLine({
      url: parts.url,
      doc: instance.doc,
      awareness: instance.awareness,
      tools,
      ledger,
      onChange: changed,
      beforeOthers: () => othersListeners.forEach((listener) => listener()),
      onFinal: (meaning) => final(running, meaning),
      onNeverOpened: parts.whyRefused,
    });
    changed();
  }

  /** Runs before the editor's own observer, because it was registered first. */
  function judge(
    running: Running,
    events: Y.YEvent<Y.AbstractType<unknown>>[],
    transaction: Y.Transaction,
  ): void {
    // What the editor itself wrote it can read; anything else is looked at.
    const byEditor =
      transaction.local && transaction.origin !== null && !(transaction.origin instanceof Y.UndoManager);
    if (byEditor && running.obstacle === null) return;
    const found =
      running.obstacle === null
        ? findObstacleInChanges(events, parts.schema)
        : findObstacle(running.instance.content, parts.schema);
    if (found === null && running.obstacle === null) return;
    if (found && running.obstacle === null) running.trips += 1;
    running.obstacle = found;
    if (found) for (const listener of obstacleListeners) listener();
    changed();
  }

  function final(running: Running, meaning: FinalMeaning): void {
    if (stopped || running !== current) return;
    if (meaning.kind !== 'refused' || refusals >= MOST_REPLACEMENTS) {
      ended = meaning.kind;
      return changed();
    }
    refusals += 1;
    const id = `refused/${running.instance.doc.guid}`;
    refusedHere.add(id);
    void keep('refused', id, running.instance.doc);
    running.stop();
    const { store, instance } = running;
    // The new instance opens the same store: the refused copy has to be gone before that.
    const dropped = store?.drop() ?? Promise.resolve();
    current = { ...running, line: null, store: null, discarded: true };
    dropped
      .catch((error: unknown) => console.error('The refused copy could not be deleted.', error))
      .finally(() => {
        if (stopped) return;
        current = begin(instance.number + 1);
        changed();
        instance.awareness.destroy();
        instance.doc.destroy();
      });
    changed();
  }

  async function keep(reason: KeptText['reason'], id: string, doc: Y.Doc): Promise<void> {
    const text = parts.copyOf(doc);
    if (text === '') return;
    const one = { id, at: tools.now(), reason, text };
    show([one]);
    await parts.keptTexts.keep(one);
  }

  function show(texts: readonly KeptText[]): void {
    const known = new Set(kept.map(({ id }) => id));
    const fresh = texts.filter(({ id }) => !known.has(id));
    if (fresh.length === 0) return;
    kept = [...kept, ...fresh].toSorted((left, right) => left.at - right.at);
    changed();
  }

  function facts(): SaveFacts {
    const { line } = current;
    return {
      settled: line?.settled() ?? false,
      awaySince: line?.awaySince() ?? null,
      cannotKeep: line?.serverCannotKeep() ?? false,
      unsaved: line?.ledger.count() ?? 0,
      oldestUnsavedAt: line?.ledger.oldest() ?? null,
      readOnly: !writable || (line?.denied() ?? false) || isNewer(),
      refused: kept.some(({ id }) => refusedHere.has(id)) || ended === 'refused',
    };
  }

  function isNewer(): boolean {
    return schemaVersionOf(current.instance.doc) > DOCUMENT_SCHEMA_VERSION;
  }

  function build(): DocumentSnapshot {
    const { instance, line, store, opened } = current;
    if (!current.ready && (line?.settled() || holdsAnything(instance))) {
      current.ready = true;
      current.obstacle = findObstacle(instance.content, parts.schema);
    }
    return {
      phase: current.discarded ? 'opening' : current.ready ? 'ready' : current.late ? 'late' : 'opening',
      instance,
      save: saveState(facts(), tools.now()),
      savedAt,
      obstacle: current.obstacle,
      trips: current.trips,
      newerSchema: isNewer(),
      denied: line?.denied() ?? false,
      full: line?.full() ?? false,
      ended,
      kept,
      keptInBrowser: !opened || store !== null,
    };
  }

  function changed(): void {
    if (stopped) return;
    cancelWord();
    const next = build();
    const wait = untilNextWord(facts(), tools.now());
    if (wait !== null) cancelWord = tools.after(wait, changed);
    keepCount(next.save.unsaved);
    next.save = calm(next.save);
    if (isAllSaved(next.save) && !(savedAt !== null && isAllSaved(snapshot.save))) savedAt = tools.now();
    next.savedAt = savedAt;
    if (isSameSnapshot(snapshot, next)) return;
    snapshot = next;
    for (const listener of listeners) listener();
  }

  /** The number is for the next visit, so it need not be written for every letter. */
  function keepCount(unsaved: number): void {
    const { unsavedKept, store } = current;
    if ((unsaved === 0) === (unsavedKept === 0) && Math.abs(unsaved - unsavedKept) < 10) return;
    current.unsavedKept = unsaved;
    store?.keepUnsaved(unsaved);
  }

  /** While somebody types and all goes well, the state stays at "in flight" instead of changing with each letter. */
  function calm(save: DocumentSaveState): DocumentSaveState {
    const now = tools.now();
    if (save.unsaved > unsavedBefore) typedAt = now;
    unsavedBefore = save.unsaved;
    const shown = snapshot.save;
    if (save.kind !== 'saved' || shown.kind !== 'saved' || shown.unsaved === 0) return save;
    if (save.unsaved > 0) return shown;
    const quiet = typedAt + QUIET - now;
    if (quiet <= 0) return save;
    cancelWord();
    cancelWord = tools.after(quiet, changed);
    return shown;
  }

  return {
    snapshot: () => snapshot,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onObstacle(listener) {
      obstacleListeners.add(listener);
      return () => obstacleListeners.delete(listener);
    },
    beforeOthers(listener) {
      othersListeners.add(listener);
      return () => othersListeners.delete(listener);
    },
    setWritable(may) {
      if (writable === may) return;
      writable = may;
      // Rights came back: only a new socket is asked what waits here.
      if (may) current.line?.retry();
      changed();
    },
    retry() {
      ended = null;
      current.line?.retry();
      changed();
    },
    suspect: () => current.line?.suspect(),
    hold: (on) => current.line?.hold(on),
    dismissKept(text) {
      // Shown until it is gone for good: who sees it disappear may close the page.
      void parts.keptTexts.putAway(text.id).then(() => {
        kept = kept.filter(({ id }) => id !== text.id);
        changed();
      });
    },
    flattenObstacle() {
      const block = current.obstacle?.block;
      if (block) flattenBlock(current.instance.content, block);
    },
    stop() {
      if (stopped) return;
      stopped = true;
      cancelWord();
      current.stop();
      // The store writes what is still in its queue before it closes.
      current.store?.close().catch((error: unknown) => console.error('The copy could not be closed.', error));
      current.instance.awareness.destroy();
      current.instance.doc.destroy();
    },
  };
}

function isAllSaved({ kind, unsaved }: DocumentSaveState): boolean {
  return kind === 'saved' && unsaved === 0;
}

/** Has the browser's copy anything in it? An empty one is no document yet. */
function holdsAnything({ content, scratch }: DocumentInstance): boolean {
  return content.length > 0 || scratch.length > 0;
}
