import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const CONFIG = fileURLToPath(new URL('./purity.tsconfig.json', import.meta.url));
const TSC = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));

test('shared type-checks where there is neither Node nor a DOM', () => {
  const check = spawnSync(process.execPath, [TSC, '--project', CONFIG], { encoding: 'utf8' });
  expect(check.stdout + check.stderr).toBe('');
  expect(check.status).toBe(0);
});
