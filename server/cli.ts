import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigError, readConfig } from './config.ts';
import type { Config } from './config.ts';
import { createInvitations } from './edges/invitations.ts';
import { systemChance } from './rooms/chance.ts';
import { exportIncident, verifyExport } from './store/exportFile.ts';
import { emailKey } from './store/queries/accounts.ts';
import { restoreBackup, writeBackup } from './store/sqliteBackup.ts';
import { withDataDirectory } from './store/sqliteOffline.ts';
import { verifyFolder } from './store/sqliteVerify.ts';
import type { NamedVerdict } from './store/sqliteVerify.ts';
import { systemClock } from './systemClock.ts';

const USAGE = `npm run warroom -- <command>

  verify [--incident INC-42]      recompute the hash chains of all logs, or of one incident
  verify --export <file>          the same for an exported log; needs no data directory
  export INC-42 <file>            write one incident's whole log, to be verified elsewhere
  backup <file> [--force]         write a consistent copy of everything as one file
  restore <file> [--force]        make a backup the data; no server may run
  reset-password <e-mail>         end the person's sessions and print a link to choose a new password

All commands but restore work while the server runs. The data are those in DATA_DIR (default ./data).`;

/** A mistake of the person at the terminal, or a finding: one sentence, and the exit code says no. */
class Refused extends Error {}

const { positionals, values } = parsed();
try {
  process.exitCode = await run(positionals, values);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

function parsed() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        incident: { type: 'string' },
        export: { type: 'string' },
        force: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exit(2);
  }
}

type Options = ReturnType<typeof parsed>['values'];

/** The exit code: 0 done, 1 refused or a difference found, 2 not understood. */
async function run([command, ...given]: string[], options: Options): Promise<number> {
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  switch (command ?? '') {
    case 'verify':
      return options.export === undefined
        ? verify(configured().dataDir, options.incident)
        : report([verifyExport(resolve(options.export))]);
    case 'export': {
      const [incident, file] = wanted(given, 2);
      const number = numberOf(incident);
      await withDataDirectory(configured().dataDir, ({ queries }) =>
        exportIncident(queries, number, resolve(file)),
      );
      console.log(`INC-${number} is in ${file}. Check it with: npm run warroom -- verify --export ${file}`);
      return 0;
    }
    case 'backup': {
      const [file] = wanted(given, 1);
      if (existsSync(resolve(file)) && !options.force) {
        throw new Refused(`${file} exists. Choose another name, or add --force to write over it.`);
      }
      await withDataDirectory(configured().dataDir, ({ queries }) => writeBackup(queries.db, resolve(file)));
      console.log(`Everything is in ${file}.`);
      return 0;
    }
    case 'restore': {
      const [file] = wanted(given, 1);
      return restore(configured().dataDir, resolve(file), options.force);
    }
    case 'reset-password': {
      const [email] = wanted(given, 1);
      return resetPassword(configured(), email);
    }
    default:
      console.error(command === undefined ? USAGE : `There is no command ${command}.\n\n${USAGE}`);
      return 2;
  }
}

function configured(): Config {
  try {
    const config = readConfig(process.env);
    if (config.databaseUrl !== null) {
      throw new Refused('DATABASE_URL is set, and these commands are for SQLite in DATA_DIR; unset it.');
    }
    return config;
  } catch (error) {
    if (error instanceof ConfigError) throw new Refused(error.message);
    throw error;
  }
}

/** The arguments of a command, exactly as many as it takes. */
function wanted(given: readonly string[], count: 1): [string];
function wanted(given: readonly string[], count: 2): [string, string];
function wanted(given: readonly string[], count: number): string[] {
  if (given.length !== count) throw new Refused(USAGE);
  return [...given];
}

function numberOf(text: string): number {
  const digits = /^(?:inc-)?(\d{1,9})$/i.exec(text)?.[1];
  if (digits === undefined) throw new Refused(`${text} is not an incident; write it like INC-42.`);
  return Number(digits);
}

async function verify(folder: string, incident: string | undefined): Promise<number> {
  const only = incident === undefined ? undefined : numberOf(incident);
  const found = await withDataDirectory(folder, ({ queries }) => verifyFolder(queries, folder, only));
  for (const line of found.damage) console.error(`The database file is damaged: ${line}`);
  if (found.unreadableAnchors > 0) {
    console.error(`anchors.log has ${found.unreadableAnchors} unreadable lines; they prove nothing.`);
  }
  return Math.max(report(found.logs), found.damage.length > 0 ? 1 : 0);
}

function report(verdicts: readonly NamedVerdict[]): number {
  const broken = verdicts.filter((verdict) => verdict.difference !== null);
  for (const { name, difference } of broken) console.error(`${name}: ${difference ?? ''}`);
  const sum = (count: (verdict: NamedVerdict) => number) =>
    verdicts.reduce((total, verdict) => total + count(verdict), 0);
  const seen = `${verdicts.length} logs, ${sum((v) => v.entries)} entries, ${sum((v) => v.batches)} document batches, ${sum((v) => v.anchors)} anchors`;
  if (broken.length === 0) console.log(`Everything matches: ${seen}.`);
  else console.error(`${broken.length} of ${seen} do not match.`);
  return broken.length === 0 ? 0 : 1;
}

async function restore(folder: string, file: string, force: boolean): Promise<number> {
  const stamp = new Date(systemClock.now()).toISOString().replace(/[:.]/g, '-');
  const aside = await restoreBackup(folder, file, { force, stamp });
  console.log(`${folder} has the state of ${file}, under a new storage epoch. Everybody signs in again.`);
  if (aside !== null) console.log(`What was there before is in ${aside}.`);
  return 0;
}

async function resetPassword(config: Config, email: string): Promise<number> {
  return withDataDirectory(config.dataDir, async (store) => {
    const people = await store.listPeople();
    const person = people.find((candidate) => emailKey(candidate.email) === emailKey(email));
    if (!person) throw new Refused(`Nobody has the e-mail address ${email}.`);
    if (person.disabled)
      throw new Refused(`${person.name} is disabled. An administrator must enable the account first.`);
    const now = systemClock.now();
    const invitations = createInvitations({ store, clock: systemClock, chance: systemChance });
    const { secret, expiresAt } = await invitations.invite(person.id, 'system');
    const ended = await store.revokeSessions(person.id, now, {});
    const body = { person: person.id, by: 'command line' };
    await store.appendSystemEntry({ now, actor: 'system', type: 'person.password_reset', body });
    const address = config.publicUrl ?? `http://localhost:${config.port}`;
    console.log(
      `${person.name} chooses a new password here, once, until ${new Date(expiresAt).toISOString()}:`,
    );
    console.log(`\n  ${address}/invite/${secret}\n`);
    console.log(`Sessions ended: ${ended.length}. The old password works until the link is used.`);
    return 0;
  });
}
