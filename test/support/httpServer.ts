import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { defaultLimits } from '#shared/contract/limits.ts';
import type { Limits } from '#shared/contract/limits.ts';
import type { Access } from '#shared/contract/wire.ts';
import { createApp } from '../../server/app.ts';
import type { AppParts } from '../../server/app.ts';
import { comparableEmail } from '../../server/edges/emails.ts';
import type { App } from '../../server/edges/http/parts.ts';
import { createLog } from '../../server/edges/logging.ts';
import { createMetrics } from '../../server/edges/metrics.ts';
import { createPasswords } from '../../server/edges/passwords.ts';
import { createLocalFanout } from '../../server/fanout/silent.ts';
import { systemChance } from '../../server/rooms/chance.ts';
import { createConnections } from '../../server/rooms/connections.ts';
import type { Connections } from '../../server/rooms/connections.ts';
import { openDirectory } from '../../server/rooms/directory.ts';
import type { People } from '../../server/rooms/directory.ts';
import type { Clock, PersonRecord, Store } from '../../server/rooms/ports.ts';
import { createRooms } from '../../server/rooms/rooms.ts';
import type { RunningRooms } from '../../server/rooms/rooms.ts';
import { openSqliteStore } from '../../server/store/sqlite.ts';
import { openSettings } from '../../server/broadcast/settings.ts';
import type { Settings } from '../../server/broadcast/settings.ts';
import { systemClock } from '../../server/systemClock.ts';

/** The password of everybody here. */
export const PASSWORD = 'correct horse battery';
/** Hashes that cost next to nothing; a test of its own holds the real cost. */
const cheap = createPasswords({ memoryKibibytes: 8, passes: 1 });

/** The HTTP edge on a real store in a scratch folder, with people in it. */
export interface HttpServer {
  app: App;
  store: Store;
  rooms: RunningRooms;
  connections: Connections;
  directory: People;
  settings: Settings;
  /** Lines of the log so far, as text. */
  log: string[];
  /** Adds a person with PASSWORD. */
  person(options?: { admin?: boolean; access?: Access; email?: string }): Promise<PersonRecord>;
  /** Adds a person and signs them in. */
  member(options?: Parameters<HttpServer['person']>[0]): Promise<Member>;
  /** One request; a token becomes a bearer, a payload JSON. */
  ask(request: InjectOptions & { token?: string }): Promise<LightMyRequestResponse>;
  close(): Promise<void>;
}

/** A person who is signed in. */
export interface Member {
  id: string;
  email: string;
  token: string;
}

/** A cookie as a browser sends it. */
export function sessionCookie(token: string): { cookie: string } {
  return { cookie: `warroom_session=${token}` };
}

/** Starts one; `close` ends it and removes its folder. */
export async function startHttp(
  options: {
    limits?: Partial<Limits>;
    clock?: Clock;
    config?: Partial<AppParts['config']>;
    isDraining?: () => boolean;
    fanout?: AppParts['fanout'];
    clientFolder?: string;
    channels?: AppParts['channels'];
    wakeBroadcast?: () => void;
    publicFile?: AppParts['publicFile'];
    wrapStore?: (store: Store) => Store;
  } = {},
): Promise<HttpServer> {
  const folder = await mkdtemp(join(tmpdir(), 'warroom-http-'));
  const opened = await openSqliteStore({ folder });
  const store = options.wrapStore?.(opened) ?? opened;
  const clock = options.clock ?? systemClock;
  const limits: Limits = {
    ...defaultLimits,
    requestsPerSecond: 100_000,
    signInsPerMinute: 100_000,
    commandsPerSecond: 100_000,
    ...options.limits,
  };
  const lines: string[] = [];
  const log = createLog(
    'debug',
    new Writable({
      write(line: Buffer, _encoding, done) {
        lines.push(line.toString());
        done();
      },
    }),
  );
  const metrics = createMetrics();
  const directory = await openDirectory({ store, clock });
  const connections = createConnections(() => clock.now());
  const settings = await openSettings({
    store,
    clock,
    onFailure: (error) => log.error({ err: error }, 'settings'),
  });
  const rooms = createRooms({
    outside: settings.outside,
    connections,
    store,
    clock,
    directory,
    limits,
    metrics,
    log,
    fanout: createLocalFanout(),
    newId: () => systemChance.id(),
  });
  const app = await createApp({
    config: { port: 3000, publicUrl: null, trustProxy: [], sessionSecret: null, ...options.config, limits },
    store,
    rooms,
    directory,
    clock,
    log,
    metrics,
    passwords: cheap,
    clientFolder: options.clientFolder ?? join(folder, 'no-client'),
    settings,
    ...(options.channels ? { channels: options.channels } : {}),
    ...(options.publicFile ? { publicFile: options.publicFile } : {}),
    ...(options.wakeBroadcast ? { wakeBroadcast: options.wakeBroadcast } : {}),
    ...(options.isDraining ? { isDraining: options.isDraining } : {}),
    ...(options.fanout ? { fanout: options.fanout } : {}),
  });
  const passwordHash = await cheap.hash(PASSWORD);
  let added = 0;

  async function person({
    admin = false,
    access = 'responder',
    email,
  }: Parameters<HttpServer['person']>[0] = {}) {
    added += 1;
    const record: PersonRecord = {
      id: systemChance.id(),
      email: email ?? `person${added}@example.test`,
      name: `Person ${added}`,
      access: access as Access,
      admin,
      locale: 'en',
      disabled: false,
      passwordHash,
      createdAt: new Date(clock.now()).toISOString(),
    };
    if ((await directory.save(record)) !== 'saved')
      throw new Error(`${comparableEmail(record.email)} is taken`);
    return record;
  }

  async function ask({ token, headers, ...request }: InjectOptions & { token?: string }) {
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    return app.inject({ ...request, headers: { ...authorization, ...headers } });
  }

  return {
    app,
    store,
    rooms,
    connections,
    directory,
    settings,
    log: lines,
    person,
    ask,
    async member(given) {
      const { id, email } = await person(given);
      const answer = await ask({
        method: 'POST',
        url: '/api/session',
        payload: { email, password: PASSWORD },
      });
      return { id, email, token: answer.json<{ token: string }>().token };
    },
    async close() {
      await app.close();
      await rooms.drain();
      directory.close();
      settings.close();
      await opened.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What a request was refused with. */
export function refusal(answer: LightMyRequestResponse): { status: number; code: string } {
  return { status: answer.statusCode, code: answer.json<{ error: { code: string } }>().error.code };
}
