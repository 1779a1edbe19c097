/** An instance that gave no sign for this long, while its signs could be seen, is gone. Milliseconds. */
const LIFE_MILLISECONDS = 12_000;

/** An instance that speaks does so this often at least, with some patience. Milliseconds. */
const SPOKEN_MILLISECONDS = 6_000;

interface Instance {
  people: ReadonlySet<string>;
  /** Since when it has been known without having left. */
  since: number;
  signAt: number;
  /** When it last told by itself; what its row says is older than that. */
  toldAt: number;
}

/**
 * Who is connected to other instances, and how far back that is known without a gap. Times are elapsed ones of this
 * process, in milliseconds, given by the caller and never going back; clocks of other machines are not looked at.
 *
 * An instance gives signs by messages and by its row in the store. It counts as gone only when it was silent while rows
 * could be read, or never had one; while nothing can be heard, nobody becomes absent, and afterwards absence is counted anew.
 */
export class Elsewhere {
  readonly #instances = new Map<string, Instance>();
  /** What each row said when it was last read: another value is a sign, whatever time it claims. */
  #rows: ReadonlyMap<string, number> = new Map();
  /** Told of, but without a row when rows were read after that: such messages may be ones that were recorded. */
  readonly #rowless = new Set<string>();
  readonly #lastSeen = new Map<string, number>();
  readonly #changed = new Set<string>();
  #rowsReadAt = -Infinity;
  /** Since when rows could be read without a gap; null while they cannot. */
  #rowsSince: number | null = null;
  #knownSince: number | null = null;

  get hasChanged(): boolean {
    return this.#changed.size > 0;
  }

  /** An instance told who is connected to it. Answers true when it was not known before. */
  told(instance: string, people: readonly string[], at: number): boolean {
    if (this.#rowsSince !== null && this.#rowless.has(instance)) return false;
    const known = this.#instances.get(instance);
    this.#put(instance, { people: new Set(people), since: known?.since ?? at, signAt: at, toldAt: at });
    return !known;
  }

  /** The rows of all instances were read. `seenAt` is compared with what the row said before, with nothing else. */
  read(rows: readonly { id: string; seenAt: number; people: readonly string[] }[], at: number): void {
    for (const id of this.#rows.keys()) {
      // Whoever takes its row away leaves; it comes back with its next sign.
      if (!rows.some((row) => row.id === id)) this.gone(id, at);
    }
    for (const { id, seenAt, people } of rows) {
      this.#rowless.delete(id);
      if (this.#rows.get(id) === seenAt) continue;
      const { toldAt = -Infinity, since = at } = this.#instances.get(id) ?? {};
      // Messages come sooner than rows: what the row says now, the instance may have written before it last spoke.
      if (at - toldAt > SPOKEN_MILLISECONDS)
        this.#put(id, { people: new Set(people), since, signAt: at, toldAt });
    }
    for (const [id, { since, signAt }] of this.#instances) {
      // One that starts writes its row as it speaks for the first time; the reading after the next one must have it.
      if (rows.some((row) => row.id === id) || since > this.#rowsReadAt) continue;
      this.#rowless.add(id);
      this.#drop(id, signAt);
    }
    this.#rows = new Map(rows.map(({ id, seenAt }) => [id, seenAt]));
    this.#rowsReadAt = at;
    this.#rowsSince ??= at;
  }

  /** An instance left, so that nobody is connected to it any more. */
  gone(instance: string, at: number): void {
    this.#drop(instance, at);
  }

  /**
   * Judges what follows from the time that passed; to be called before anything is told, read or asked. `isHeard`: messages
   * of other instances come through. Answers true when it became known, or unknown, who is absent.
   */
  look(at: number, isHeard: boolean): boolean {
    if (at - this.#rowsReadAt > LIFE_MILLISECONDS) this.#rowsSince = null;
    const since = this.#rowsSince;
    for (const [instance, { signAt }] of this.#instances) {
      if (since !== null && at - Math.max(signAt, since) > LIFE_MILLISECONDS) this.#drop(instance, signAt);
    }
    const knew = this.#knownSince !== null;
    const knows = since !== null || (isHeard && this.#allSpoke(at));
    this.#knownSince = knows ? (this.#knownSince ?? at) : null;
    return knows !== knew;
  }

  has(person: string): boolean {
    return [...this.#instances.values()].some(({ people }) => people.has(person));
  }

  /** Since when a person who is at no other instance is known to be at none; null while nobody can know. */
  absentSince(person: string): number | null {
    if (this.#knownSince === null) return null;
    return Math.max(this.#knownSince, this.#lastSeen.get(person) ?? -Infinity);
  }

  /** Who came or went since this was last asked. */
  takeChanged(): string[] {
    const changed = [...this.#changed];
    this.#changed.clear();
    return changed;
  }

  #allSpoke(at: number): boolean {
    return [...this.#instances.values()].every(({ signAt }) => at - signAt <= LIFE_MILLISECONDS);
  }

  #put(id: string, instance: Instance): void {
    const before = this.#instances.get(id)?.people ?? new Set();
    this.#instances.set(id, instance);
    for (const person of instance.people) if (!before.has(person)) this.#changed.add(person);
    for (const person of before) if (!instance.people.has(person)) this.#left(person, instance.signAt);
  }

  /** `at`: when it was last known to be there. */
  #drop(id: string, at: number): void {
    const people = this.#instances.get(id)?.people ?? new Set();
    this.#instances.delete(id);
    for (const person of people) this.#left(person, at);
  }

  #left(person: string, at: number): void {
    this.#lastSeen.set(person, Math.max(at, this.#lastSeen.get(person) ?? -Infinity));
    this.#changed.add(person);
  }
}
