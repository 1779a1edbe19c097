import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import { awarenessFrame, syncFrame } from './clientDocuments.ts';

/** Builds a V1 update by hand: varints, and strings with their length. */
export function rawUpdate(...parts: readonly (number | string)[]): Uint8Array {
  const encoder = encoding.createEncoder();
  for (const part of parts) {
    if (typeof part === 'string') encoding.writeVarString(encoder, part);
    else encoding.writeVarUint(encoder, part);
  }
  return encoding.toUint8Array(encoder);
}

/** An update that one edit of a fresh document makes; `clientId` is its author's. */
export function updateOf(clientId: number, edit: (doc: Y.Doc) => void, base?: Uint8Array): Uint8Array {
  const doc = Object.assign(new Y.Doc(), { clientID: clientId });
  if (base) Y.applyUpdate(doc, base);
  const vector = Y.encodeStateVector(doc);
  doc.transact(() => edit(doc));
  return Y.encodeStateAsUpdate(doc, vector);
}

/** Text at the start of the scratch pad. */
export function insertUpdate(clientId: number, text: string): Uint8Array {
  return updateOf(clientId, (doc) => doc.getText('scratch').insert(0, text));
}

const GC = 0;
const SKIP = 10;
const STRING = 4;
const HAS_ORIGIN = 0x80;
const HAS_RIGHT_ORIGIN = 0x40;

/** A string that continues an item which nobody has written. */
export function unknownOrigin(clientId: number, of: number, side: 'left' | 'right' = 'left'): Uint8Array {
  const info = STRING | (side === 'left' ? HAS_ORIGIN : HAS_RIGHT_ORIGIN);
  return rawUpdate(1, 1, clientId, 0, info, of, 5, 'lost', 0);
}

/** The attacks that a document must survive (each as an update of the person with this client id, against `victim`). */
export function poisonUpdates(clientId: number, victim: number): Readonly<Record<string, Uint8Array>> {
  return {
    'a GC struct of length 2^40 under the client id of somebody else': rawUpdate(
      1,
      1,
      victim,
      0,
      GC,
      2 ** 40,
      0,
    ),
    'a GC struct of length 2^40 under the own client id': rawUpdate(1, 1, clientId, 0, GC, 2 ** 40, 0),
    'a deletion of what is not written yet': rawUpdate(0, 1, victim, 1, 0, 2 ** 40),
    'a gap: an update whose predecessor is missing': rawUpdate(
      1,
      1,
      clientId,
      50,
      STRING,
      1,
      'scratch',
      'late',
      0,
    ),
    'a Skip struct': rawUpdate(1, 2, clientId, 0, SKIP, 5, STRING, 1, 'scratch', 'skipped', 0),
    'an unknown origin': unknownOrigin(clientId, 987_654_321),
    'an unknown right origin': unknownOrigin(clientId, 987_654_321, 'right'),
    'an unknown parent': rawUpdate(1, 1, clientId, 0, STRING, 0, 987_654_321, 7, 'orphan', 0),
    'another root': updateOf(clientId, (doc) => doc.getMap('roles').set('commander', 'mallory')),
    'a subdocument': updateOf(clientId, (doc) => {
      (doc.getXmlFragment('content') as unknown as Y.Array<unknown>).insert(0, [new Y.Doc()]);
    }),
  };
}

/** Valid frames of every kind, and known bad ones, from which a fuzzer starts. */
export function frameCorpus(clientId: number, victim: number): Uint8Array[] {
  const rich = updateOf(clientId, (doc) => {
    const paragraph = new Y.XmlElement('paragraph');
    doc.getXmlFragment('content').insert(0, [paragraph]);
    const text = new Y.XmlText();
    paragraph.insert(0, [text]);
    text.insert(0, 'rollback done', { bold: {} });
    paragraph.setAttribute('level', '2');
  });
  const removed = updateOf(clientId, (doc) => {
    doc.getText('scratch').insert(0, 'abcdef');
    doc.getText('scratch').delete(1, 3);
  });
  return [
    syncFrame(0, Y.encodeStateVector(new Y.Doc())),
    syncFrame(2, insertUpdate(clientId, 'hello 장애 🔥')),
    syncFrame(1, insertUpdate(clientId, 'x')),
    syncFrame(2, rich),
    syncFrame(2, removed),
    syncFrame(2, Y.convertUpdateFormatV1ToV2(rich)),
    awarenessFrame([{ client: clientId, clock: 1, state: '{"cursor":{"anchor":null},"user":{"name":"M"}}' }]),
    awarenessFrame([{ client: victim, clock: 2 ** 53 - 1, state: 'null' }]),
    Uint8Array.of(3),
    Uint8Array.of(2, 0, 2, 104, 105),
    ...Object.values(poisonUpdates(clientId, victim)).map((update) => syncFrame(2, update)),
  ];
}
