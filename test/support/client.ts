import { randomUUID } from 'node:crypto';
import type { Entry } from '#shared/contract/entries.ts';
import type { Head, IncidentSummary, Person } from '#shared/contract/wire.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import { delay, firstAdmin } from './serverProcess.ts';

/** An HTTP answer; `body` is parsed JSON where there is any. */
export interface Answer<T = unknown> {
  status: number;
  headers: Headers;
  body: T;
}

/** A person signed in over HTTP with a bearer token. */
export interface Account {
  id: string;
  name: string;
  email: string;
  password: string;
  token: string;
}

/** An identifier no other call gave: for command ids. */
export function newId(): string {
  return randomUUID();
}

/** One HTTP request as a program makes it. JSON in, JSON out; throws only when there is no answer. */
export async function request<T = unknown>(
  url: string,
  options: { method?: string; token?: string; body?: unknown; headers?: Record<string, string> } = {},
): Promise<Answer<T>> {
  const headers: Record<string, string> = { ...options.headers };
  if (options.token !== undefined) headers['authorization'] = `Bearer ${options.token}`;
  const init: RequestInit = {
    method: options.method ?? (options.body === undefined ? 'GET' : 'POST'),
    headers,
  };
  if (options.body !== undefined) {
    headers['content-type'] ??= 'application/json';
    init.body = typeof options.body === 'string' ? options.body : JSON.stringify(options.body);
  }
  const answer = await fetch(url, init);
  const text = await answer.text();
  const json = answer.headers.get('content-type')?.includes('json') ?? false;
  return { status: answer.status, headers: answer.headers, body: (json ? JSON.parse(text) : text) as T };
}

/** The same, and anything but a 2xx is an error that says what was answered. */
export async function ask<T>(url: string, options: Parameters<typeof request>[1] = {}): Promise<T> {
  const answer = await request<T>(url, options);
  if (answer.status < 200 || answer.status > 299) {
    throw new Error(`${options.method ?? ''} ${url}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }
  return answer.body;
}

/** Signs in; throws when refused. */
export async function signIn(url: string, email: string, password: string): Promise<Account> {
  const session = await ask<{ token: string; person: Person }>(`${url}/api/session`, {
    body: { email, password },
  });
  return { id: session.person.id, name: session.person.name, email, password, token: session.token };
}

/** The first administrator, signed in. */
export function signInAdmin(url: string): Promise<Account> {
  return signIn(url, firstAdmin.email, firstAdmin.password);
}

/** Adds a person by the administrator's API and signs them in. */
export async function addPerson(
  url: string,
  admin: Account,
  name: string,
  options: { access?: 'responder' | 'stakeholder'; admin?: boolean } = {},
): Promise<Account> {
  const email = `p${newId()}@example.org`;
  const password = `password of ${newId()}`;
  await ask(`${url}/api/people`, {
    token: admin.token,
    body: { email, name, access: options.access ?? 'responder', admin: options.admin ?? false, password },
  });
  return signIn(url, email, password);
}

/** Adds several people, a few at a time: hashing passwords is slow on purpose. */
export async function addPeople(url: string, admin: Account, names: readonly string[]): Promise<Account[]> {
  const people: Account[] = [];
  for (let start = 0; start < names.length; start += 8) {
    const some = names.slice(start, start + 8);
    people.push(...(await Promise.all(some.map((name) => addPerson(url, admin, name)))));
  }
  return people;
}

/** Declares an incident. */
export function declare(
  url: string,
  who: Account,
  body: { title: string; severity?: string; private?: boolean; drill?: boolean },
): Promise<IncidentSummary> {
  return ask(`${url}/api/incidents`, { token: who.token, body: { commandId: newId(), ...body } });
}

/** State and head of an incident. */
export function readIncident(
  url: string,
  who: Account,
  incidentId: string,
): Promise<{ state: IncidentState; head: Head }> {
  return ask(`${url}/api/incidents/${incidentId}`, { token: who.token });
}

/** The whole log, page by page. */
export async function readWholeLog(url: string, who: Account, incidentId: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (;;) {
    const after = entries.at(-1)?.seq ?? 0;
    const page = await ask<{ entries: Entry[]; more: boolean }>(
      `${url}/api/incidents/${incidentId}/log?after=${after}&limit=1000`,
      { token: who.token },
    );
    entries.push(...page.entries);
    if (!page.more) return entries;
    if (page.entries.length === 0) throw new Error('The log says there is more and gives nothing.');
  }
}

/** A command over HTTP, once. */
export function commandOverHttp(
  url: string,
  who: Account,
  incidentId: string,
  command: { commandId?: string; type: string; body: unknown; epoch?: number },
): Promise<Answer<{ seq: number; error?: { code: string; message: string } }>> {
  return request(`${url}/api/incidents/${incidentId}/commands`, {
    token: who.token,
    body: { commandId: newId(), ...command },
  });
}

/** The document as one Yjs update, freshly loaded by the server. */
export async function readDocument(
  url: string,
  who: Pick<Account, 'token'>,
  incidentId: string,
): Promise<Uint8Array> {
  const answer = await fetch(`${url}/api/incidents/${incidentId}/document`, {
    headers: { authorization: `Bearer ${who.token}`, accept: 'application/octet-stream' },
  });
  if (!answer.ok) throw new Error(`document: ${answer.status} ${await answer.text()}`);
  return new Uint8Array(await answer.arrayBuffer());
}

/** Waits until a condition holds that no event tells of; throws with its name when it does not in time. */
export async function eventually(
  name: string,
  holds: () => boolean | Promise<boolean>,
  within = 20_000,
): Promise<void> {
  const deadline = performance.now() + within;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`Not within ${within} ms: ${name}`);
    await delay(10);
  }
}
