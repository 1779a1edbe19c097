import { WebSocket } from 'ws';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { addPerson, declare, newId, readWholeLog, request, signInAdmin } from '../support/client.ts';
import type { Account } from '../support/client.ts';
import { RoomClient, connected, openSocket } from '../support/clientRoom.ts';
import type { WireSocket } from '../support/clientRoom.ts';
import { startServer } from '../support/serverProcess.ts';
import type { ServerProcess } from '../support/serverProcess.ts';

let server: ServerProcess;
let ada: Account;
let mallory: Account;
let incidentId: string;
/** Somebody honest in the same room, through all of it. */
let honest: RoomClient;
const open: { disconnect(): unknown }[] = [];

beforeAll(async () => {
  server = await startServer();
  const admin = await signInAdmin(server.url);
  ada = await addPerson(server.url, admin, 'Ada');
  mallory = await addPerson(server.url, admin, 'Mallory');
  ({ id: incidentId } = await declare(server.url, ada, { title: 'Bad input' }));
  honest = new RoomClient(server.url, ada, incidentId);
  await honest.joined();
});
afterEach(async () => {
  for (const socket of open.splice(0)) socket.disconnect();
  // Whatever was sent: the process lives, and the honest person talks on over the same connection.
  await honest.succeed('chat.post', { text: `after ${expect.getState().currentTestName ?? ''}` });
  expect(honest.reconnects).toBe(0);
  expect(honest.faults).toEqual([]);
  server.assertHealthy();
});
afterAll(async () => {
  honest?.close();
  await server?.stop();
});

async function attacker(): Promise<WireSocket> {
  const socket = openSocket(server.url, mallory.token, { reconnection: false });
  open.push(socket);
  await connected(socket);
  return socket;
}

/** Everything a program could emit. */
function emit(socket: WireSocket, name: string, ...args: unknown[]): void {
  (socket.emit as unknown as (name: string, ...args: unknown[]) => void).call(socket, name, ...args);
}

function answerTo(socket: WireSocket, name: string, ...args: unknown[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`${name} was not answered`)), 10_000);
    emit(socket, name, ...args, (answer: unknown) => {
      clearTimeout(late);
      resolve(answer);
    });
  });
}

const invalid = { ok: false, error: { code: 'invalid' } };

describe('events that are none', () => {
  const payloads: [string, unknown][] = [
    ['null', null],
    ['a number', 5],
    ['text', 'join me'],
    ['a list', []],
    ['nothing in it', {}],
    ['an incident that is a list', { incidentId: ['a'] }],
    ['an incident that is an object', { incidentId: { toString: 'x' } }],
    ['a prototype', JSON.parse('{"__proto__":{"incidentId":"x"}}')],
    ['a position below zero', { incidentId: 'abcdefgh', after: -1 }],
    ['a position past what is exact', { incidentId: 'abcdefgh', after: 2 ** 60 }],
    ['a field nobody knows of the wrong kind', { incidentId: null, after: 'all' }],
  ];
  test.each(payloads)('join with %s is answered invalid', async (_, payload) => {
    expect(await answerTo(await attacker(), 'join', payload)).toMatchObject(invalid);
  });
  test.each(payloads)('command with %s is answered invalid', async (_, payload) => {
    const socket = await attacker();
    expect(await answerTo(socket, 'command', payload)).toMatchObject(invalid);
  });
  test.each(payloads)('any event with %s and no acknowledgement is ignored', async (_, payload) => {
    const socket = await attacker();
    for (const name of ['join', 'leave', 'command', 'away', 'progress']) emit(socket, name, payload);
    expect(await answerTo(socket, 'join', { incidentId })).toMatchObject({ ok: true });
  });
  test('no arguments at all, with and without acknowledgement', async () => {
    const socket = await attacker();
    for (const name of ['join', 'leave', 'command', 'away', 'progress']) emit(socket, name);
    expect(await answerTo(socket, 'join')).toMatchObject(invalid);
    expect(await answerTo(socket, 'command')).toMatchObject(invalid);
  });
  test('fifty arguments, and an acknowledgement that is not the last', async () => {
    const socket = await attacker();
    const fifty = Array.from({ length: 50 }, () => ({ incidentId }));
    expect(await answerTo(socket, 'join', ...fifty)).toMatchObject(invalid);
    emit(socket, 'join', { incidentId }, () => {}, 'after');
    expect(await answerTo(socket, 'join', { incidentId })).toMatchObject({ ok: true });
  });
  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'x'.repeat(100_000)])(
    'an event named %.20s is ignored',
    async (name) => {
      const socket = await attacker();
      emit(socket, name, { incidentId });
      expect(await answerTo(socket, 'join', { incidentId })).toMatchObject({ ok: true });
    },
  );
  test('bytes where an object belongs', async () => {
    const socket = await attacker();
    expect(await answerTo(socket, 'join', Buffer.from('{}'))).toMatchObject(invalid);
    const body = { text: Buffer.from('x') };
    const command = { incidentId, commandId: newId(), type: 'chat.post', body };
    expect(await answerTo(socket, 'command', command)).toMatchObject(invalid);
  });
});

describe('commands that do not belong', () => {
  const command = (change: Record<string, unknown>): Record<string, unknown> => ({
    commandId: newId(),
    incidentId,
    type: 'chat.post',
    body: { text: 'x' },
    ...change,
  });
  test.each([
    ['a type that objects inherit', { type: '__proto__' }, 'invalid'],
    ['an unknown type', { type: 'no.such' }, 'invalid'],
    ['a type only the system may give', { type: 'handoff.expire', body: { offer: 'abcdefgh' } }, 'invalid'],
    ['a body with a field too many', { body: { text: 'x', admin: true } }, 'invalid'],
    ['a body that is text', { body: 'x' }, 'invalid'],
    ['NUL in the text', { body: { text: 'a\u0000b' } }, 'invalid'],
    ['half a surrogate pair', { body: { text: 'a\ud83d' } }, 'invalid'],
    ['a text one character too long', { body: { text: 'x'.repeat(8_001) } }, 'too_large'],
    ['a text that nobody sees', { body: { text: '\u200b\u3164' } }, 'invalid'],
    ['another incident, which does not exist', { incidentId: 'nosuchincident' }, 'not_found'],
    ['an incident id in another case', { incidentId: 'ABCDEFGHIJ' }, 'not_found'],
    ['a command id that is none', { commandId: '../etc' }, 'invalid'],
    ['an epoch that is text', { epoch: '1' }, 'invalid'],
  ])('%s', async (_, change, code) => {
    const answer = await answerTo(await attacker(), 'command', command(change));
    expect(answer).toMatchObject({ ok: false, error: { code, message: expect.any(String) as unknown } });
    expect(JSON.stringify(answer)).not.toMatch(/ at .*\.ts|node_modules/);
  });
  test('the same command id with another body', async () => {
    const socket = await attacker();
    const first = command({});
    expect(await answerTo(socket, 'command', first)).toMatchObject({ ok: true });
    const again = await answerTo(socket, 'command', { ...first, body: { text: 'y' } });
    expect(again).toMatchObject({ ok: false, error: { code: 'command_id_reused' } });
  });
  test('a hundred times the same command at once is one entry', async () => {
    const socket = await attacker();
    const same = command({ body: { text: `once ${newId()}` } });
    const answers = await Promise.all(Array.from({ length: 100 }, () => answerTo(socket, 'command', same)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    const log = await readWholeLog(server.url, ada, incidentId);
    expect(log.filter((entry) => entry.commandId === same['commandId'])).toHaveLength(1);
  });
});

describe('handshakes', () => {
  test.each([
    ['no token', undefined],
    ['an empty one', ''],
    ['an object', {}],
    ['a list', ['x']],
    ['a number', 7],
    ['nonsense', 'a.b.c'],
    ['alg none', `${part({ alg: 'none', typ: 'JWT' })}.${part({ sub: 'admin', jti: 'x' })}.`],
    ['900 kB', 'x'.repeat(900_000)],
  ])('a token that is %s is refused without a stack', async (_, token) => {
    const socket = openSocket(server.url, token, { reconnection: false });
    open.push(socket);
    const error = await new Promise<Error & { data?: { code: string } }>((resolve) => {
      socket.once('connect_error', resolve);
      // A frame past the transport's limit ends the connection instead.
      socket.once('disconnect', (reason) => resolve(new Error(reason)));
    });
    expect(socket.connected).toBe(false);
    if (error.data) expect(error.data.code).toBe('unauthenticated');
    expect(JSON.stringify(error.data ?? '')).not.toMatch(/ at .*\.ts|node_modules/);
  });
  test('a token whose last part was changed is refused', async () => {
    const forged = mallory.token.slice(0, -4) + (mallory.token.endsWith('AAAA') ? 'BBBB' : 'AAAA');
    await expect(connected(openSocket(server.url, forged, { reconnection: false }))).rejects.toMatchObject({
      data: { code: 'unauthenticated' },
    });
  });
  test.each([
    ['a foreign Origin with a cookie', { origin: 'https://evil.example' }, true],
    ['no Origin with a cookie', {}, true],
  ])('%s', async (_, headers, withCookie) => {
    const cookie = withCookie ? await cookieOf(mallory) : '';
    const status = await handshake({ ...headers, cookie });
    expect(status).not.toBe('joined');
  });
  test('the own Origin with a cookie joins', async () => {
    const headers = { origin: `http://localhost:${server.port}`, cookie: await cookieOf(mallory) };
    expect(await handshake(headers)).toBe('joined');
  });
  test.each([
    ['long polling', '/socket.io/?EIO=4&transport=polling'],
    ['an old protocol', '/socket.io/?EIO=3&transport=polling'],
    ['a session named like what objects inherit', '/socket.io/?EIO=4&transport=polling&sid=__proto__'],
  ])('%s is refused', async (_, path) => {
    const answer = await request(`${server.url}${path}`);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
  });
});

describe('raw packets', () => {
  test.each([
    ['more attachments than there are', '4511-["join",{"_placeholder":true,"num":0}]'],
    ['no attachment announced', '450-["join"]'],
    ['a placeholder of none', '451-["join",{"_placeholder":true,"num":99}]'],
    ['an endless number', `42${'9'.repeat(400)}["join"]`],
    ['half of a list', '42["join",{"incidentId"'],
    ['a namespace nobody has', '40/admin,{}'],
    ['an unknown packet', '9'],
    ['an upgrade that is none', '5'],
    ['deep nesting', `42["join",${'['.repeat(50_000)}`],
  ])('%s', async (_, packet) => {
    const socket = await rawEngine();
    socket.send(packet);
    expect(await pongOrClose(socket)).toMatch(/^(alive|closed)/);
    socket.terminate();
  });
  test('an attachment that is announced and never sent holds up only its own socket', async () => {
    const socket = await rawEngine();
    socket.send('451-["join",{"_placeholder":true,"num":0}]');
    expect(await pongOrClose(socket)).toMatch(/^(alive|closed)/);
    socket.terminate();
  });
  test('a frame past the limit ends this connection only', async () => {
    const socket = await rawEngine();
    socket.send(`42["command",{"text":"${'x'.repeat(300 * 1024)}"}]`);
    expect(await pongOrClose(socket)).toMatch(/^closed/);
  });
  test('bytes that are no frame', async () => {
    const socket = await rawEngine();
    const line = (socket as unknown as { _socket: { write(bytes: Buffer): void } })._socket;
    line.write(Buffer.from([0xf1, 0x80, 0, 0, 0, 0]));
    expect(await pongOrClose(socket)).toMatch(/^closed/);
  });
});

test('a flood of commands is answered each, first taken and then refused with the time to wait', async () => {
  const tight = await startServer({ env: { LIMIT_COMMANDS_PER_SECOND: '20' } });
  try {
    const admin = await signInAdmin(tight.url);
    const other = await addPerson(tight.url, admin, 'Flood');
    const { id } = await declare(tight.url, admin, { title: 'Flood' });
    const socket = openSocket(tight.url, other.token, { reconnection: false });
    open.push(socket);
    await connected(socket);
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, number) =>
        answerTo(socket, 'command', {
          commandId: newId(),
          incidentId: id,
          type: 'doing.set',
          body: { text: `${number}` },
        }),
      ),
    );
    const given = answers as { ok: boolean; error?: { code: string; retryable?: boolean } }[];
    const codes = new Set(given.map((answer) => (answer.ok ? 'ok' : answer.error?.code)));
    expect(given.filter((answer) => answer.error && answer.error.retryable !== true)).toEqual([]);
    expect(codes).toEqual(new Set(['ok', 'rate_limited']));
    tight.assertHealthy();
  } finally {
    await tight.stop();
  }
});

function part(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

async function cookieOf(who: Account): Promise<string> {
  const answer = await request(`${server.url}/api/session`, {
    body: { email: who.email, password: who.password },
  });
  return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
}

/** Connects by hand with these headers; `joined` when the server admitted the socket. */
async function handshake(headers: Record<string, string>): Promise<string> {
  const socket = new WebSocket(engineAddress(), { headers });
  try {
    return await new Promise((resolve) => {
      socket.once('error', (error) => resolve(error.message));
      socket.once('close', (code) => resolve(`closed ${code}`));
      socket.once('open', () => socket.send('40'));
      socket.on('message', (data: Buffer) => {
        if (data.toString().startsWith('40')) resolve('joined');
        if (data.toString().startsWith('44')) resolve(data.toString());
      });
    });
  } finally {
    socket.terminate();
  }
}

function engineAddress(): string {
  return `${server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`;
}

/** A connection below Socket.IO that is signed in. */
async function rawEngine(): Promise<WebSocket> {
  const socket = new WebSocket(engineAddress());
  socket.on('error', () => {});
  await new Promise((resolve) => socket.once('open', resolve));
  socket.send(`40${JSON.stringify({ token: mallory.token, protocol: 1 })}`);
  await new Promise<void>((resolve) => {
    socket.on('message', (data: Buffer) => {
      if (data.toString().startsWith('40')) resolve();
    });
  });
  return socket;
}

function pongOrClose(socket: WebSocket): Promise<string> {
  return new Promise((resolve) => {
    socket.once('close', (code) => resolve(`closed ${code}`));
    socket.once('pong', () => resolve('alive'));
    if (socket.readyState === WebSocket.OPEN) socket.ping();
  });
}
