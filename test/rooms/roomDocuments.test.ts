import { expect, it } from 'vitest';
import type { LiveDocument } from '../../server/rooms/liveDocument.ts';
import { createRoomDocuments } from '../../server/rooms/roomDocuments.ts';

/** A document in which people write so much that there is always more. */
function busy(name: string): LiveDocument {
  const document: Pick<LiveDocument, 'name' | 'take' | 'restore'> = {
    name,
    take: (most) => ({
      updates: Array.from({ length: most }, () => ({ author: 'ida', update: Uint8Array.of(0, 0) })),
      newClientIds: [],
    }),
    restore() {},
  };
  return document as LiveDocument;
}

it('[D31] a document in which people write all the time leaves room in the commits for the others of its incident', async () => {
  const names = ['main', 'notes', 'plan'];
  const documents = createRoomDocuments(names, (name) => Promise.resolve(busy(name)));
  for (const name of names) await documents.open(name);
  const taken = () => documents.take(200).map(({ request }) => request.name);
  expect([...taken(), ...taken(), ...taken(), ...taken()]).toEqual(['main', 'notes', 'plan', 'main']);
  const again = documents.takeAgain(documents.take(200), 200);
  expect(again.map(({ request }) => request.updates.length)).toEqual([200]);
});
