import type { OutboxStore } from '../rooms/ports.ts';
import { outboxReads, outboxWrites } from './outbox.ts';
import { build } from './postgresDatabase.ts';
import type { Reading } from './queries/reading.ts';

/** How a query, and a transaction, is run. */
interface Runs {
  read<T>(reading: () => Reading<T>): Promise<T>;
  write<T>(writing: () => Reading<T>): Promise<T>;
}

/** The outbox on PostgreSQL: several instances take from it at once, each what nobody else is taking. */
export function postgresOutbox({ read, write }: Runs): OutboxStore {
  const reads = outboxReads(build);
  const writes = outboxWrites(build, true);
  return {
    listSettings: (...args) => read(() => reads.listSettings(...args)),
    settingsEpoch: (...args) => read(() => reads.settingsEpoch(...args)),
    readTarget: (...args) => read(() => reads.readTarget(...args)),
    findTarget: (...args) => read(() => reads.findTarget(...args)),
    listTargets: (...args) => read(() => reads.listTargets(...args)),
    countTargets: (...args) => read(() => reads.countTargets(...args)),
    dueQueues: (...args) => read(() => reads.dueQueues(...args)),
    countDeliveries: (...args) => read(() => reads.countDeliveries(...args)),
    listDeliveries: (...args) => read(() => reads.listDeliveries(...args)),
    unfinishedBroadcasts: (...args) => read(() => reads.unfinishedBroadcasts(...args)),
    saveSetting: (...args) => write(() => writes.saveSetting(...args)),
    saveTarget: (...args) => write(() => writes.saveTarget(...args)),
    removeTarget: (...args) => write(() => writes.removeTarget(...args)),
    sweepTargets: (...args) => write(() => writes.sweepTargets(...args)),
    claimBroadcasts: (...args) => write(() => writes.claimBroadcasts(...args)),
    addDeliveries: (...args) => write(() => writes.addDeliveries(...args)),
    finishBroadcast: (...args) => write(() => writes.finishBroadcast(...args)),
    // Others may be at work.
    endClaims: async () => {},
    claimDeliveries: (...args) => write(() => writes.claimDeliveries(...args)),
    finishDeliveries: (...args) => write(() => writes.finishDeliveries(...args)),
    retryDeliveries: (...args) => write(() => writes.retryDeliveries(...args)),
  };
}
