import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { english } from '../../demo/plays/english.ts';
import { korean } from '../../demo/plays/korean.ts';
import { childEnvironment, root } from '../support/serverProcess.ts';

/** Plays without a visitor, a hundred times as fast as people; what the terminal said, and what was left in its folder. */
async function performed(language: 'en' | 'ko'): Promise<{ said: string; left: string[] }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'warroom-demo-test-'));
  try {
    const words = ['demo/main.ts', '--unattended', '--speed', '100', '--lang', language];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, words, {
      cwd: root,
      env: childEnvironment({ TMPDIR: folder }),
    });
    expect(stderr).toBe('');
    return { said: stdout, left: await readdir(folder) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describe.concurrent('the demo', () => {
  test.each([
    ['en', english],
    ['ko', korean],
  ] as const)(
    'is played to its end without a refusal, and leaves nothing behind (%s)',
    async (language, { terminal, names }) => {
      const { said, left } = await performed(language);
      const room = /http:\/\/localhost:\d+\/i\/1$/m.exec(said)?.[0] ?? 'no room';
      expect(said).toContain(terminal.finished(room).trim());
      expect(Object.values(names).filter((name) => said.includes(`  (${name}: `))).toEqual([]);
      expect(left).toEqual([]);
    },
  );
});
