import * as Y from 'yjs';
import type { Entry } from '#shared/contract/entries.ts';
import type { Head } from '#shared/contract/wire.ts';
import { chainFaults } from '../support/clientChain.ts';
import { scratchText } from '../support/clientDocuments.ts';
import type { SavingWriter } from '../support/clientDocuments.ts';
import type { RoomClient } from '../support/clientRoom.ts';
import type { Message } from './load.ts';

/** Everything a run leaves behind. */
export interface History {
  entries: readonly Entry[];
  head: Head;
  document: Uint8Array;
  messages: readonly Message[];
  rooms: readonly RoomClient[];
  writers: readonly SavingWriter[];
}

/** What was promised and is not so; nothing when every promise held. */
export function losses(history: History): string[] {
  return [
    ...chainFaults(history.entries, history.head),
    ...messageFaults(history),
    ...commanderFaults(history.entries),
    ...viewFaults(history),
    ...documentFaults(history),
  ];
}

/** An acknowledged message stands once, where it was acknowledged; an unknown one at most once; a refused one nowhere. */
function messageFaults({ entries, messages }: History): string[] {
  const faults: string[] = [];
  const posted = new Map<string, Entry[]>();
  for (const entry of entries) {
    if (entry.type !== 'chat.posted') continue;
    const text = String(entry.body['text']);
    posted.set(text, [...(posted.get(text) ?? []), entry]);
  }
  for (const { text, actor, outcome } of messages) {
    const found = posted.get(text) ?? [];
    posted.delete(text);
    const first = found[0];
    if (found.length > 1) faults.push(`twice in the log: ${text}`);
    if (first && first.actor !== actor) faults.push(`under another name: ${text}`);
    if (outcome.kind === 'acknowledged' && first?.seq !== outcome.seq) {
      faults.push(`acknowledged as ${outcome.seq}, found at ${first?.seq ?? 'no place'}: ${text}`);
    }
    if (outcome.kind === 'refused') faults.push(`refused (${outcome.code} ${outcome.message}): ${text}`);
  }
  for (const text of posted.keys()) faults.push(`in the log and said by nobody: ${text}`);
  return faults;
}

/** One commander at every position: each change follows from the one before and raises the epoch by one. */
function commanderFaults(entries: readonly Entry[]): string[] {
  const faults: string[] = [];
  let commander = '';
  let epoch = 1;
  for (const { type, seq, body } of entries) {
    if (type === 'incident.declared') commander = String(body['commander']);
    if (type !== 'handoff.accepted') continue;
    if (body['from'] !== commander)
      faults.push(`entry ${seq}: command came from somebody who did not hold it`);
    if (body['epoch'] !== epoch + 1)
      faults.push(`entry ${seq}: epoch ${String(body['epoch'])} after ${epoch}`);
    commander = String(body['to']);
    epoch += 1;
  }
  return faults;
}

/** Nobody was ever shown what the log does not say. */
function viewFaults({ entries, rooms }: History): string[] {
  return rooms.flatMap((room) => [
    ...room.faults.map((fault) => `${room.account.name}: ${fault}`),
    ...room.entries
      .filter((entry) => entries[entry.seq - 1]?.hash !== entry.hash)
      .map((entry) => `${room.account.name} was shown an entry ${entry.seq} that the log does not have`),
  ]);
}

/** Every saved edit is in the document once, and the document is what every writer holds. */
function documentFaults({ document, writers }: History): string[] {
  const faults: string[] = [];
  const doc = new Y.Doc();
  Y.applyUpdate(doc, document);
  const text = scratchText(doc);
  if (doc.store.pendingStructs || doc.store.pendingDs)
    faults.push('the document waits for something that is missing');
  for (const [index, writer] of writers.entries()) {
    faults.push(...writer.faults.map((fault) => `writer ${index}: ${fault}`));
    for (const saved of writer.saved) {
      const found = text.split(saved).length - 1;
      if (found !== 1) faults.push(`saved edit ${saved} is in the document ${found} times`);
    }
    if (scratchText(writer.doc) !== text) faults.push(`writer ${index} holds another text than the server`);
  }
  return faults;
}
