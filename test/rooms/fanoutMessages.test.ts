import { describe, expect, test } from 'vitest';
import { decodeMessage, decodeNotice, encodeMessage, encodeNotice } from '../../server/fanout/messages.ts';
import {
  batchOf,
  entryOf,
  everyMessage,
  everyNotice,
  HEAD,
  INCIDENT,
  OTHER_INCIDENT,
} from '../contracts/fanoutSupport.ts';

describe('messages between instances, as bytes', () => {
  test.each(everyMessage(INCIDENT).map((message) => [message.kind, message] as const))(
    '[F1] a %s is read as it was written',
    (_kind, message) => expect(decodeMessage(encodeMessage(message), INCIDENT)).toEqual(message),
  );

  test.each(everyNotice().map((notice) => [notice.kind, notice] as const))(
    '[F1] the notice %s is read as it was written',
    (_kind, notice) => expect(decodeNotice(encodeNotice(notice))).toEqual(notice),
  );

  test('[F1] documents travel as raw bytes, with little around them', () => {
    const batch = { kind: 'batch', head: HEAD, entries: [], documents: [batchOf(INCIDENT, 10_000)] } as const;
    const bytes = encodeMessage({ ...batch, entries: [], documents: [...batch.documents] });
    expect(bytes.length).toBeLessThan(10_200);
  });

  test('[F1] what is read has nothing in common with the bytes it came in', () => {
    const bytes = Buffer.from(
      encodeMessage({ kind: 'awareness', name: 'main', entries: Uint8Array.of(7, 7) }),
    );
    const read = decodeMessage(bytes, INCIDENT);
    bytes.fill(0);
    expect(read).toEqual({ kind: 'awareness', name: 'main', entries: Uint8Array.of(7, 7) });
  });

  test('[F8] what breaks off anywhere, or goes on, is not read', () => {
    const all = [
      ...everyMessage(INCIDENT).map((message) => [encodeMessage(message), decodeMessage] as const),
      ...everyNotice().map((notice) => [encodeNotice(notice), decodeNotice] as const),
    ];
    for (const [bytes, decode] of all) {
      for (let length = 0; length < bytes.length; length += 1) {
        // Behind the cut lies what the rest would be: a reader that looks past its end finds it.
        expect(decode(bytes.subarray(0, length), INCIDENT)).toBeNull();
      }
      expect(decode(Uint8Array.of(...bytes, 0), INCIDENT)).toBeNull();
    }
  });

  test('[F8] kinds that this version does not know are not read, nor a notice as a message', () => {
    for (let kind = 0; kind < 256; kind += 1) {
      const bytes = Uint8Array.of(kind);
      expect(decodeMessage(bytes, INCIDENT)).toEqual(kind === 6 ? { kind: 'hello' } : null);
      const known = new Map([
        [33, { kind: 'permissions' }],
        [37, { kind: 'goodbye' }],
      ]);
      expect(decodeNotice(bytes)).toEqual(known.get(kind) ?? null);
    }
  });

  test.each([
    ['of another incident', [entryOf(OTHER_INCIDENT)]],
    ['without a hash', [{ ...entryOf(INCIDENT), hash: undefined }]],
    ['with a text for a number', [{ ...entryOf(INCIDENT), seq: '300' }]],
    ['without a body', [{ ...entryOf(INCIDENT), body: null }]],
    ['that are null', [null]],
    ['that are no list', { length: 1 }],
  ])('[F8] entries %s are not read', (_what, entries) => {
    const bytes = encodeMessage({ kind: 'batch', head: HEAD, entries: entries as never, documents: [] });
    expect(decodeMessage(bytes, INCIDENT)).toBeNull();
  });

  test('[F8] a summary without its fields is not read', () => {
    expect(decodeNotice(encodeNotice({ kind: 'summary', summary: { id: INCIDENT } as never }))).toBeNull();
  });
});
