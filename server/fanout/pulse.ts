import type { Clock } from '../rooms/ports.ts';

/** The half of a connection that a pulse needs. */
interface Pinged {
  ping(): Promise<unknown>;
}

/**
 * Asks each connection again and again whether the other end is there: a black hole, a paused process and a pulled plug
 * close nothing. `silent` is called once, for the first question that is refused or not answered in time. The answer stops it.
 */
export function watchPulse(
  connections: readonly Pinged[],
  clock: Clock,
  timing: { pulse: number; answer: number },
  silent: (reason: string) => void,
): () => void {
  const stops = new Set<() => void>();
  let stopped = false;

  function stop(): void {
    stopped = true;
    for (const cancel of stops) cancel();
    stops.clear();
  }
  function later(milliseconds: number, work: () => void): () => void {
    const cancel = clock.after(milliseconds, () => {
      stops.delete(cancel);
      work();
    });
    stops.add(cancel);
    return () => {
      stops.delete(cancel);
      cancel();
    };
  }
  function giveUp(reason: string): void {
    if (stopped) return;
    stop();
    silent(reason);
  }
  function ask(connection: Pinged): void {
    let answered = false;
    const cancel = later(timing.answer, () => {
      // One more turn of the loop: after a stall of ours the answer may be waiting to be read.
      later(0, () => {
        if (!answered) giveUp(`Redis did not answer within ${timing.answer} ms`);
      });
    });
    connection.ping().then(
      () => {
        answered = true;
        cancel();
        if (!stopped) later(timing.pulse, () => ask(connection));
      },
      (error: Error) => giveUp(error.message),
    );
  }

  for (const connection of connections) ask(connection);
  return stop;
}
