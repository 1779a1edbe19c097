import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import path from 'node:path';
import { root } from '../test/support/serverProcess.ts';
import { generatorPrefix } from './measure.ts';

/** A load in a process of its own that tells how far it is and is told what happened. */
export interface Generator<Report extends { kind: string }> {
  /** The next report, which must be of this kind. Rejects when it is another, or when the process ends first. */
  next<Kind extends Report['kind']>(kind: Kind): Promise<Extract<Report, { kind: Kind }>>;
  tell(message: object): void;
  /** Ends it, however far it is. */
  stop(): void;
}

/** Starts a load with its task on the command line. */
export function startGenerator<Report extends { kind: string }>(
  script: string,
  task: unknown,
): Generator<Report> {
  const command = [...generatorPrefix, process.execPath, path.join(root, 'bench', script)];
  const child: ChildProcess = spawn(command[0] ?? '', command.slice(1), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const reports: Report[] = [];
  let ended: Error | null = null;
  let wake = (): void => undefined;
  child.on('message', (report: Report) => {
    reports.push(report);
    wake();
  });
  const end = (error: Error): void => {
    ended ??= error;
    wake();
  };
  child.once('error', end);
  child.once('close', (code) => end(new Error(`${script} ended with ${code}.`)));
  // Thousands of tokens are too long for a command line.
  child.send({ kind: 'task', task });
  return {
    async next<Kind extends Report['kind']>(kind: Kind) {
      while (reports.length === 0) {
        if (ended) throw ended;
        await new Promise<void>((resolve) => (wake = resolve));
      }
      const report = reports.shift();
      if (report?.kind !== kind) throw new Error(`${script} told ${JSON.stringify(report)} before ${kind}.`);
      return report as Extract<Report, { kind: Kind }>;
    },
    tell: (message) => void child.send(message),
    stop: () => void child.kill('SIGKILL'),
  };
}

/** In the load's process: what it is told, one after the other. */
export function inbox(): <Message extends { kind: string }>(kind: Message['kind']) => Promise<Message> {
  const messages: { kind: string }[] = [];
  let wake = (): void => undefined;
  process.on('message', (message: { kind: string }) => {
    messages.push(message);
    wake();
  });
  return async <Message extends { kind: string }>(kind: Message['kind']) => {
    while (messages.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    const message = messages.shift();
    if (message?.kind !== kind) throw new Error(`Was told ${message?.kind} before ${kind}.`);
    return message as Message;
  };
}
