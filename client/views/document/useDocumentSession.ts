import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { Person } from '#shared/contract/wire.ts';
import { MAIN_DOCUMENT } from '#shared/document.ts';
import { api } from '../../app/api.ts';
import { keptTextStore, textToKeep } from '../../document/keptTexts.ts';
import { browserLineTools } from '../../document/lineTools.ts';
import { openStore, takeOldStores } from '../../document/persistence.ts';
import type { StoreKey } from '../../document/persistence.ts';
import { documentSchema } from '../../document/schema.ts';
import { openDocument } from '../../document/session.ts';
import type { DocumentSession } from '../../document/session.ts';
import type { DocumentSnapshot, FinalMeaning } from '../../document/snapshot.ts';
import { storageEpochOf } from '../../document/storageEpoch.ts';

/** The address of an incident's document on this page's server. */
export function documentAddress(
  incidentId: string,
  place: Pick<Location, 'protocol' | 'host'>,
  name: string = MAIN_DOCUMENT,
): string {
  const path = name === MAIN_DOCUMENT ? incidentId : `${incidentId}/${name}`;
  return `${place.protocol === 'https:' ? 'wss:' : 'ws:'}//${place.host}/doc/${path}?ack=1`;
}

/** A browser hides why an upgrade was refused; the same right asked for over HTTP says it. */
async function whyRefused(incidentId: string): Promise<FinalMeaning | null> {
  const answer = await api(`/api/incidents/${incidentId}`);
  if (answer.ok) return null;
  switch (answer.error.status) {
    case 401:
      return { kind: 'session_ended' };
    case 403:
      return { kind: 'forbidden' };
    case 404:
      return { kind: 'gone' };
    default:
      return null;
  }
}

function open(
  incidentId: string,
  me: Pick<Person, 'id' | 'name'>,
  knownEpoch: string | undefined,
  name: string,
): DocumentSession {
  const key = async (): Promise<StoreKey> => ({
    person: me.id,
    incident: incidentId,
    document: name,
    storageEpoch: await storageEpochOf(incidentId, knownEpoch),
  });
  return openDocument({
    url: documentAddress(incidentId, window.location, name),
    user: { id: me.id, name: me.name },
    tools: browserLineTools(),
    schema: documentSchema(),
    openStore: async (doc) => openStore(await key(), doc),
    takeOldStores: async (keep) => takeOldStores(await key(), keep),
    keptTexts: keptTextStore(me.id, incidentId),
    whyRefused: () => whyRefused(incidentId),
    copyOf: textToKeep,
  });
}

/** A live document of an incident, the main one where none is named, for as long as the component is shown; null in the first moment. */
export function useDocumentSession(
  incidentId: string,
  me: Person,
  storageEpoch: string | undefined,
  document: string = MAIN_DOCUMENT,
): { session: DocumentSession; snapshot: DocumentSnapshot } | null {
  const [session, setSession] = useState<DocumentSession | null>(null);
  const { id, name } = me;
  useEffect(() => {
    const opened = open(incidentId, { id, name }, storageEpoch, document);
    // What an effect opened has to be shown; there is no other moment for it.
    // oxlint-disable-next-line react/set-state-in-effect
    setSession(opened);
    const online = (): void => opened.retry();
    const offline = (): void => opened.suspect();
    window.addEventListener('online', online);
    window.addEventListener('offline', offline);
    return () => {
      window.removeEventListener('online', online);
      window.removeEventListener('offline', offline);
      opened.stop();
      setSession(null);
    };
  }, [incidentId, id, name, storageEpoch, document]);
  const subscribe = useMemo(() => session?.subscribe ?? (() => () => undefined), [session]);
  const snapshot = useSyncExternalStore(subscribe, () => session?.snapshot() ?? null);
  return session && snapshot ? { session, snapshot } : null;
}
