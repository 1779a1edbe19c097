import { io } from 'socket.io-client';
import type { Socket } from 'socket.io-client';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Entry } from '#shared/contract/entries.ts';
import type { JoinAnswer } from '#shared/contract/wire.ts';
import { systemChance } from '../../server/rooms/chance.ts';
import { startListening } from '../support/listeningServer.ts';
import type { ListeningServer } from '../support/listeningServer.ts';
import type { Member } from '../support/httpServer.ts';

const SECRET = 'Wolfsbane in the cellar';
const REPLY = 'Larkspur by noon';
const PUBLIC = 'Everybody may hear this';

let server: ListeningServer;
let ida: Member;
let cho: Member;
let ben: Member;
let open: Ear[];

beforeAll(async () => {
  server = await startListening();
  [ida, cho, ben] = [await server.member(), await server.member(), await server.member()];
  open = [];
}, 60_000);
afterAll(async () => {
  for (const { socket } of open) socket.disconnect();
  await server.close();
});

/** A socket in an incident, with every word that reached it. */
interface Ear {
  socket: Socket;
  joined: Entry[];
  live: Entry[];
}

async function listen(who: Member, incidentId: string, after?: number): Promise<Ear> {
  const socket = io(server.url, {
    ...{ transports: ['websocket'], reconnection: false, forceNew: true },
    auth: { protocol: 1, token: who.token },
  });
  const ear: Ear = { socket, joined: [], live: [] };
  open.push(ear);
  socket.on('entries', (news: { entries: Entry[] }) => ear.live.push(...news.entries));
  const request = after === undefined ? { incidentId } : { incidentId, after };
  const answer = (await socket.emitWithAck('join', request)) as JoinAnswer;
  if (!answer.ok) throw new Error(answer.error.code);
  ear.joined.push(...answer.entries);
  return ear;
}

async function declared(): Promise<string> {
  const payload = { title: 'Checkout fails' };
  const answer = await server.ask({ method: 'POST', url: '/api/incidents', token: ida.token, payload });
  const { id } = answer.json<{ id: string }>();
  await command(ida, id, { type: 'role.assign', body: { role: 'comms', person: cho.id }, epoch: 1 });
  return id;
}

async function command(by: Member, id: string, payload: object): Promise<number> {
  const url = `/api/incidents/${id}/commands`;
  const answer = await server.ask({ method: 'POST', url, token: by.token, payload });
  expect(answer.statusCode).toBe(200);
  return answer.json<{ seq: number }>().seq;
}

async function ask(id: string): Promise<number> {
  const room = await server.rooms.open(id);
  const answer = await room?.submit(
    { type: 'question.ask', body: { asker: 'a'.repeat(32), text: SECRET }, commandId: systemChance.id() },
    { kind: 'system' },
  );
  if (!answer?.ok) throw new Error(JSON.stringify(answer));
  return answer.seq;
}

/** An incident with a question, an answer to who asked, and one to all. */
async function questioned(): Promise<{ id: string; asked: number; last: number }> {
  const id = await declared();
  const asked = await ask(id);
  await command(cho, id, { type: 'question.answer', body: { seq: asked, text: REPLY, to: 'asker' } });
  const last = await command(cho, id, {
    type: 'question.answer',
    body: { seq: asked, text: PUBLIC, to: 'all' },
  });
  return { id, asked, last };
}

/** Which of the three last entries are withheld, as the entries say and as the words in them say. */
function withheld(entries: Entry[], from: number): boolean[] {
  const three = entries.filter((entry) => entry.seq >= from);
  expect(three.map((entry) => entry.type)).toEqual([
    'question.asked',
    'question.answered',
    'question.answered',
  ]);
  for (const entry of three) {
    const words = JSON.stringify(entry);
    const isTold = [SECRET, REPLY, PUBLIC].some((secret) => words.includes(secret));
    expect(isTold).toBe(entry.withheld !== true);
    expect(entry.salt === null).toBe(entry.withheld === true);
  }
  return three.map((entry) => entry.withheld === true);
}

const SEES = [false, false, false];
const SEES_NOT = [true, true, false];

test('[U12] who was there already hears a question only as Communications or commander', async () => {
  const id = await declared();
  const ears = [await listen(ida, id), await listen(cho, id), await listen(ben, id)];
  const asked = await ask(id);
  await command(cho, id, { type: 'question.answer', body: { seq: asked, text: REPLY, to: 'asker' } });
  await command(ida, id, { type: 'question.answer', body: { seq: asked, text: PUBLIC, to: 'all' } });
  await vi.waitFor(() => expect(ears.every(({ live }) => live.length === 3)).toBe(true));
  expect(ears.map(({ live }) => withheld(live, asked))).toEqual([SEES, SEES, SEES_NOT]);
});

test('[U12] who comes in reads it, on every way into the log, by what they are now', async () => {
  const { id, asked, last } = await questioned();
  const ways: Record<string, (who: Member) => Promise<Entry[]>> = {
    join: async (who) => (await listen(who, id)).joined,
    'join after': async (who) => (await listen(who, id, asked - 1)).joined,
    log: (who) => entriesAt(who, `log?after=${asked - 1}`),
    'log before': (who) => entriesAt(who, `log?before=${last + 1}&limit=3`),
    replay: (who) => entriesAt(who, `replay?seq=${last}`),
  };
  async function entriesAt(who: Member, path: string): Promise<Entry[]> {
    const answer = await server.ask({ url: `/api/incidents/${id}/${path}`, token: who.token });
    expect(answer.statusCode).toBe(200);
    return answer.json<{ entries: Entry[] }>().entries;
  }
  for (const [way, read] of Object.entries(ways)) {
    const seen = await Promise.all([ida, cho, ben].map(async (who) => withheld(await read(who), asked)));
    expect([way, ...seen]).toEqual([way, SEES, SEES, SEES_NOT]);
  }
  await command(ida, id, { type: 'role.assign', body: { role: 'comms', person: ben.id }, epoch: 1 });
  for (const [way, read] of Object.entries(ways)) {
    if (way === 'replay' || way.startsWith('log before')) continue;
    const of = async (who: Member) =>
      withheld(
        (await read(who)).filter((entry) => entry.type.startsWith('question.')),
        asked,
      );
    expect([way, await of(cho), await of(ben)]).toEqual([way, SEES_NOT, SEES]);
  }
  // The past is read by who somebody is now, not by who they were then.
  expect(withheld(await entriesAt(cho, `replay?seq=${last}`), asked)).toEqual(SEES_NOT);
});

test('[U12] a change of Communications counts for the next question on sockets that are open', async () => {
  const id = await declared();
  const [was, becomes] = [await listen(cho, id), await listen(ben, id)];
  await command(ida, id, { type: 'role.assign', body: { role: 'comms', person: ben.id }, epoch: 1 });
  await ask(id);
  const heard = ({ live }: Ear) => live.find((entry) => entry.type === 'question.asked');
  await vi.waitFor(() => expect([was, becomes].every(heard)).toBe(true));
  expect([was, becomes].map((ear) => heard(ear)?.withheld === true)).toEqual([true, false]);
});

test('[U12] no state and no search tells what was asked', async () => {
  const { id } = await questioned();
  await command(ben, id, { type: 'chat.post', body: { text: 'The harebell is found' } });
  for (const who of [ida, cho, ben]) {
    const state = await server.ask({ url: `/api/incidents/${id}`, token: who.token });
    expect(state.body).toContain('"asked":1');
    const [asked, replied, said] = await Promise.all(
      ['wolfsbane', 'larkspur', 'harebell'].map((word) =>
        server.ask({ url: `/api/search?query=${word}`, token: who.token }),
      ),
    );
    expect(said?.body).toContain('harebell');
    for (const answer of [state, asked, replied]) {
      expect(answer?.statusCode).toBe(200);
      expect(answer?.body).not.toContain(SECRET);
      expect(answer?.body).not.toContain(REPLY);
    }
  }
});
