import { WebSocket } from 'ws';
import { Awareness } from 'y-protocols/awareness';
import type { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import type { LineSocket } from '../../client/document/lineTools.ts';
import { openLine } from '../../client/document/provider.ts';
import { unsavedLedger } from '../../client/document/unsavedLedger.ts';
import type { Account } from '../support/client.ts';
import { SavingWriter, documentUrl, openStock, scratchText } from '../support/clientDocuments.ts';
import type { Seeded } from '../support/seeded.ts';
import { moment } from './history.ts';
import type { Edit, Recorder } from './history.ts';

/** Somebody who writes, by one of three clients, and what they know of what is saved. */
export interface Editor {
  readonly name: string;
  readonly doc: Y.Doc;
  /** Writes a bracketed word that occurs nowhere else near a place given as a share of the text. */
  write(word: string, place: number): void;
  /** Puts this text in the place of everything; nothing is claimed of it. */
  replace(text: string): void;
  /** Connected and up to date, with nothing unsaved; a stock client cannot know, and says when it is synchronised. */
  isQuiet(): boolean;
  faults(): readonly string[];
  close(): void;
}

export interface EditorParts {
  name: string;
  url: string;
  who: Account;
  incidentId: string;
  recorder: Recorder;
  random: Seeded;
}

function insert(doc: Y.Doc, word: string, place: number): void {
  const scratch = doc.getText('scratch');
  scratch.insert(scratchText(doc).indexOf(']', Math.floor(place * scratch.length)) + 1, word);
}

function replace(doc: Y.Doc, text: string): void {
  const scratch = doc.getText('scratch');
  doc.transact(() => {
    scratch.delete(0, scratch.length);
    scratch.insert(0, text);
  });
}

function begin({ recorder, name, incidentId }: EditorParts, word: string): Edit {
  const edit: Edit = { writer: name, incidentId, word, invoked: moment(), saved: null };
  recorder.edits.push(edit);
  return edit;
}

/** Frames of its own with `?ack=1`, one message per edit: knows of each edit by itself that it is saved. */
export function exactEditor(parts: EditorParts): Editor {
  const writer = new SavingWriter(parts.url, parts.who, parts.incidentId);
  const unsaved = new Map<string, Edit>();
  let seen = 0;
  const note = (): void => {
    for (; seen < writer.saved.length; seen += 1) {
      const edit = unsaved.get(writer.saved[seen] ?? '');
      if (edit) edit.saved = moment();
    }
  };
  const timer = setInterval(note, 20);
  return {
    name: parts.name,
    doc: writer.doc,
    write(word, place) {
      unsaved.set(word, begin(parts, word));
      writer.write(word, place);
    },
    replace: (text) => replace(writer.doc, text),
    isQuiet() {
      note();
      return writer.pending.length === 0;
    },
    faults: () => writer.faults,
    close() {
      note();
      clearInterval(timer);
      writer.close();
    },
  };
}

/** The line of warroom's own browser client: what its ledger calls saved is what a person is shown as saved. */
export function ownEditor(parts: EditorParts): Editor {
  const doc = new Y.Doc();
  const faults: string[] = [];
  const unsaved = new Set<Edit>();
  const ledger = unsavedLedger();
  const headers = { authorization: `Bearer ${parts.who.token}` };
  const note = (): void => {
    if (ledger.count() > 0) return;
    for (const edit of unsaved) edit.saved = moment();
    unsaved.clear();
  };
  const line = openLine({
    url: `${documentUrl(parts.url, parts.incidentId)}?ack=1`,
    doc,
    awareness: new Awareness(doc),
    tools: {
      open: (address) =>
        new WebSocket(address, { headers, perMessageDeflate: false }) as unknown as LineSocket,
      now: () => Date.now(),
      after(milliseconds, work) {
        const timer = setTimeout(work, milliseconds);
        return () => clearTimeout(timer);
      },
      random: () => parts.random.next(),
    },
    ledger,
    onChange: note,
    beforeOthers: () => undefined,
    onFinal: (meaning) => faults.push(`closed for good: ${meaning.kind}`),
    onNeverOpened: () => Promise.resolve(null),
  });
  return {
    name: parts.name,
    doc,
    write(word, place) {
      unsaved.add(begin(parts, word));
      insert(doc, word, place);
    },
    replace: (text) => replace(doc, text),
    isQuiet: () => line.settled() && ledger.count() === 0,
    faults: () => faults,
    close: () => line.stop(),
  };
}

/** The stock provider of y-websocket: never told what is saved, so that nothing is claimed of its edits but their spread. */
export function stockEditor(parts: EditorParts): Editor {
  const provider: WebsocketProvider = openStock(parts.url, parts.who, parts.incidentId);
  const faults: string[] = [];
  provider.on('connection-close', (event: { code: number } | null) => {
    if (event && event.code >= 4400 && event.code < 4500) faults.push(`closed for good with ${event.code}`);
  });
  return {
    name: parts.name,
    doc: provider.doc,
    write(word, place) {
      begin(parts, word);
      insert(provider.doc, word, place);
    },
    replace: (text) => replace(provider.doc, text),
    isQuiet: () => provider.synced,
    faults: () => faults,
    close: () => provider.destroy(),
  };
}
