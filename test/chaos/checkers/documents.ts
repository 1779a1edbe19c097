import * as Y from 'yjs';
import { scratchText } from '../../support/clientDocuments.ts';
import type { History, Replica, Violation } from '../history.ts';

interface Opened {
  holder: string;
  doc: Y.Doc;
  text: string;
  content: string;
}

function open({ holder, state }: Replica): Opened {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, state);
  return { holder, doc, text: scratchText(doc), content: doc.getXmlFragment('content').toJSON() };
}

function deletes(doc: Y.Doc): Y.Snapshot {
  return Y.snapshot(doc);
}

/** I5: when all is quiet everybody holds the same document, and nobody waits for anything missing. */
export function convergence(history: History): Violation[] {
  const texts: string[] = [];
  for (const replicas of Map.groupBy(history.replicas, ({ incidentId }) => incidentId).values()) {
    const [first, ...others] = replicas.map(open);
    if (!first) continue;
    for (const { holder, doc } of [first, ...others]) {
      if (doc.store.pendingStructs || doc.store.pendingDs)
        texts.push(`${holder} waits for something that is missing`);
    }
    for (const other of others) texts.push(...differences(first, other));
  }
  return texts.map((text) => ({ invariant: 'I5', text }));
}

function differences(one: Opened, other: Opened): string[] {
  const pair = `${one.holder} and ${other.holder}`;
  const faults: string[] = [];
  if (one.text !== other.text)
    faults.push(`${pair} hold different texts from place ${firstDifference(one.text, other.text)} on`);
  if (one.content !== other.content) faults.push(`${pair} hold different rich text`);
  if (faults.length === 0 && !Y.equalSnapshots(deletes(one.doc), deletes(other.doc)))
    faults.push(`${pair} hold the same text with different histories`);
  return faults;
}

function firstDifference(one: string, other: string): number {
  let place = 0;
  while (place < one.length && one[place] === other[place]) place += 1;
  return place;
}

/** I6: an edit whose author was told that it is saved is in the document once; an unsaved one at most once. */
export function savedEdits(history: History): Violation[] {
  const texts: string[] = [];
  const holders = Map.groupBy(history.replicas, ({ incidentId }) => incidentId);
  for (const [incidentId, edits] of Map.groupBy(history.edits, (edit) => edit.incidentId)) {
    for (const { holder, text } of (holders.get(incidentId) ?? []).map(open)) {
      for (const { word, saved, writer } of edits) {
        const found = text.split(word).length - 1;
        if (saved && found === 0)
          texts.push(`edit ${word} of ${writer} was called saved, and ${holder} does not have it`);
        if (found > 1) texts.push(`edit ${word} of ${writer} is ${found} times in what ${holder} has`);
      }
    }
  }
  return texts.map((text) => ({ invariant: 'I6', text }));
}
