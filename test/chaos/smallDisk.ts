import { spawnSync } from 'node:child_process';
import { open, mkdtemp, rm, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Why there can be no small disk here; null: there can. */
export function cannotMount(): string | null {
  const tried = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', '/mnt']);
  return tried.status === 0 ? null : 'mounting a tmpfs is not allowed';
}

/** Mounts a tmpfs of so many mebibytes; answers its folder. */
export async function mountSmallDisk(mebibytes: number): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'warroom-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', folder]);
  if (mounted.status !== 0) throw new Error(`mount: ${String(mounted.stderr)}`);
  return folder;
}

/** Takes all the room that is left. */
export async function fillDisk(folder: string): Promise<void> {
  const file = await open(path.join(folder, 'ballast'), 'a');
  const block = Buffer.alloc(64 * 1024);
  try {
    // Smaller and smaller pieces, until not a page is left.
    for (let size = block.length; size >= 512;) {
      await file.write(block, 0, size).catch(() => {
        size /= 2;
      });
    }
  } finally {
    await file.close();
  }
}

/** Gives the room back. */
export function freeDisk(folder: string): Promise<void> {
  return unlink(path.join(folder, 'ballast'));
}

export async function removeDisk(folder: string): Promise<void> {
  spawnSync('umount', [folder]);
  await rm(folder, { recursive: true, force: true });
}
