import type { RoomClient } from '../support/clientRoom.ts';

/** Who commands, and what is offered, as far as one client has been shown. */
export interface CommandNow {
  commander: string;
  epoch: number;
  offer: { id: string; to: string } | null;
}

/** Follows one client's entries; a test's own fold, so that it does not trust the one it tests. */
export class CommandView {
  readonly #room: RoomClient;
  #read = 0;
  #now: CommandNow = { commander: '', epoch: 1, offer: null };

  constructor(room: RoomClient) {
    this.#room = room;
  }

  now(): CommandNow {
    const { entries } = this.#room;
    for (; this.#read < entries.length; this.#read += 1) {
      const entry = entries[this.#read];
      if (entry) this.#take(entry.type, entry.body);
    }
    return this.#now;
  }

  #take(type: string, body: Readonly<Record<string, unknown>>): void {
    switch (type) {
      case 'incident.declared':
        this.#now = { ...this.#now, commander: String(body['commander']) };
        break;
      case 'handoff.offered':
        this.#now = { ...this.#now, offer: { id: String(body['offer']), to: String(body['to']) } };
        break;
      case 'handoff.accepted':
      case 'handoff.forced':
        this.#now = { commander: String(body['to']), epoch: Number(body['epoch']), offer: null };
        break;
      case 'handoff.declined':
      case 'handoff.withdrawn':
      case 'handoff.expired':
      case 'handoff.voided':
        this.#now = { ...this.#now, offer: null };
        break;
      default:
        break;
    }
  }
}
