import { writeSync } from 'node:fs';
import { openSqliteStore } from '../../server/store/sqlite.ts';
import { chat, declared } from './storeSupport.ts';

// Run as a process of its own that is killed: commits in several rooms as fast as it can, and prints a line for each
// acknowledgement once it has it. Arguments: folder, prefix of its incidents' ids.
const [folder = '', prefix = ''] = process.argv.slice(2);
const store = await openSqliteStore({ folder });
// Written at once, so that a line which the parent sees is an acknowledgement and one it does not see was none.
const acknowledged = (line: object) => writeSync(1, `${JSON.stringify(line)}\n`);

async function work(index: number): Promise<never> {
  const room = await declared(store, `${prefix}-${index}-incident`);
  for (let turn = 0; ; turn += 1) {
    const documents = [
      { name: 'main', updates: [{ author: 'ada', update: new Uint8Array(turn % 300) }], newClientIds: [] },
    ];
    const { entries, head } = await room.commit([chat(`${turn}`)], { documents });
    acknowledged({ id: room.id, seq: entries[0]?.seq, hash: entries[0]?.hash, head });
  }
}

await Promise.all([0, 1, 2, 3].map(work));
