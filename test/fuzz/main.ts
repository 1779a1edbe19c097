import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { addPeople, declare, signInAdmin } from '../support/client.ts';
import type { Account } from '../support/client.ts';
import { seeded } from '../support/seeded.ts';
import { delay, startServer } from '../support/serverProcess.ts';
import type { Attack, AttackResult } from './attack.ts';
import { count } from './attack.ts';
import { attackDocuments } from './documents.ts';
import { honestPeople } from './honest.ts';
import { attackHttp } from './requests.ts';
import { attackPackets, attackSockets } from './sockets.ts';

const { values } = parseArgs({ options: { count: { type: 'string' }, seed: { type: 'string' } } });
const total = Number(values.count ?? 50_000);
const seed = Number(values.seed ?? Date.now() % 1_000_000);
if (!Number.isInteger(total) || total < 1 || !Number.isInteger(seed)) {
  throw new Error('Usage: npm run fuzz -- [--count 50000] [--seed 1]');
}
/** What each kind of attack gets of the whole, and how many attackers share it. */
const KINDS = [
  { name: 'document frames', share: 0.5, attackers: 8, attack: attackDocuments },
  { name: 'socket events', share: 0.25, attackers: 6, attack: attackSockets },
  { name: 'raw packets', share: 0.15, attackers: 4, attack: attackPackets },
  { name: 'HTTP requests', share: 0.1, attackers: 4, attack: attackHttp },
] as const;
/** The server may not grow past this, whatever is thrown at it. MiB. */
const MOST_MEMORY = 1_024;

/** All attacks together take less, unless the server stopped answering. Milliseconds. */
const MOST_TIME = 150_000;

process.exit(await run());

/** Attacks a real server while honest people work in the same incident; answers the exit code. */
async function run(): Promise<number> {
  console.log(`fuzz: ${total} inputs, seed ${seed}`);
  const started = performance.now();
  const server = await startServer();
  const faults: string[] = [];
  try {
    const admin = await signInAdmin(server.url);
    const names = ['Honest A', 'Honest B', 'Honest C', ...KINDS.map((kind) => `Attacker of ${kind.name}`)];
    const people = await addPeople(server.url, admin, names);
    const { id: incidentId } = await declare(server.url, people[0] as Account, {
      title: `Fuzz, seed ${seed}`,
    });
    const honest = await honestPeople(
      server.url,
      people.slice(0, 3) as [Account, Account, Account],
      incidentId,
    );
    const before = memory(server.pid());
    try {
      const attacks = KINDS.flatMap((kind, index) =>
        Array.from({ length: kind.attackers }, async (_, number) => {
          const attack: Attack = {
            url: server.url,
            account: people[3 + index] as Account,
            incidentId,
            victim: honest.clientId,
            random: seeded(seed * 100 + index * 10 + number),
          };
          return {
            kind: kind.name,
            result: await kind.attack(attack, Math.ceil((total * kind.share) / kind.attackers)),
          };
        }),
      );
      const results = await Promise.race([Promise.all(attacks), delay(MOST_TIME)]);
      if (!results) throw new Error(`the attacks were not answered within ${MOST_TIME / 1000} s`);
      for (const kind of KINDS)
        faults.push(
          ...report(
            kind.name,
            results.filter((each) => each.kind === kind.name).map(({ result }) => result),
          ),
        );
      const sent = results.reduce((sum, { result }) => sum + result.sent, 0);
      if (sent < total) faults.push(`only ${sent} of ${total} inputs were sent`);
      const { faults: harmed, figures } = await honest.finish();
      faults.push(...harmed);
      console.log(`  honest people: ${figures}`);
    } finally {
      honest.close();
    }
    const after = memory(server.pid());
    console.log(
      `  server memory ${before.now} MiB before, ${after.now} MiB after, ${after.most} MiB at most`,
    );
    if (after.most > MOST_MEMORY) faults.push(`the server grew to ${after.most} MiB`);
    const ending = await server.term();
    if (ending.code !== 0) faults.push(`the server ended with ${ending.code ?? ending.signal}`);
    server.assertHealthy();
  } catch (error) {
    faults.push(String(error));
  } finally {
    await server.stop().catch((error: unknown) => faults.push(String(error)));
  }
  if (faults.length > 0) console.log(errorLines(server.output()));
  console.log(
    `fuzz: ${((performance.now() - started) / 1000).toFixed(1)} s, seed ${seed}: ${faults.length === 0 ? 'nothing broke' : `${faults.length} FAULTS`}`,
  );
  for (const fault of faults.slice(0, 40)) console.log(`    ${fault}`);
  return faults.length === 0 ? 0 : 1;
}

/** Prints what came of one kind of attack; answers its faults. */
function report(name: string, results: readonly AttackResult[]): string[] {
  const answers = new Map<string, number>();
  for (const result of results) {
    for (const [answer, times] of result.answers)
      for (let left = times; left > 0; left -= 1) count(answers, answer);
  }
  const shown = [...answers].toSorted((a, b) => b[1] - a[1]).map(([answer, times]) => `${answer} ${times}`);
  console.log(`  ${results.reduce((sum, result) => sum + result.sent, 0)} ${name}: ${shown.join(', ')}`);
  return results.flatMap((result) => result.faults.map((fault) => `${name}: ${fault}`));
}

/** The distinct errors the server logged, shortened: what happened first is most often the cause. */
function errorLines(output: string): string {
  const errors = output.split('\n').filter((line) => /"level":(50|60)/.test(line));
  const distinct = new Map(errors.map((line) => [line.replace(/\d+/g, '').slice(0, 300), line]));
  return [...distinct.values()]
    .slice(0, 10)
    .map((line) => `  server: ${line.slice(0, 1_500)}`)
    .join('\n');
}

/** Resident memory of a process, now and at most. MiB. */
function memory(pid: number): { now: number; most: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const of = (field: string): number =>
    Math.round(Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? Number.NaN) / 1024);
  return { now: of('VmRSS'), most: of('VmHWM') };
}
