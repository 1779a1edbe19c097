/** Who is connected at all, over whatever socket. */
export interface Connections {
  /** Counts one more connection of a person; the answer takes it back. */
  open(person: string): () => void;
  /**
   * Since when a person has had no connection, in milliseconds since 1970, as far as that is known for sure; null while
   * connected, and while nobody can know.
   */
  absentSince(person: string): number | null;
  /** Hears who came or went: the first connection, and the last; null: it may be anybody. */
  onChange(hear: (person: string | null) => void): () => void;
}

/** The connections to this instance alone. */
export interface OwnConnections extends Connections {
  /** Everybody who is connected to this instance. */
  people(): string[];
}

/**
 * Nobody is known to have been connected before the server started, so absence counts from then: a restart never makes
 * anybody look absent for longer than they were.
 */
export function createConnections(now: () => number): OwnConnections {
  const startedAt = now();
  const counts = new Map<string, number>();
  const lastSeen = new Map<string, number>();
  const hearers = new Set<(person: string | null) => void>();
  const tell = (person: string) => {
    for (const hear of hearers) hear(person);
  };
  return {
    open(person) {
      const before = counts.get(person) ?? 0;
      counts.set(person, before + 1);
      if (before === 0) tell(person);
      let isOpen = true;
      return () => {
        if (!isOpen) return;
        isOpen = false;
        const left = (counts.get(person) ?? 1) - 1;
        if (left > 0) {
          counts.set(person, left);
          return;
        }
        counts.delete(person);
        lastSeen.set(person, now());
        tell(person);
      };
    },
    onChange(hear) {
      hearers.add(hear);
      return () => hearers.delete(hear);
    },
    people: () => [...counts.keys()],
    absentSince: (person) => (counts.has(person) ? null : (lastSeen.get(person) ?? startedAt)),
  };
}
