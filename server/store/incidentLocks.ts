/**
 * Keeps commits of one incident out while somebody has it alone, within one process. Who waits goes on in the order of
 * asking; incidents do not wait for each other.
 */
export function incidentLocks() {
  /** Per incident: done when nobody has it alone any more. */
  const held = new Map<string, Promise<void>>();

  return {
    /** Runs at once, or after everybody who had the incident alone when this was asked. */
    async shared<T>(incidentId: string, work: () => Promise<T>): Promise<T> {
      await held.get(incidentId);
      return work();
    },
    /** Runs with nobody else who asks from now on getting in between. */
    async alone<T>(incidentId: string, work: () => Promise<T>): Promise<T> {
      const running = (held.get(incidentId) ?? Promise.resolve()).then(work);
      const over = running.then(
        () => undefined,
        () => undefined,
      );
      held.set(incidentId, over);
      try {
        return await running;
      } finally {
        if (held.get(incidentId) === over) held.delete(incidentId);
      }
    },
  };
}
