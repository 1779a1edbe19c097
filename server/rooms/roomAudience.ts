import type { Entry } from '#shared/contract/entries.ts';
import type { Head, PresentPerson } from '#shared/contract/wire.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import { passesCommand } from './entryEffects.ts';
import type { FanoutMessage, RoomListener } from './ports.ts';
import { createPresence } from './presence.ts';
import type { Presence } from './presence.ts';
import type { RoomParts } from './roomParts.ts';

type Progress = Parameters<RoomListener['progress']>[0];
/** Messages of other instances about people, not about what is durable. */
export type AudienceMessage = Extract<FanoutMessage, { kind: 'presence' | 'hello' | 'progress' }>;

export interface RoomAudienceParts extends Pick<RoomParts, 'clock' | 'connections' | 'fanout'> {
  incidentId: string;
  /** The fold of everything durable, now. */
  state(): IncidentState;
  /** Keeps the room in memory until released. */
  hold(): () => void;
}

/** Who is in a room and who listens to it: everything that a room tells goes through here. */
export class RoomAudience {
  readonly #parts: RoomAudienceParts;
  readonly #listeners = new Set<RoomListener>();
  readonly #presence: Presence;
  readonly #stopHearing: () => void;

  constructor(parts: RoomAudienceParts) {
    this.#parts = parts;
    this.#presence = createPresence(
      () => parts.clock.now(),
      () => this.#tellPresence(),
    );
    this.#stopHearing = parts.connections.onChange((person) => {
      if (person === parts.state().commander) this.#tellPresence();
    });
  }

  subscribe(listener: RoomListener): () => void {
    this.#listeners.add(listener);
    const release = this.#parts.hold();
    return () => {
      if (this.#listeners.delete(listener)) release();
    };
  }

  /** Marks a connection of a person as present; the answer ends it. */
  arrive(person: string): ReturnType<Presence['arrive']> {
    const release = this.#parts.hold();
    const arrival = this.#presence.arrive(person);
    return {
      away: (away) => arrival.away(away),
      leave: () => {
        arrival.leave();
        release();
      },
    };
  }

  present(): PresentPerson[] {
    return this.#presence.list();
  }

  /** How many people are here. */
  count(): number {
    return this.#presence.count();
  }

  /** Since when the commander has had no connection (ISO time); null while connected. */
  commanderAbsentSince(): string | null {
    const since = this.#parts.connections.absentSince(this.#parts.state().commander);
    return since === null ? null : new Date(since).toISOString();
  }

  /** Tells how far the receiver of the offer of now has read, here and at other instances. */
  progress(person: string, progress: Progress): void {
    if (this.#tellProgress(person, progress))
      this.#parts.fanout.publish(this.#parts.incidentId, { kind: 'progress', person, progress });
  }

  /** Tells entries that are durable, in order. */
  tellEntries(entries: Entry[], head: Head): void {
    for (const listener of this.#listeners) listener.entries(entries, head, this.#parts.state());
    if (entries.some(passesCommand)) this.#tellPresence();
  }

  /** Hears another instance. */
  hear(message: AudienceMessage, _from: string): void {
    switch (message.kind) {
      case 'progress':
        this.#tellProgress(message.person, message.progress);
        return;
      case 'presence':
      case 'hello':
        return;
      default:
        message satisfies never;
    }
  }

  stop(): void {
    this.#stopHearing();
  }

  /** True when it is about the offer of now. */
  #tellProgress(person: string, progress: Progress): boolean {
    const { offer } = this.#parts.state();
    if (offer?.offer !== progress.offer || offer.to !== person) return false;
    for (const listener of this.#listeners) listener.progress(progress);
    return true;
  }

  #tellPresence(): void {
    const people = this.#presence.list();
    for (const listener of this.#listeners) listener.presence(people, this.commanderAbsentSince());
  }
}
