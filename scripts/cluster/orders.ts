import type { Cluster } from './startCluster.ts';

/** What a person may type while a cluster runs. */
export const ORDERS = ['kill', 'stop', 'start', 'pause', 'resume'] as const;
export type OrderName = (typeof ORDERS)[number];

export interface Order {
  name: OrderName;
  /** `postgres`, `redis`, `proxy`, or the number of an instance from 1 on. */
  part: string;
}

/** Reads a line such as `kill 2` or `pause redis`; null for an empty one. Throws one sentence for what is none. */
export function readOrder(line: string, instances: number): Order | null {
  const [name, part, ...rest] = line.trim().toLowerCase().split(/\s+/);
  if (!name) return null;
  const parts = ['postgres', 'redis', 'proxy', ...Array.from({ length: instances }, (_, i) => String(i + 1))];
  const known = ORDERS.find((order) => order === name);
  if (known === undefined || part === undefined || !parts.includes(part) || rest.length > 0) {
    throw new Error(`Write ${ORDERS.join(', ')} and then one of ${parts.join(', ')}.`);
  }
  return { name: known, part };
}

/** Something that can be treated so. */
interface Part {
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<unknown>;
  pause(): void;
  resume(): void;
}

/** Does what the order says; done when it is done. Throws when the part is not in a state for it. */
export async function carryOut(order: Order, cluster: Cluster): Promise<void> {
  const part = partOf(order.part, cluster);
  switch (order.name) {
    case 'kill':
      return part.kill();
    case 'stop':
      await part.stop();
      return undefined;
    case 'start':
      return part.start();
    case 'pause':
      return part.pause();
    case 'resume':
      return part.resume();
  }
}

function partOf(name: string, cluster: Cluster): Part {
  switch (name) {
    // `stop` of a service removes its files, which is for the end; here it is to be away and come back.
    case 'postgres':
      return { ...cluster.postgres, stop: cluster.postgres.crash };
    case 'redis':
      return { ...cluster.redis, stop: cluster.redis.kill };
    case 'proxy':
      return { ...cluster.proxy, stop: cluster.proxy.kill };
    default: {
      const instance = cluster.instances[Number(name) - 1];
      if (!instance) throw new Error(`There is no instance ${name}.`);
      return instance;
    }
  }
}
