import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../test/support/serverProcess.ts';

const folder = path.join(root, 'bench', 'peers');

/** Puts the servers to compare with beside the benches, where they never burden the product. Throws when that fails. */
export function installPeers(): void {
  if (existsSync(path.join(folder, 'node_modules', '@y', 'websocket-server'))) return;
  const installed = spawnSync('npm', ['ci', '--ignore-scripts'], { cwd: folder, stdio: 'inherit' });
  if (installed.status !== 0) throw new Error('What to compare with could not be installed.');
}

/** A package's version as it is installed beside the benches. */
export function peerVersion(name: string): string {
  const file = path.join(folder, 'node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
