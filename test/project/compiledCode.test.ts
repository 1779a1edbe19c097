import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { childEnvironment, root } from '../support/serverProcess.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'warroom-compiled-'));
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

/** Starts the server as far as its configuration, in this data folder; answers how it ended. */
function begin(dataFolder: string): number | null {
  const { status } = spawnSync(process.execPath, ['server/main.ts', '--print-config'], {
    cwd: root,
    env: childEnvironment({ DATA_DIR: dataFolder }),
  });
  return status;
}

test('what is compiled is kept in the data folder, which is not made for that', () => {
  expect(begin(path.join(scratch, 'not made yet'))).toBe(0);
  expect(existsSync(path.join(scratch, 'not made yet'))).toBe(false);
  expect(begin(scratch)).toBe(0);
  expect(readdirSync(path.join(scratch, 'compiled'), { recursive: true }).length).toBeGreaterThan(100);
});
