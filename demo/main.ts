import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { english } from './plays/english.ts';
import { korean } from './plays/korean.ts';
import { call, enter } from './responder.ts';
import type { Responder } from './responder.ts';
import type { Character, Play } from './script.ts';
import { perform } from './stage.ts';

/** How long the play waits for the visitor before it begins without them. Milliseconds. */
const PATIENCE = 60_000;
/** A busy machine takes its time; a server that cannot start ends by itself and is told at once. Milliseconds. */
const READY_WITHIN = 60_000;

const { values } = parseArgs({
  options: {
    lang: { type: 'string' },
    speed: { type: 'string', default: '1' },
    port: { type: 'string', default: '0' },
    /** Begins at once and ends when the play is over: for tests and recordings. */
    unattended: { type: 'boolean', default: false },
  },
});

const language =
  values.lang ?? ((process.env['LC_ALL'] ?? process.env['LANG'] ?? '').startsWith('ko') ? 'ko' : 'en');
const play = language === 'ko' ? korean : english;
const speed = Number(values.speed);
if (!(speed > 0 && speed <= 100)) {
  console.error(
    '--speed takes a number above 0 up to 100: 1 is the pace of a person, 10 is ten times as fast.',
  );
  process.exit(1);
}

const folder = await mkdtemp(join(tmpdir(), 'warroom-demo-'));
const admin = { email: 'admin@demo.invalid', password: randomBytes(12).toString('hex') };
const port = Number(values.port) || (await freePort());
const address = `http://localhost:${port}`;
const server = startServer(port, folder);
const cast = new Map<Character, Responder>();

let ending = false;
async function end(code: number): Promise<never> {
  if (!ending) {
    ending = true;
    for (const responder of cast.values()) responder.leave();
    if (server.exitCode === null) {
      const gone = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGTERM');
      await gone;
    }
    await rm(folder, { recursive: true, force: true });
  }
  process.exit(code);
}
process.once('SIGINT', () => void end(0));
process.once('SIGTERM', () => void end(0));

try {
  await isReady(address);
  const stage = await prepare(play);
  if (!values.unattended) await visitorOrPatience(stage.commander, stage.visitor);
  await perform({
    play,
    cast,
    visitor: stage.visitor,
    pause: (milliseconds) => wait(milliseconds / speed),
    say: (line) => console.log(line),
  });
  const isResolved = stage.commander.state().status === 'resolved';
  console.log(isResolved ? play.terminal.finished(stage.room) : play.terminal.notResolved(stage.room));
  if (values.unattended) await end(0);
} catch (error) {
  console.error('The demo stopped:', error instanceof Error ? error.message : error);
  await end(1);
}

function startServer(listenOn: number, dataDir: string): ChildProcess {
  const child = spawn(process.execPath, ['server/main.ts'], {
    env: {
      ...process.env,
      PORT: String(listenOn),
      HOST: '127.0.0.1',
      DATA_DIR: dataDir,
      ADMIN_EMAIL: admin.email,
      ADMIN_PASSWORD: admin.password,
      LOG_LEVEL: 'warn',
      // All responders of the play sign in from this machine within a second.
      LIMIT_SIGN_INS_PER_MINUTE: '100',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  child.once('exit', (code) => {
    if (!ending) {
      console.error(`The server ended with code ${code}.`);
      void end(1);
    }
  });
  return child;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const found = (probe.address() as AddressInfo).port;
  await new Promise((resolve) => probe.close(resolve));
  return found;
}

async function isReady(at: string): Promise<void> {
  const until = Date.now() + READY_WITHIN;
  while (Date.now() < until) {
    const response = await fetch(`${at}/readyz`).catch(() => null);
    if (response?.ok) return;
    await wait(100);
  }
  throw new Error(`the server did not become ready within ${READY_WITHIN / 1_000} seconds`);
}

/** Makes the people, declares the incident and lets everybody in; prints how the visitor comes in. */
async function prepare(given: Play): Promise<{ visitor: string; commander: Responder; room: string }> {
  const { token } = (await call(address, '/api/session', { body: admin })) as { token: string };
  const locale = language === 'ko' ? 'ko' : 'en';
  const people = new Map<Character, { id: string; name: string; token: string }>();
  for (const character of Object.keys(given.names) as Character[]) {
    const name = given.names[character];
    const account = { email: `${character}@demo.invalid`, password: randomBytes(12).toString('hex') };
    const body = { ...account, name, access: 'responder', locale };
    const { id } = (await call(address, '/api/people', { body, token })) as { id: string };
    const session = (await call(address, '/api/session', { body: account })) as { token: string };
    people.set(character, { id, name, token: session.token });
  }
  const guest = { email: 'you@demo.invalid', name: given.visitor, access: 'responder', locale };
  const invited = (await call(address, '/api/people', { body: guest, token })) as {
    id: string;
    invitation: string;
  };

  const declarer = people.get('commander')!;
  const incident = (await call(address, '/api/incidents', {
    body: { title: given.title, severity: 'SEV2' },
    token: declarer.token,
  })) as { id: string; number: number };
  for (const [character, person] of people) cast.set(character, await enter(address, person, incident.id));

  const room = `${address}/i/${incident.number}`;
  console.log(given.terminal.ready(new URL(invited.invitation, address).href, room));
  return { visitor: invited.id, commander: cast.get('commander')!, room };
}

async function visitorOrPatience(commander: Responder, visitor: string): Promise<void> {
  const until = Date.now() + PATIENCE;
  while (Date.now() < until && !commander.present().some((person) => person.person === visitor))
    await wait(250);
}
