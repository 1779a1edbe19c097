import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Where something happens; `data` is after the whole message was taken in. */
export type SmtpStage = 'connect' | 'mail' | 'recipient' | 'data';

/** What a mail server does. `greylist`: puts each recipient off so many times. */
export type SmtpBehaviour =
  | { kind: 'accept' }
  | { kind: 'greylist'; times: number }
  /** Answers to the message only after so long. */
  | { kind: 'slow'; milliseconds: number }
  | { kind: 'answer'; at: SmtpStage; code: number; text: string }
  | { kind: 'silent'; at: SmtpStage }
  | { kind: 'drop'; at: SmtpStage };

/** A message as it was taken in, before it was answered. */
export interface TakenMail {
  from: string;
  to: string[];
  /** Bytes as latin1. */
  raw: string;
  /** Of the connection, and what it called itself. */
  port: number;
  host: string | false;
}

export type SmtpReport =
  | { kind: 'listens'; port: number }
  | { kind: 'behaves' }
  | { kind: 'connected' }
  | { kind: 'tried'; to: string }
  | { kind: 'got'; mail: TakenMail };

/** A real mail server in a process of its own. Its log outlives it: what it took in, it took in. */
export interface SmtpServer {
  readonly url: string;
  readonly port: number;
  readonly taken: readonly TakenMail[];
  /** Every recipient that was named to it, in order. */
  readonly tried: readonly string[];
  /** How often somebody connected. */
  connections(): number;
  behave(behaviour: SmtpBehaviour): Promise<void>;
  /** SIGKILL; done when it is gone. */
  kill(): Promise<void>;
  /** Starts it again at the same address. */
  start(behaviour?: SmtpBehaviour): Promise<void>;
  /** Calls back for each message it takes in. */
  onTaken(hear: (mail: TakenMail) => void): void;
  stop(): Promise<void>;
}

const program = fileURLToPath(new URL('smtpServerProcess.ts', import.meta.url));

/** Starts one on a free port. `signIn`: `user:password` that it asks for; `plain`: it knows no TLS. */
export async function startSmtpServer(
  options: { behaviour?: SmtpBehaviour; signIn?: string; plain?: true } = {},
): Promise<SmtpServer> {
  const { behaviour: first = { kind: 'accept' }, signIn = '' } = options;
  const tls = options.plain ? 'plain' : '';
  const taken: TakenMail[] = [];
  const tried: string[] = [];
  const hearers: ((mail: TakenMail) => void)[] = [];
  let connections = 0;
  let port = 0;
  let child: ChildProcess | null = null;

  function heard(said: SmtpReport): void {
    if (said.kind === 'connected') connections += 1;
    if (said.kind === 'tried') tried.push(said.to);
    if (said.kind !== 'got') return;
    taken.push(said.mail);
    for (const hear of hearers) hear(said.mail);
  }

  async function start(behaviour: SmtpBehaviour = { kind: 'accept' }): Promise<void> {
    const started = fork(program, [String(port), JSON.stringify(behaviour), signIn, tls], {
      stdio: 'inherit',
    });
    started.on('message', (said) => heard(said as SmtpReport));
    child = started;
    const said = await answerOf(started, 'listens');
    port = said.port;
  }

  async function end(): Promise<void> {
    const ending = child;
    child = null;
    if (!ending || ending.exitCode !== null) return;
    const gone = once(ending, 'exit');
    ending.kill('SIGKILL');
    await gone;
  }

  await start(first);
  return {
    url: `smtp://127.0.0.1:${port}`,
    port,
    taken,
    tried,
    connections: () => connections,
    async behave(behaviour) {
      if (!child) throw new Error('The mail server is not running.');
      const known = answerOf(child, 'behaves');
      child.send(behaviour);
      await known;
    },
    kill: end,
    start,
    onTaken: (hear) => hearers.push(hear),
    stop: end,
  };
}

/** The next report of a kind. Rejects when the process ends first. */
function answerOf<K extends SmtpReport['kind']>(
  child: ChildProcess,
  kind: K,
): Promise<Extract<SmtpReport, { kind: K }>> {
  const { promise, resolve, reject } = Promise.withResolvers<Extract<SmtpReport, { kind: K }>>();
  const hear = (said: unknown): void => {
    const report = said as SmtpReport;
    if (report.kind === kind) resolve(report as Extract<SmtpReport, { kind: K }>);
  };
  const gone = (): void => reject(new Error('The mail server ended.'));
  child.on('message', hear).once('exit', gone);
  return promise.finally(() => child.off('message', hear).off('exit', gone));
}
