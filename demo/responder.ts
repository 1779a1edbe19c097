import { randomUUID } from 'node:crypto';
import type { Entry } from '#shared/contract/entries.ts';
import type { CommandType } from '#shared/contract/commands.ts';
import type { CommandAnswer, JoinAnswer, PresentPerson } from '#shared/contract/wire.ts';
import { evolve } from '#shared/incident/evolve.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import { io } from 'socket.io-client';
import type { Socket } from 'socket.io-client';
import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import type { Section } from './script.ts';

const SECTIONS: readonly Section[] = ['summary', 'status', 'command', 'impact', 'exit', 'todo', 'timeline'];

/** JSON over HTTP with a bearer token; throws with the server's sentence when it says no. */
export async function call(
  address: string,
  path: string,
  options: { method?: string; body?: unknown; token?: string } = {},
): Promise<Record<string, unknown>> {
  const response = await fetch(new URL(path, address), {
    method: options.method ?? (options.body === undefined ? 'GET' : 'POST'),
    headers: {
      ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(options.token ? { authorization: `Bearer ${options.token}` } : {}),
    },
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
  });
  const answer = (await response.json()) as Record<string, unknown> & { error?: { message: string } };
  if (!response.ok) throw new Error(`${path}: ${answer.error?.message ?? response.status}`);
  return answer;
}

/** A scripted responder: a real client that signs in, joins the room and edits the document over the network. */
export interface Responder {
  id: string;
  name: string;
  /** The room's state as this responder has seen it. */
  state(): IncidentState;
  present(): PresentPerson[];
  /** Gives a command; answers its sentence when it was refused. */
  command(type: CommandType, body: object, withEpoch?: boolean): Promise<string | null>;
  /** Types a line into a section of the document, some letters at a time. */
  write(section: Section, text: string, pause: (milliseconds: number) => Promise<void>): Promise<void>;
  scratch(text: string): void;
  /** Resolves when an entry of this kind arrives; null after the time is up (milliseconds). */
  waitFor(types: readonly string[], milliseconds: number): Promise<Entry | null>;
  leave(): void;
}

/** Signs in, joins the incident and opens its document. */
export async function enter(
  address: string,
  person: { id: string; name: string; token: string },
  incidentId: string,
): Promise<Responder> {
  const socket: Socket = io(address, {
    transports: ['websocket'],
    auth: { token: person.token, protocol: 1 },
  });
  const joined = (await socket.emitWithAck('join', { incidentId })) as JoinAnswer;
  if (!joined.ok) throw new Error(`${person.name} could not join: ${joined.error.message}`);

  let state = joined.state;
  let people: PresentPerson[] = [];
  const hearers = new Set<(entry: Entry) => void>();
  socket.on('entries', (message: { entries: Entry[] }) => {
    for (const entry of message.entries) {
      if (entry.seq !== state.seq + 1) continue;
      state = evolve(state, entry);
      for (const hear of hearers) hear(entry);
    }
  });
  socket.on('presence', (message: { people: PresentPerson[] }) => (people = message.people));

  const doc = new Y.Doc();
  const provider = new WebsocketProvider(address.replace(/^http/, 'ws') + '/doc', incidentId, doc, {
    disableBc: true,
    WebSocketPolyfill: withBearer(person.token),
  });
  await new Promise<void>((resolve) => provider.once('sync', () => resolve()));

  async function command(type: CommandType, body: object, withEpoch = false): Promise<string | null> {
    const answer = (await socket.emitWithAck('command', {
      incidentId,
      commandId: randomUUID(),
      type,
      body,
      ...(withEpoch ? { epoch: state.epoch } : {}),
    })) as CommandAnswer;
    return answer.ok ? null : answer.error.message;
  }

  function waitFor(types: readonly string[], milliseconds: number): Promise<Entry | null> {
    return new Promise((resolve) => {
      const settle = (entry: Entry | null) => {
        clearTimeout(timer);
        hearers.delete(hear);
        resolve(entry);
      };
      const hear = (entry: Entry) => {
        if (types.includes(entry.type)) settle(entry);
      };
      const timer = setTimeout(() => settle(null), milliseconds);
      hearers.add(hear);
    });
  }

  return {
    id: person.id,
    name: person.name,
    state: () => state,
    present: () => people,
    command,
    async write(section, text, pause) {
      const line = newLine(doc.getXmlFragment('content'), section);
      provider.awareness.setLocalStateField('user', { name: person.name });
      for (let index = 0; index < text.length; index += 3) {
        line.insert(line.length, text.slice(index, index + 3));
        await pause(60);
      }
    },
    scratch(text) {
      const scratch = doc.getText('scratch');
      scratch.insert(scratch.length, text);
    },
    waitFor,
    leave() {
      provider.destroy();
      socket.disconnect();
    },
  };
}

/** A WebSocket that signs in by header, as a program does; a ticket would not survive a reconnect. */
function withBearer(token: string): typeof globalThis.WebSocket {
  class BearerSocket extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols, { headers: { authorization: `Bearer ${token}` } });
    }
  }
  return BearerSocket as unknown as typeof globalThis.WebSocket;
}

/** Kinds of list that sections may end with, and what their items are. */
const LIST_ITEMS: Readonly<Record<string, string>> = { taskList: 'taskItem', bulletList: 'listItem' };

/** An empty line at the end of a section, of the kind that section is made of; the template's own empty line first. */
function newLine(content: Y.XmlFragment, section: Section): Y.XmlText {
  const nodes = content.toArray();
  const headings = nodes.flatMap((node, index) => (isElement(node, 'heading') ? [index] : []));
  const end = headings[SECTIONS.indexOf(section) + 1] ?? nodes.length;
  const last = nodes[end - 1];
  const itemName = last instanceof Y.XmlElement ? LIST_ITEMS[last.nodeName] : undefined;
  if (!(last instanceof Y.XmlElement) || itemName === undefined) return lineIn(content, end, last);
  const item = last.get(last.length - 1);
  const empty = item instanceof Y.XmlElement ? emptyParagraph(item.get(0)) : null;
  if (empty) return textOf(empty);
  const fresh = new Y.XmlElement<{ checked: boolean }>(itemName);
  if (itemName === 'taskItem') fresh.setAttribute('checked', false);
  last.insert(last.length, [fresh as unknown as Y.XmlElement]);
  return lineIn(fresh, 0, undefined);
}

/** A paragraph at `index`, or the empty one right before it. */
function lineIn(parent: Y.XmlFragment, index: number, before: unknown): Y.XmlText {
  const empty = emptyParagraph(before);
  if (empty) return textOf(empty);
  const paragraph = new Y.XmlElement('paragraph');
  parent.insert(index, [paragraph]);
  return textOf(paragraph);
}

function emptyParagraph(node: unknown): Y.XmlElement | null {
  const isEmpty =
    node instanceof Y.XmlElement &&
    node.nodeName === 'paragraph' &&
    node.toJSON() === '<paragraph></paragraph>';
  return isEmpty ? node : null;
}

function textOf(paragraph: Y.XmlElement): Y.XmlText {
  const first = paragraph.length > 0 ? paragraph.get(0) : null;
  if (first instanceof Y.XmlText) return first;
  const text = new Y.XmlText();
  paragraph.insert(0, [text]);
  return text;
}

function isElement(node: unknown, name: string): boolean {
  return node instanceof Y.XmlElement && node.nodeName === name;
}
