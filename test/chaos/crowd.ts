import { addPeople, declare, newId, signInAdmin } from '../support/client.ts';
import type { Account } from '../support/client.ts';
import { RoomClient } from '../support/clientRoom.ts';
import type { Outcome } from '../support/clientRoom.ts';
import { seeded } from '../support/seeded.ts';
import type { Seeded } from '../support/seeded.ts';
import { delay } from '../support/serverProcess.ts';
import { CommandView } from './commandView.ts';
import { exactEditor, ownEditor, stockEditor } from './editors.ts';
import type { Editor, EditorParts } from './editors.ts';
import type { Knowledge, Recorder } from './history.ts';
import { persist } from './persist.ts';
import type { Topology } from './topology.ts';

/** How many clients of each kind; the first two people of an incident hand command to each other. */
export interface CrowdSize {
  talkers: number;
  editors: number;
  /** Milliseconds between two actions of one client, on average. */
  pace: number;
}

/** A person in a room, and what they have been shown about command. */
export interface Member {
  name: string;
  /** Where it connects. */
  address: string;
  room: RoomClient;
  view: CommandView;
}

/** Everybody who talks, writes and commands while things break. */
export interface Crowd {
  readonly admin: Account;
  readonly people: readonly Account[];
  /** The incident in which everything happens. */
  readonly busy: string;
  /** All incidents of the run, that one first. */
  readonly incidents: readonly string[];
  readonly members: readonly Member[];
  readonly editors: readonly Editor[];
  incidentOf(editor: Editor): string;
  /** Gives a command as a member until its outcome is known, and records it. */
  give(
    member: Member,
    type: string,
    body: Record<string, unknown>,
    options?: { epoch?: number; commandId?: string; within?: number; attempts?: number },
  ): Promise<Outcome>;
  /** A further client in a room, recorded and closed with the others. */
  enter(name: string, who: Account, incidentId: string, url?: string): Member;
  /** A further editor, recorded and closed with the others. */
  write(
    kind: 'exact' | 'own' | 'stock',
    who: Account,
    incidentId: string,
    options?: { url?: string; name?: string },
  ): Editor;
  /** Nothing is expected of this editor any more. */
  forget(editor: Editor): void;
  /** A further incident, held to the same promises. */
  declare(who: Account, title: string): Promise<string>;
  start(): void;
  /** No further action begins; done when the last one's outcome is known. */
  stopLoad(): Promise<void>;
  close(): void;
}

export const NAMES = [
  'Ada',
  'Grace',
  'Edsger',
  'Barbara',
  'Alan',
  'Radia',
  'Jean',
  'Kathleen',
  '지훈',
  '서연',
] as const;
const WORDS = ['I am the incident commander', '지금부터 제가 장애 제어자입니다'] as const;
/** How long a command is given again before its outcome counts as unknown. Milliseconds. */
const PATIENCE = 90_000;

function knowledgeOf(outcome: Outcome): Knowledge {
  switch (outcome.kind) {
    case 'acknowledged':
      return { kind: 'ok', seq: outcome.seq };
    case 'refused':
      return { kind: 'refused', code: outcome.code };
    case 'unknown':
      return { kind: 'unknown' };
  }
}

/** Signs everybody in, declares two incidents and opens all clients; nobody acts before `start`. */
export async function gatherCrowd(
  topology: Topology,
  recorder: Recorder,
  seed: number,
  size: CrowdSize,
): Promise<Crowd> {
  const url = topology.entrance;
  const admin = await signInAdmin(url);
  const people = await addPeople(url, admin, NAMES);
  const [ada, grace] = people as [Account, Account, ...Account[]];
  const busy = await declare(url, ada, { title: `Everything breaks, seed ${seed}` });
  const calm = await declare(url, grace, { title: 'Something else' });
  const incidents = [busy.id, calm.id];
  const random = seeded(seed * 31 + 7);
  const members: Member[] = [];
  const editors: Editor[] = [];
  const placeOf = new Map<Editor, string>();
  const running: Promise<void>[] = [];
  let isStopped = false;
  const chances = (): Seeded => seeded(random.below(2 ** 31));

  /** Most come in by the common entrance, every third by an instance of its own choice. */
  const addressFor = (index: number): string =>
    index % 3 === 2
      ? (topology.instances[Math.floor(index / 3) % topology.instances.length]?.url ?? url)
      : url;

  const enter = (name: string, who: Account, incidentId: string, address = url): Member => {
    const room = new RoomClient(address, who, incidentId);
    const member = { name, address, room, view: new CommandView(room) };
    members.push(member);
    return member;
  };
  const openers = { exact: exactEditor, own: ownEditor, stock: stockEditor };
  const write: Crowd['write'] = (kind, who, incidentId, options = {}) => {
    const parts: EditorParts = {
      name: options.name ?? `${kind} editor ${editors.length + 1}`,
      url: options.url ?? url,
      who,
      incidentId,
      recorder,
      random: chances(),
    };
    const editor = openers[kind](parts);
    editors.push(editor);
    placeOf.set(editor, incidentId);
    return editor;
  };

  const give: Crowd['give'] = async ({ name, room }, type, body, options = {}) => {
    const commandId = options.commandId ?? newId();
    const operation = recorder.invoke({
      client: name,
      person: room.account.id,
      incidentId: room.incidentId,
      commandId,
      type,
      body,
      epoch: options.epoch ?? null,
    });
    const outcome = await room.command(type, body, { within: PATIENCE, ...options, commandId });
    recorder.end(operation, knowledgeOf(outcome), outcome.attempts);
    return outcome;
  };

  /** Talks; now and then sends once only, so that true unknowns remain, or the same id again. */
  async function talk(member: Member, own: Seeded): Promise<void> {
    for (let number = 1; !isStopped; number += 1) {
      const body = { text: `${member.name} says ${number} 장애 ${own.below(1_000_000)}` };
      const commandId = newId();
      const outcome = await give(member, 'chat.post', body, {
        commandId,
        ...(own.chance(0.15) && { attempts: 1 }),
      });
      if (outcome.kind === 'acknowledged' && own.chance(0.1)) {
        await give(member, 'chat.post', body, { commandId });
        if (own.chance(0.3)) await give(member, 'chat.post', { text: 'something else' }, { commandId });
      }
      await delay(size.pace * (0.5 + own.next()));
    }
  }

  /** Commands, offers, accepts, each by what this client has been shown, which may be out of date. */
  async function command(member: Member, other: Member, own: Seeded): Promise<void> {
    while (!isStopped) {
      await delay(size.pace * 4 * (0.5 + own.next()));
      const { commander, epoch, offer } = member.view.now();
      const me = member.room.account.id;
      if (offer?.to === me) {
        const briefedSeq = member.room.entries.at(-1)?.seq ?? 0;
        await give(member, 'handoff.accept', { offer: offer.id, briefedSeq, words: own.pick(WORDS) });
      } else if (commander === me && offer && own.chance(0.1)) {
        await give(member, 'handoff.withdraw', { offer: offer.id }, { epoch });
      } else if (commander === me && !offer && own.chance(0.5)) {
        await give(member, 'handoff.offer', { to: other.room.account.id }, { epoch });
      } else if (commander === me || own.chance(0.3)) {
        const severity = own.pick(['SEV1', 'SEV2', 'SEV3', 'SEV4'] as const);
        await give(member, 'severity.set', { severity, reason: 'it changed' }, { epoch });
      }
    }
  }

  async function edit(editor: Editor, own: Seeded): Promise<void> {
    for (let number = 1; !isStopped; number += 1) {
      editor.write(`[${editor.name} ${number}]`, own.next());
      await delay(size.pace * (0.5 + own.next()));
    }
  }

  for (let index = 0; index < size.talkers; index += 1) {
    const who = people[index % people.length] as Account;
    enter(`${who.name} ${index + 1}`, who, busy.id, addressFor(index));
  }
  const kinds = ['exact', 'own', 'stock'] as const;
  for (let index = 0; index < size.editors; index += 1) {
    const kind = kinds[index % kinds.length] ?? 'exact';
    write(kind, people[(index + 2) % people.length] as Account, busy.id, { url: addressFor(index + 1) });
  }
  enter('Grace, elsewhere', grace, calm.id);
  enter('Ada, elsewhere', ada, calm.id, addressFor(2));
  write('exact', people[3] as Account, calm.id);
  await Promise.all(members.map(({ room }) => room.joined()));

  return {
    admin,
    people,
    busy: busy.id,
    incidents,
    members,
    editors,
    incidentOf: (editor) => placeOf.get(editor) ?? busy.id,
    give,
    enter,
    write,
    forget(editor) {
      editors.splice(editors.indexOf(editor), 1);
      editor.close();
    },
    async declare(who, title) {
      const body = { commandId: newId(), title };
      const ask = () => declare(url, who, body);
      const { id } = await persist(ask);
      incidents.push(id);
      return id;
    },
    start() {
      for (const incidentId of [busy.id, calm.id]) {
        const here = members.filter(({ room }) => room.incidentId === incidentId);
        const [one, two] = here as [Member, Member, ...Member[]];
        running.push(command(one, two, chances()), command(two, one, chances()));
        const talkers = here.length > 2 ? here.slice(2) : here;
        running.push(...talkers.map((member) => talk(member, chances())));
      }
      running.push(...editors.map((editor) => edit(editor, chances())));
    },
    async stopLoad() {
      isStopped = true;
      // Whoever still waits long after everything was healed is the first thing to look at.
      const complaint = setInterval(() => {
        for (const { client, type, invoked, knowledge } of recorder.operations) {
          const seconds = Math.round((performance.now() - invoked.mono) / 1000);
          if (knowledge.kind === 'invoked')
            console.log(`  ${client} has waited for ${type} for ${seconds} s`);
        }
      }, 20_000);
      await Promise.all(running.splice(0));
      clearInterval(complaint);
    },
    close() {
      isStopped = true;
      for (const { room } of members) room.close();
      for (const editor of editors) editor.close();
    },
  };
}
