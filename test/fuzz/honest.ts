import * as Y from 'yjs';
import type { Account } from '../support/client.ts';
import { eventually, readDocument } from '../support/client.ts';
import { SavingWriter, openStock, scratchText, synced } from '../support/clientDocuments.ts';
import { RoomClient } from '../support/clientRoom.ts';
import { delay } from '../support/serverProcess.ts';

/** People who only want to work while others attack: one talks, one listens, one writes, one reads along. */
export interface Honest {
  /** Yjs client id of the writer. */
  clientId: number;
  /** Ends their work; answers what went wrong for them, and their figures in one line. */
  finish(): Promise<{ faults: string[]; figures: string }>;
  close(): void;
}

/** How long an honest person may wait for an acknowledgement under attack. Milliseconds. */
const PATIENCE = 5_000;

/** Puts honest people into the incident under attack. */
export async function honestPeople(
  url: string,
  people: readonly [Account, Account, Account],
  incidentId: string,
): Promise<Honest> {
  const [talks, listens, writes] = people;
  const speaker = new RoomClient(url, talks, incidentId);
  const listener = new RoomClient(url, listens, incidentId);
  const writer = new SavingWriter(url, writes, incidentId);
  const reader = openStock(url, listens, incidentId);
  await Promise.all([speaker.joined(), listener.joined(), synced(reader)]);
  const faults: string[] = [];
  const said: number[] = [];
  let slowest = 0;
  let stopped = false;

  const talking = (async () => {
    for (let number = 1; !stopped; number += 1) {
      const from = performance.now();
      const outcome = await speaker.command('chat.post', { text: `honest ${number}` }, { attempts: 1 });
      slowest = Math.max(slowest, performance.now() - from);
      if (outcome.kind === 'acknowledged') said.push(outcome.seq);
      else faults.push(`an honest message was not acknowledged: ${JSON.stringify(outcome)}`);
      await delay(50);
    }
  })();
  const writing = (async () => {
    for (let number = 1; !stopped; number += 1) {
      writer.write(`[honest-${number}]`, (number % 7) / 7);
      await delay(50);
    }
  })();

  return {
    clientId: writer.doc.clientID,
    finish: async () => {
      stopped = true;
      await Promise.all([talking, writing]);
      const written = writer.saved.length + writer.pending.length;
      await note(faults, () => eventually('every honest edit is saved', () => writer.pending.length === 0));
      await note(faults, () =>
        eventually('every honest edit reached the other person', () => same(writer.doc, reader.doc)),
      );
      await note(faults, () => listener.entry((entry) => entry.seq === said.at(-1)).then(() => {}));
      const heard = new Set(listener.entries.map((entry) => entry.seq));
      if (!said.every((seq) => heard.has(seq)))
        faults.push('an honest message did not reach the other person');
      if (slowest > PATIENCE) faults.push(`an honest message waited ${Math.round(slowest)} ms`);
      if (speaker.reconnects + listener.reconnects > 0)
        faults.push('an honest person lost their connection to the room');
      if (writer.reconnects > 0) faults.push('an honest writer lost their connection to the document');
      faults.push(...speaker.faults, ...listener.faults, ...writer.faults);
      const stored = new Y.Doc();
      Y.applyUpdate(stored, await readDocument(url, talks, incidentId));
      if (!same(stored, writer.doc)) faults.push('the stored document is not what the honest writer holds');
      if (stored.store.pendingStructs || stored.store.pendingDs)
        faults.push('the stored document waits for what is missing');
      if (said.length < 20 || written < 20)
        faults.push(`honest people hardly worked: ${said.length} messages, ${written} edits`);
      return {
        faults,
        figures: `${said.length} messages acknowledged (slowest ${Math.round(slowest)} ms), ${writer.saved.length} edits saved`,
      };
    },
    close: () => {
      stopped = true;
      speaker.close();
      listener.close();
      writer.close();
      reader.destroy();
    },
  };
}

function same(one: Y.Doc, other: Y.Doc): boolean {
  return (
    scratchText(one) === scratchText(other) &&
    Buffer.from(Y.encodeStateVector(one)).toString('hex').length ===
      Buffer.from(Y.encodeStateVector(other)).toString('hex').length &&
    Y.getState(one.store, one.clientID) <= Y.getState(other.store, one.clientID)
  );
}

async function note(faults: string[], promise: () => Promise<void>): Promise<void> {
  try {
    await promise();
  } catch (error) {
    faults.push(String(error));
  }
}
