import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { diskReserve } from '../../server/store/sqliteReserve.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'warroom-reserve-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('[S31] space is kept back for signing in on a full disk, given up once, and kept again', () => {
  const reserve = diskReserve(folder);
  expect(reserve.release()).toBe(false);
  reserve.keep();
  const path = join(folder, 'reserve.bin');
  expect(statSync(path).blocks * 512).toBeGreaterThanOrEqual(512 * 1024);
  expect(reserve.release()).toBe(true);
  expect(existsSync(path)).toBe(false);
  expect(reserve.release()).toBe(false);
  reserve.keep();
  expect(existsSync(path)).toBe(true);
});

test('[S31] a folder that cannot be written has no reserve, and that is no error', () => {
  const reserve = diskReserve(join(folder, 'is-not-there'));
  expect(() => reserve.keep()).not.toThrow();
  expect(reserve.release()).toBe(false);
});
