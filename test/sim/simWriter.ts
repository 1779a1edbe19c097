import { mayEnter } from '#shared/incident/can.ts';
import { createSimulatedEditor } from '../support/simulatedEditor.ts';
import type { SimulatedEditor } from '../support/simulatedEditor.ts';
import type { Seeded } from '../support/seeded.ts';
import type { SimInstance } from './simInstance.ts';
import { incidentId } from './simPeople.ts';
import type { World } from './world.ts';

/** Close codes after which an honest editor comes back. */
const COME_BACK: ReadonlySet<number> = new Set([1011, 1012, 1013, 4503]);

/** A person's editor of the main document, at one instance at a time, writing also while it is at none. */
export class SimWriter {
  readonly person: string;
  readonly editor: SimulatedEditor;
  readonly #world: World;
  #at: SimInstance | null = null;
  /** Counts connects: an older one that is still on its way is given up. */
  #attempt = 0;
  #disconnect = (): void => {};
  /** The server took the socket of this attempt. */
  #open = false;

  constructor(person: string, clientId: number, world: World) {
    this.person = person;
    this.#world = world;
    this.editor = createSimulatedEditor(person, clientId, {
      sent: (frame) => this.#sent(frame),
      saved: (client, clock) => world.witness.saved(client, clock),
      closed: (code) => this.#closed(code),
    });
  }

  /** Where it is, or on its way to. */
  get at(): SimInstance | null {
    return this.#at;
  }

  async enter(instance: SimInstance): Promise<void> {
    const { serving } = instance;
    if (this.#at || !serving) return;
    this.#at = instance;
    const attempt = (this.#attempt += 1);
    const { rooms, directory, connections } = serving;
    const isCurrent = () => attempt === this.#attempt;
    try {
      const room = await rooms.openCurrent(incidentId);
      if (!isCurrent()) return;
      if (!room || !mayEnter(this.person, directory.facts.get(this.person), room.state)) return this.cut();
      const release = room.hold();
      const handle = await room.document('main').finally(release);
      if (!isCurrent()) return;
      if (!handle || !mayEnter(this.person, directory.facts.get(this.person), room.state)) return this.cut();
      this.#disconnect = connections.open(this.person);
      this.#open = true;
      this.editor.connect(handle);
    } catch {
      // The store did not answer: tried again later.
      if (isCurrent()) this.cut();
    }
  }

  /** Sees whether the server closed the socket. */
  look(): void {
    if (this.#at && this.#open && !this.editor.connected()) this.cut();
  }

  /** Nobody honest is closed for good, unless they may not read any more. */
  #closed(code: number): void {
    const { phase, running } = this.#at ?? {};
    const { witness } = this.#world;
    if (code === 1012 && phase === 'up')
      witness.complain('D30', `${this.person} was closed with 1012 by a server that stays`);
    if (COME_BACK.has(code)) return;
    const room = running?.rooms.peek(incidentId);
    const stillMay = room && mayEnter(this.person, running?.directory.facts.get(this.person), room.state);
    if (code !== 4403 || stillMay) witness.complain('D', `${this.person} was closed with ${code}`);
  }

  /** The line breaks; what was on it is lost. */
  cut(): void {
    const { phase } = this.#at ?? {};
    const disconnect = this.#disconnect;
    this.#attempt += 1;
    this.#at = null;
    this.#open = false;
    this.#disconnect = () => {};
    if (phase !== undefined && phase !== 'down') {
      this.editor.cut();
      disconnect();
    } else this.editor.drop();
  }

  /** Lets frames travel, in both directions. */
  deliver(random: Seeded): void {
    for (let frames = random.below(5); frames > 0; frames -= 1)
      this.editor.deliver(random.chance(0.5) ? 'up' : 'down');
  }

  write(random: Seeded, step: number): void {
    const { doc } = this.editor;
    const { length } = doc.getText('scratch');
    if (length > 5 && random.chance(0.3)) this.editor.remove(random.below(length - 3), 1 + random.below(3));
    else this.editor.insert(random.below(length + 1), `<${step}>`);
    this.#world.work.edits += 1;
  }

  #sent(frame: Uint8Array): void {
    const { witness } = this.#world;
    witness.shown(this.person, frame);
    const running = this.#at?.running;
    const room = running?.rooms.peek(incidentId);
    if (room)
      witness.reaches(this.person, running?.directory.get(this.person), room.state, 'a document frame');
  }
}
