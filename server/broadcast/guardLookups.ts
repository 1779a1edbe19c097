import type { LookupAddress, lookup as systemLookup } from 'node:dns';

/** How many names are asked for at once. The system's resolver holds a thread for each, of few that files and passwords need, too. */
const AT_ONCE = 2;

/**
 * Resolves names: each once at a time, however many ask, and few at once, so that servers of names that do not answer
 * hold up nothing else.
 */
export function createLookups(lookup: typeof systemLookup): (hostname: string) => Promise<LookupAddress[]> {
  const underWay = new Map<string, Promise<LookupAddress[]>>();
  const waiting: (() => void)[] = [];
  let running = 0;

  async function turn(): Promise<void> {
    if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
  }

  /** Who waits takes the place over. */
  function leave(): void {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }

  async function ask(hostname: string): Promise<LookupAddress[]> {
    await turn();
    try {
      return await new Promise((resolve, reject) => {
        lookup(hostname, { all: true, verbatim: true }, (error, found) => {
          if (error) reject(error);
          else resolve(found);
        });
      });
    } finally {
      leave();
    }
  }

  return (hostname) => {
    const known = underWay.get(hostname);
    if (known) return known;
    const asked = ask(hostname).finally(() => underWay.delete(hostname));
    underWay.set(hostname, asked);
    return asked;
  };
}
