import { request as httpRequest } from 'node:http';
import { newId, signIn } from '../support/client.ts';
import { count } from './attack.ts';
import type { Attack, AttackResult } from './attack.ts';
import { mutateJson, mutateText } from './mutate.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'];
const TYPES = [
  'application/json',
  'application/json; charset=utf-8',
  'text/plain',
  'application/json garbage',
  '\tapplication/json',
  'multipart/form-data',
  '',
];

/** Sends mutated requests; each must be answered, none with a fault of the server. */
export async function attackHttp(attack: Attack, requests: number): Promise<AttackResult> {
  const { url, random } = attack;
  const result: AttackResult = { sent: 0, answers: new Map(), faults: [] };
  let { token } = attack.account;
  while (result.sent < requests) {
    const [method, path, body] = random.pick(routes(attack));
    const sentMethod = random.chance(0.1) ? random.pick(METHODS) : method;
    const sentPath = random.chance(0.4)
      ? mutatePath(random.chance(0.5) ? `${path}?after=0&limit=3` : path, attack)
      : path;
    const json = body === undefined ? undefined : (JSON.stringify(mutateJson(random, body)) ?? 'null');
    const changed = json !== undefined && random.chance(0.2) ? mutateText(random, json) : json;
    // A body with HEAD ends the connection in the client itself.
    const sentBody = sentMethod === 'HEAD' ? undefined : changed;
    const headers: Record<string, string> = {
      authorization: `Bearer ${random.chance(0.05) ? mutateText(random, token).replace(/[^\x20-\x7e]/g, '') : token}`,
    };
    if (sentBody !== undefined)
      headers['content-type'] = random.chance(0.9) ? (TYPES[0] ?? '') : random.pick(TYPES);
    result.sent += 1;
    const status = await send(url, sentMethod, sentPath, headers, sentBody);
    count(result.answers, String(status));
    if (status >= 500 || status === 0) {
      result.faults.push(
        `${status || 'no answer'} to ${sentMethod} ${sentPath} ${sentBody?.slice(0, 300) ?? ''}`,
      );
    }
    // The attacker may have ended the session by accident; without one nothing behind the door is reached.
    if (status === 401 && result.sent % 20 === 0)
      token = (await signIn(url, attack.account.email, attack.account.password)).token;
  }
  return result;
}

function mutatePath(path: string, { random }: Attack): string {
  if (random.chance(0.3)) {
    const query = random.pick([
      'after=-1',
      'after=1e309',
      'after=9007199254740993',
      'limit=1e9',
      'after[]=1',
      'query=%00',
      'at=never',
      'docSeq=-1',
      'name=../x',
    ]);
    return `${path.split('?')[0]}?${query}`;
  }
  if (random.chance(0.3))
    return path + random.pick(['/', '%00', '/..%2f', '%5c..', '%20', '.', '%ED%A0%80', '%zz', '//']);
  // Only what a client can put into a request line.
  return `/${mutateText(random, path)
    .replace(/[^\x21-\x7e]/g, '')
    .replace(/^\/+/, '')}`;
}

function routes({ incidentId, account }: Attack): [string, string, unknown?][] {
  const incident = `/api/incidents/${incidentId}`;
  return [
    ['GET', '/api/session'],
    ['GET', '/api/people?query=a'],
    ['GET', '/api/incidents?status=open&limit=5'],
    ['GET', incident],
    ['GET', `${incident}/log`],
    ['GET', `${incident}/document`],
    ['GET', `/api/search?query=${encodeURIComponent('장애')}`],
    ['GET', '/healthz'],
    ['POST', `${incident}/ticket`],
    ['POST', '/api/session', { email: account.email, password: 'wrong' }],
    ['POST', '/api/people', { email: 'x@example.org', name: 'X', access: 'responder' }],
    ['PATCH', `/api/people/${account.id}`, { admin: true, name: 'M' }],
    ['POST', '/api/incidents', { title: 'Fuzz', severity: 'SEV4', commandId: newId() }],
    ['POST', `${incident}/commands`, { commandId: newId(), type: 'chat.post', body: { text: 'hi' } }],
    [
      'POST',
      `${incident}/commands`,
      { commandId: newId(), type: 'status.set', body: { status: 'closed' }, epoch: 1 },
    ],
    ['POST', '/api/session/password', { current: 'wrong password', next: 'another password' }],
  ];
}

/** The status; 0 when the connection ended without one. */
function send(
  url: string,
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: string,
): Promise<number> {
  return new Promise((resolve) => {
    try {
      const outgoing = httpRequest(`${url}/`, { method, path, headers, timeout: 20_000 }, (answer) => {
        answer.resume();
        answer.once('end', () => resolve(answer.statusCode ?? 0));
        answer.once('error', () => resolve(0));
      });
      outgoing.once('timeout', () => outgoing.destroy());
      outgoing.once('error', () => resolve(0));
      outgoing.end(body);
    } catch {
      // Node itself refuses to send it: not a request.
      resolve(400);
    }
  });
}
