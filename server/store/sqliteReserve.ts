import { existsSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Enough for many sessions in the write-ahead log. */
const RESERVE_BYTES = 512 * 1024;
/** The reserve is made again only when this much is free, so that making it never fills the disk. */
const FREE_BYTES = 16 * 1024 * 1024;

/** Space kept back in the data directory, so that somebody can still sign in when the disk is full. */
export interface DiskReserve {
  /** Makes the reserve if it is not there and there is room for it. Never throws. */
  keep(): void;
  /** Gives the space back; false when there was none. */
  release(): boolean;
}

/** The reserve of a data directory. */
export function diskReserve(folder: string): DiskReserve {
  const path = join(folder, 'reserve.bin');
  return {
    keep() {
      if (existsSync(path)) return;
      try {
        const { bavail, bsize } = statfsSync(folder);
        if (bavail * bsize >= FREE_BYTES) writeFileSync(path, Buffer.alloc(RESERVE_BYTES, 1));
      } catch {
        // No reserve is no reason to stop: it is made when there is room again.
        rmSync(path, { force: true });
      }
    },
    release() {
      if (!existsSync(path)) return false;
      rmSync(path, { force: true });
      return true;
    },
  };
}
