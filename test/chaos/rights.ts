import { addPerson, request } from '../support/client.ts';
import { documentUrl, openRaw } from '../support/clientDocuments.ts';
import { openSocket } from '../support/clientRoom.ts';
import { moment } from './history.ts';
import type { Instance } from './instance.ts';
import type { Stage } from './stage.ts';

/** Frames of the sync protocol that carry text: an answer or an update. */
const CARRIES_TEXT = 1;

/** Somebody who is in the room and in the document on every instance, until the account is disabled. */
export interface Leaver {
  /** Disables the account by this instance; true when it came to it. */
  revoke(by: Instance): Promise<boolean>;
  close(): void;
}

/** Lets a new person in everywhere; whatever they hear after `revoke` is recorded for I9. */
export async function letIn({ topology, crowd, recorder }: Stage): Promise<Leaver> {
  const person = await addPerson(topology.entrance, crowd.admin, 'Mallory');
  const heard: { what: string; at: ReturnType<typeof moment> }[] = [];
  const closes: (() => void)[] = [];
  for (const { name, server } of topology.instances) {
    const socket = openSocket(server.url, person.token);
    closes.push(() => socket.disconnect());
    const joined = new Promise<void>((resolve) => {
      socket.on('connect', () =>
        socket.emit('join', { incidentId: crowd.busy }, ({ ok }) => {
          if (ok) heard.push({ what: `a join was answered by ${name}`, at: moment() });
          resolve();
        }),
      );
    });
    socket.on('entries', () => heard.push({ what: `an entry came from ${name}`, at: moment() }));
    await joined;
    const headers = { authorization: `Bearer ${person.token}` };
    const raw = await openRaw(documentUrl(server.url, crowd.busy), headers, (frame) => {
      if (frame.kind === 'sync' && frame.type >= CARRIES_TEXT)
        heard.push({ what: `text came from ${name}`, at: moment() });
    });
    closes.push(() => raw.end());
    // Writing is tried all the time; what is taken after the right is gone is a violation as well.
    const timer = setInterval(() => {
      const command = { commandId: crypto.randomUUID(), incidentId: crowd.busy, type: 'chat.post' };
      socket.emit('command', { ...command, body: { text: 'of somebody who leaves' } }, ({ ok }) => {
        if (ok) heard.push({ what: `a message was taken by ${name}`, at: moment() });
      });
    }, 300);
    closes.push(() => clearInterval(timer));
  }
  return {
    async revoke({ server }) {
      const answer = await request(`${server.url}/api/people/${person.id}`, {
        method: 'PATCH',
        token: crowd.admin.token,
        body: { disabled: true },
      }).catch(() => null);
      if (answer?.status !== 200) return false;
      recorder.revocations.push({ person: 'Mallory', what: 'the account', at: moment(), after: heard });
      return true;
    },
    close() {
      for (const close of closes) close();
    },
  };
}
