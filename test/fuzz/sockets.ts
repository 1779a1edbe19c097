import { WebSocket } from 'ws';
import { newId } from '../support/client.ts';
import { connected, openSocket } from '../support/clientRoom.ts';
import type { WireSocket } from '../support/clientRoom.ts';
import { count } from './attack.ts';
import type { Attack, AttackResult } from './attack.ts';
import { mutateBytes, mutateJson, mutateText } from './mutate.ts';

const NAMES = [
  'join',
  'leave',
  'command',
  'away',
  'progress',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '',
];
/** Events whose acknowledgement the contract promises, whatever they carry. */
const ANSWERED: ReadonlySet<string> = new Set(['join', 'leave', 'command']);

/** Emits mutated events; those of the contract must be answered, none may end more than this socket. */
export async function attackSockets(attack: Attack, events: number): Promise<AttackResult> {
  const { url, account, random } = attack;
  const result: AttackResult = { sent: 0, answers: new Map(), faults: [] };
  const socket = openSocket(url, account.token);
  await connected(socket);
  while (result.sent < events) {
    if (!socket.connected) {
      // Cut off for a flood: such a socket comes back only when told to.
      count(result.answers, 'cut off');
      socket.connect();
      await connected(socket);
    }
    const name = random.pick(NAMES);
    const payload = mutateJson(random, random.pick(eventCorpus(attack)));
    const args = random.chance(0.1)
      ? [payload, random.next(), [payload]]
      : random.chance(0.05)
        ? []
        : [payload];
    result.sent += 1;
    count(result.answers, await emit(socket, name, args, result, random.chance(0.3)));
  }
  socket.disconnect();
  return result;
}

/** An untyped emit: everything a program could send. */
type AnyEmit = (name: string, ...args: unknown[]) => void;

async function emit(
  socket: WireSocket,
  name: string,
  args: unknown[],
  result: AttackResult,
  silent: boolean,
): Promise<string> {
  const send = socket.emit.bind(socket) as unknown as AnyEmit;
  if (silent || !ANSWERED.has(name)) {
    send(name, ...args);
    return 'sent without acknowledgement';
  }
  const answer = await new Promise<unknown>((resolve) => {
    const late = setTimeout(() => resolve('no answer'), 10_000);
    const gone = (): void => resolve('disconnected');
    socket.once('disconnect', gone);
    send(name, ...args, (given: unknown) => {
      clearTimeout(late);
      socket.off('disconnect', gone);
      resolve(given);
    });
  });
  if (typeof answer === 'string') {
    if (answer === 'no answer')
      result.faults.push(`${name} was not answered: ${JSON.stringify(args).slice(0, 300)}`);
    return answer;
  }
  const { ok, error } = answer as { ok?: unknown; error?: { code?: unknown } };
  if (ok === true) return 'ok';
  if (typeof error?.code === 'string') return error.code;
  result.faults.push(`${name} was answered ${JSON.stringify(answer)}`);
  return 'no code';
}

function eventCorpus({ incidentId, account }: Attack): unknown[] {
  const command = (type: string, body: unknown, epoch?: number): unknown => ({
    commandId: newId(),
    incidentId,
    type,
    body,
    ...(epoch === undefined ? {} : { epoch }),
  });
  return [
    { incidentId },
    { incidentId, after: 3 },
    { incidentId, away: true },
    command('chat.post', { text: 'a finding' }),
    command('chat.post', { text: 'a reply', replyTo: 1, mentions: [account.id] }),
    command('chat.correct', { seq: 2, text: 'a better finding' }),
    command('doing.set', { text: 'reading logs' }),
    command('role.assign', { role: 'ops', person: account.id }, 1),
    command('severity.set', { severity: 'SEV1', reason: 'worse' }, 1),
    command('handoff.offer', { to: account.id }, 1),
    command('handoff.accept', { offer: 'offer-0000', briefedSeq: 1, words: 'I am the incident commander' }),
    command('handoff.force', { reason: 'because' }),
    command('update.send', { state: 'investigating', text: 'we look into it' }),
    command('__proto__', {}),
  ];
}

/** Sends mutated Engine.IO and Socket.IO packets as text and bytes; a connection that is closed for it is replaced. */
export async function attackPackets(attack: Attack, packets: number): Promise<AttackResult> {
  const { url, account, incidentId, random } = attack;
  const result: AttackResult = { sent: 0, answers: new Map(), faults: [] };
  const corpus = [
    `40${JSON.stringify({ token: account.token, protocol: 1 })}`,
    `420["join",{"incidentId":"${incidentId}"}]`,
    `421["command",{"commandId":"${newId()}","incidentId":"${incidentId}","type":"doing.set","body":{"text":"x"}}]`,
    '451-["command",{"_placeholder":true,"num":0}]',
    '4511-["join",{"_placeholder":true,"num":99}]',
    '450-["join"]',
    '2probe',
    '3',
    '41',
    '43[]',
    '42["__proto__"]',
    '42/admin,["join"]',
    '6',
  ];
  const address = `${url.replace(/^http/, 'ws')}/socket.io/?EIO=4&transport=websocket`;
  while (result.sent < packets) {
    const socket = new WebSocket(address, { perMessageDeflate: false });
    const closed = new Promise<string>((resolve) => {
      socket.once('close', (code) => resolve(`closed ${code}`));
      socket.on('error', () => {});
    });
    await Promise.race([new Promise((resolve) => socket.once('open', resolve)), closed]);
    if (random.chance(0.7)) socket.send(corpus[0] ?? '');
    for (let left = 1 + random.below(12); left > 0 && socket.readyState === WebSocket.OPEN; left -= 1) {
      const packet = random.pick(corpus);
      if (random.chance(0.15)) socket.send(mutateBytes(random, Buffer.from(packet), random.bytes(20)));
      else socket.send(mutateText(random, packet));
      result.sent += 1;
    }
    // A ping is answered by every live connection; one that is closed for a packet needs no more.
    const pong = new Promise<string>((resolve) => socket.once('pong', () => resolve('alive')));
    if (socket.readyState === WebSocket.OPEN) socket.ping();
    count(result.answers, await Promise.race([pong, closed]));
    socket.terminate();
  }
  return result;
}
