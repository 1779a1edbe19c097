import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import type { FrameBatch, MomentFrame } from '#shared/review/momentFrame.ts';
import { documentRoots } from '#shared/document.ts';
import { createDocumentPlayer } from '../../client/views/replay/documentPlayer.ts';
import type { DocumentPlayer, Reading } from '../../client/views/replay/documentPlayer.ts';
import type { DocumentSource } from '../../client/views/replay/documentSource.ts';
import { documentTree, isRun } from '../../client/views/replay/documentTree.ts';
import type { Trace } from '../../client/views/replay/documentTree.ts';
import { seeded } from '../support/seeded.ts';

const START = Date.UTC(2026, 2, 14, 3, 0, 0);
const PLAIN: Reading = { kind: 'plain' };

/** Two people who write and delete in one document, batch by batch; and the text after each batch. */
function history(length: number, seed: number): { batches: FrameBatch[]; texts: string[] } {
  const chance = seeded(seed);
  const people = ['kim', 'ada'].map((author, index) => {
    const doc = new Y.Doc();
    doc.clientID = index + 1;
    return { author, doc };
  });
  const batches: FrameBatch[] = [];
  const texts = [''];
  for (let docSeq = 1; docSeq <= length; docSeq += 1) {
    const { author, doc } = chance.pick(people);
    const text = doc.getText(documentRoots.scratch);
    const before = Y.encodeStateVector(doc);
    if (text.length > 6 && chance.below(3) === 0) text.delete(chance.below(text.length - 3), 3);
    else text.insert(chance.below(text.length + 1), chance.pick(['abc', 'defg', 'hi']));
    const update = Y.encodeStateAsUpdate(doc, before);
    for (const one of people) if (one.doc !== doc) Y.applyUpdate(one.doc, update);
    batches.push({
      docSeq,
      seqBefore: 1,
      at: new Date(START + docSeq * 1_000).toISOString(),
      updates: [{ author, update }],
    });
    texts.push(text.toJSON());
  }
  return { batches, texts };
}

/** A server with a checkpoint every 50 batches that has forgotten what was deleted, and pages of 7 batches. */
function served(batches: readonly FrameBatch[]): DocumentSource & { asked: string[] } {
  const asked: string[] = [];
  const checkpointBy = (docSeq: number): MomentFrame['checkpoint'] => {
    const at = Math.floor(docSeq / 50) * 50;
    if (at === 0) return null;
    const doc = new Y.Doc();
    for (const { updates } of batches.slice(0, at))
      for (const { update } of updates) Y.applyUpdate(doc, update);
    return { docSeq: at, state: Y.encodeStateAsUpdate(doc) };
  };
  return {
    asked,
    moment: (docSeq) => {
      asked.push(`moment ${docSeq}`);
      const checkpoint = checkpointBy(docSeq);
      const rest = batches.slice(checkpoint?.docSeq ?? 0, docSeq);
      return Promise.resolve({ docSeq, checkpoint, segments: [], batches: rest });
    },
    batches: (after) => {
      asked.push(`batches ${after}`);
      return Promise.resolve(batches.slice(after, after + 7));
    },
    authors: () => Promise.resolve(new Map()),
  };
}

async function shownAt(player: DocumentPlayer, docSeq: number, reading: Reading): Promise<void> {
  player.show(docSeq, reading);
  for (;;) {
    const shown = player.getSnapshot();
    if (shown?.state === 'shown' && shown.docSeq === docSeq) return;
    // Each turn waits for what comes next.
    // oxlint-disable-next-line no-await-in-loop
    await new Promise<void>((resolve) => {
      const stop = player.subscribe(() => {
        stop();
        resolve();
      });
    });
  }
}

function textOf(player: DocumentPlayer, trace: Trace = { kind: 'none' }): string {
  const shown = player.getSnapshot();
  if (!shown) return '';
  return documentTree(shown.traced, trace)
    .scratch.flat()
    .map(({ text, change, goneBy }) =>
      change === 'same' ? text : change === 'new' ? `[+${text}]` : `[-${text}${goneBy ? `:${goneBy}` : ''}]`,
    )
    .join('');
}

describe('the document of a replay', () => {
  test('[Z5] at any moment it is what the people had then, wherever one came from', async () => {
    const { batches, texts } = history(180, 3);
    const player = createDocumentPlayer(served(batches), 0);
    const chance = seeded(9);
    for (let nth = 0; nth < 60; nth += 1) {
      const docSeq = chance.below(181);
      const reading: Reading = chance.below(4) === 0 ? { kind: 'traced' } : PLAIN;
      await shownAt(player, docSeq, reading);
      expect(textOf(player), `batch ${docSeq}`).toBe(texts[docSeq]);
    }
    player.stop();
  });

  test('[Z5] playing on asks for no moment again, and stands at each batch when it was recorded', async () => {
    const { batches, texts } = history(40, 5);
    const source = served(batches);
    const player = createDocumentPlayer(source, 0);
    await shownAt(player, 10, PLAIN);
    for (let docSeq = 10; docSeq < 40; docSeq += 1) {
      while (player.nextAt(docSeq, 40) === 'unknown') {
        player.prepare();
        await Promise.resolve();
      }
      expect(player.nextAt(docSeq, 40)).toBe(START + (docSeq + 1) * 1_000);
      expect(player.batchBy(START + (docSeq + 1) * 1_000, docSeq, 40)).toBe(docSeq + 1);
      player.show(docSeq + 1, PLAIN);
      expect(textOf(player)).toBe(texts[docSeq + 1]);
    }
    expect(player.nextAt(40, 40)).toBeNull();
    expect(player.nextAt(39, 39)).toBeNull();
    expect(source.asked.filter((asked) => asked.startsWith('moment'))).toEqual(['moment 10']);
  });

  test('[Z6] deleted text is there, struck, with who deleted it; two moments show what is new and what is gone', async () => {
    const batches: FrameBatch[] = [];
    const [kim, ada] = [new Y.Doc(), new Y.Doc()];
    kim.clientID = 1;
    ada.clientID = 2;
    const edit = (author: string, doc: Y.Doc, other: Y.Doc, change: (text: Y.Text) => void): void => {
      const before = Y.encodeStateVector(doc);
      change(doc.getText(documentRoots.scratch));
      const update = Y.encodeStateAsUpdate(doc, before);
      Y.applyUpdate(other, update);
      const docSeq = batches.length + 1;
      const at = new Date(START + docSeq).toISOString();
      batches.push({ docSeq, seqBefore: 1, at, updates: [{ author, update }] });
    };
    edit('kim', kim, ada, (text) => text.insert(0, 'pool is at 20'));
    edit('ada', ada, kim, (text) => text.delete(11, 2));
    edit('ada', ada, kim, (text) => text.insert(11, '50, draft'));
    edit('kim', kim, ada, (text) => text.delete(13, 7));
    const player = createDocumentPlayer(served(batches), 0);
    await shownAt(player, 4, { kind: 'traced' });
    expect(textOf(player)).toBe('pool is at 50');
    expect(textOf(player, { kind: 'deleted' })).toBe('pool is at [-20:ada]50[-, draft:kim]');
    await shownAt(player, 4, { kind: 'since', docSeq: 1 });
    const since = player.getSnapshot()?.mark;
    expect(since && textOf(player, { kind: 'since', mark: since })).toBe('pool is at [-20:ada][+50]');
    await shownAt(player, 4, { kind: 'since', docSeq: 2 });
    const later = player.getSnapshot()?.mark;
    expect(later && textOf(player, { kind: 'since', mark: later })).toBe('pool is at [+50]');
  });

  test('[Z5] what cannot be read is said, and a second try reads it', async () => {
    const { batches, texts } = history(5, 1);
    const good = served(batches);
    let broken = true;
    const player = createDocumentPlayer(
      { ...good, moment: (...asked) => (broken ? Promise.reject(new Error('away')) : good.moment(...asked)) },
      0,
    );
    const failed = new Promise<void>((resolve) => {
      player.subscribe(() => {
        if (player.getSnapshot()?.state === 'failed') resolve();
      });
    });
    player.show(5, PLAIN);
    await failed;
    expect(player.nextAt(0, 5)).toBeNull();
    broken = false;
    await shownAt(player, 5, PLAIN);
    expect(textOf(player)).toBe(texts[5]);
  });
});

test('[Z6] blocks, marks and attributes come through, and a block that was deleted is whole', async () => {
  const doc = new Y.Doc({ gc: false });
  const batches: FrameBatch[] = [];
  doc.on('update', (update: Uint8Array) => {
    const docSeq = batches.length + 1;
    batches.push({
      docSeq,
      seqBefore: 1,
      at: new Date(START).toISOString(),
      updates: [{ author: 'kim', update }],
    });
  });
  const content = doc.getXmlFragment(documentRoots.content);
  const heading = new Y.XmlElement('heading');
  heading.setAttribute('level', '2');
  const words = new Y.XmlText();
  heading.insert(0, [words]);
  content.insert(0, [heading]);
  words.insert(0, 'Impact', { bold: {} });
  content.delete(0, 1);
  const player = createDocumentPlayer(served(batches), 0);
  await shownAt(player, batches.length, { kind: 'traced' });
  const shown = player.getSnapshot();
  const [block] = shown ? documentTree(shown.traced, { kind: 'deleted' }).content : [];
  expect(block).toMatchObject({ name: 'heading', attributes: { level: '2' }, change: 'gone' });
  const run = block?.children[0];
  expect(run && isRun(run) && run).toMatchObject({ text: 'Impact', change: 'gone', goneBy: 'kim' });
  expect(shown && documentTree(shown.traced, { kind: 'none' }).content).toEqual([]);
});
