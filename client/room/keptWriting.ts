import { api } from '../app/api.ts';
import { writtenIn } from '../connection/outbox.ts';
import { forgetDocuments, incidentsWithDocuments } from '../document/persistence.ts';
import { putAwayKeptText, readKeptTexts } from '../document/keptTexts.ts';
import { unsavedText } from '../document/unsavedText.ts';
import { outboxStore } from './outboxStore.ts';
import { dropStored, readStored, storedKeys, storedUnder } from './stored.ts';

/** What this browser keeps of one person's writing in one incident, and nobody has received. */
export interface KeptWriting {
  incident: string;
  texts: readonly string[];
}

/**
 * Writing kept for incidents that this person may not see any more: messages that waited or were refused, a draft, a
 * document with something unsaved, texts that were handed back. Which incidents those are the server says; without its
 * answer nothing is listed.
 */
export async function writingOfLostIncidents(person: string): Promise<readonly KeptWriting[]> {
  const all = await gather(person);
  const found: KeptWriting[] = [];
  for (const incident of new Set([...all.keys(), ...(await incidentsWithDocuments(person))])) {
    const texts = [...(all.get(incident) ?? []), ...(await unsavedText(person, incident))];
    if (texts.length > 0 && (await isLost(incident))) found.push({ incident, texts });
  }
  return found;
}

/** Deletes everything this browser keeps of a person's writing in an incident; done when it is gone for good. */
export async function forgetWriting(person: string, incident: string): Promise<void> {
  for (const item of await outboxStore.load(person, incident)) await outboxStore.remove(item);
  for (const kept of await readKeptTexts(person))
    if (kept.incident === incident) await putAwayKeptText(person, kept.id);
  dropStored(storedKeys.draft(person, incident));
  await forgetDocuments(person, incident);
  // The stores of messages and texts answer a failure with nothing.
  if ((await gather(person)).has(incident)) throw new Error('Not everything was deleted.');
}

/** Everything but documents, by incident. */
async function gather(person: string): Promise<Map<string, string[]>> {
  const all = new Map<string, string[]>();
  const add = (incident: string, text: string): void => {
    if (text !== '') all.set(incident, [...(all.get(incident) ?? []), text]);
  };
  for (const item of await outboxStore.loadAll(person)) add(item.incidentId, writtenIn(item));
  for (const { incident, text } of await readKeptTexts(person)) add(incident, text);
  const prefix = storedKeys.draft(person, '');
  for (const key of storedUnder(prefix)) add(key.slice(prefix.length), readStored(key) ?? '');
  return all;
}

async function isLost(incident: string): Promise<boolean> {
  const answer = await api(`/api/incidents/${incident}`);
  return !answer.ok && answer.error.status === 404;
}
