import type { Entry } from '#shared/contract/entries.ts';
import type { Head, PresentPerson } from '#shared/contract/wire.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import type { DocumentOthers } from './documentAudience.ts';
import { passesCommand } from './entryEffects.ts';
import type { FanoutMessage, RoomListener } from './ports.ts';
import { createPresence } from './presence.ts';
import type { Presence } from './presence.ts';
import { createPresenceTelling } from './presenceTelling.ts';
import type { PresenceTelling } from './presenceTelling.ts';
import type { RoomDocuments } from './roomDocuments.ts';
import type { RoomParts } from './roomParts.ts';

type Progress = Parameters<RoomListener['progress']>[0];
/** Messages of other instances about people, not about what is durable. */
export type AudienceMessage = Extract<FanoutMessage, { kind: 'presence' | 'hello' | 'progress' }>;

/** A room asks the others who is there at most this often. Milliseconds. */
const ASK_MILLISECONDS = 1_000;

export interface RoomAudienceParts extends Pick<RoomParts, 'clock' | 'connections' | 'fanout'> {
  incidentId: string;
  /** The fold of everything durable, now. */
  state(): IncidentState;
  /** Keeps the room in memory until released. */
  hold(): () => void;
  /** They have people at other instances as well. */
  documents: Pick<RoomDocuments, 'asked' | 'instanceGone'>;
}

/** Who is in a room and who listens to it: everything that a room tells goes through here. */
export class RoomAudience {
  readonly #parts: RoomAudienceParts;
  readonly #listeners = new Set<RoomListener>();
  readonly #presence: Presence;
  readonly #telling: PresenceTelling;
  readonly #isAlone: boolean;
  readonly #stops: (() => void)[];
  #isAskWanted = false;
  #cancelAsking: (() => void) | null = null;

  constructor(parts: RoomAudienceParts) {
    this.#parts = parts;
    const { clock, connections, fanout, incidentId } = parts;
    this.#isAlone = fanout.state() === 'alone';
    this.#telling = createPresenceTelling({
      clock,
      count: () => this.#presence.count(),
      tell: () => this.#tellPresence(),
    });
    this.#presence = createPresence({
      clock,
      changed: () => this.#telling.changed(),
      hears: () => fanout.state() !== 'away',
      publish: this.#isAlone ? null : (people) => fanout.publish(incidentId, { kind: 'presence', people }),
    });
    this.#stops = [
      connections.onChange((person) => {
        if (person === null || person === parts.state().commander) this.#telling.now();
      }),
      fanout.onNotice((notice, from) => {
        if (notice.kind !== 'goodbye') return;
        this.#presence.gone(from);
        parts.documents.instanceGone(from);
      }),
      () => this.#presence.stop(),
      () => this.#telling.stop(),
      () => this.#cancelAsking?.(),
    ];
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
    if (entries.some(passesCommand)) this.#telling.now();
  }

  /** Hears another instance. */
  hear(message: AudienceMessage, from: string): void {
    switch (message.kind) {
      case 'progress':
        this.#tellProgress(message.person, message.progress);
        return;
      case 'presence':
        return this.#presence.hear(message.people, from);
      case 'hello':
        this.#parts.documents.asked();
        return this.#presence.asked();
      default:
        message satisfies never;
    }
  }

  /** Asks the other instances who is there: what they said may have been missed. */
  ask(): void {
    if (this.#isAlone) return;
    this.#isAskWanted = true;
    this.#cancelAsking ??= this.#parts.clock.after(0, () => this.#askNow());
  }

  /** How a document of the room speaks to the other instances; null when there are none. */
  othersOf(name: string): DocumentOthers | null {
    const { fanout, incidentId } = this.#parts;
    if (this.#isAlone) return null;
    return {
      publish: (entries) => fanout.publish(incidentId, { kind: 'awareness', name, entries }),
      ask: () => this.ask(),
    };
  }

  stop(): void {
    for (const stop of this.#stops) stop();
  }

  #askNow(): void {
    const { clock, fanout, incidentId } = this.#parts;
    this.#cancelAsking = null;
    if (!this.#isAskWanted) return;
    this.#isAskWanted = false;
    fanout.publish(incidentId, { kind: 'hello' });
    this.#cancelAsking = clock.after(ASK_MILLISECONDS, () => this.#askNow());
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
