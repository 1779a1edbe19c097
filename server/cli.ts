import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigError, readConfig } from './config.ts';
import type { Config } from './config.ts';
import { createInvitations } from './edges/invitations.ts';
import { systemChance } from './rooms/chance.ts';
import { isBundle, verifyBundleFile } from './review/bundleFile.ts';
import { verifyExport } from './store/exportFile.ts';
import type { Maintenance } from './store/maintenance.ts';
import { migratePostgres } from './store/postgresDatabase.ts';
import { moveToPostgres, restoreToPostgres, withPostgres } from './store/postgresMaintenance.ts';
import { emailKey } from './store/queries/accounts.ts';
import { restoreBackup } from './store/sqliteBackup.ts';
import { databasePath, lockFolder } from './store/sqliteDatabase.ts';
import { migrateFolder, withDataDirectory } from './store/sqliteMaintenance.ts';
import type { NamedVerdict } from './store/verifyNames.ts';
import { systemClock } from './systemClock.ts';

const USAGE = `npm run warroom -- <command>

  verify [--incident INC-42]      recompute the hash chains of all logs, or of one incident
  verify --export <file>          the same for an exported log; needs no data directory
  verify <file>                   the same for a bundle or an exported log, with everything in it
  export INC-42 <file>            write one incident's whole log, to be verified elsewhere
  backup <file> [--force]         write a consistent copy of everything as one file
  restore <file> [--force]        make a backup the data, of either database; no server may run
  migrate                         bring the schema up to this version, as a start would
  move-to-postgres [--force]      copy the data of DATA_DIR into the database of DATABASE_URL; no server may run
  reset-password <e-mail>         end the person's sessions and print a link to choose a new password

While servers run, restore and move-to-postgres are refused, and on SQLite migrate too. The data are those of
DATABASE_URL, or else those in DATA_DIR (default ./data).`;

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
      if (given.length > 0) return verifyFile(resolve(wanted(given, 1)[0]));
      return options.export === undefined
        ? withData((data) => verify(data, options.incident))
        : report([verifyExport(resolve(options.export))]);
    case 'export': {
      const [incident, file] = wanted(given, 2);
      const number = numberOf(incident);
      await withData((data) => data.exportIncident(number, resolve(file)));
      console.log(`INC-${number} is in ${file}. Check it with: npm run warroom -- verify --export ${file}`);
      return 0;
    }
    case 'backup': {
      const [file] = wanted(given, 1);
      if (existsSync(resolve(file)) && !options.force) {
        throw new Refused(`${file} exists. Choose another name, or add --force to write over it.`);
      }
      await withData((data) => data.backup(resolve(file)));
      console.log(`Everything is in ${file}.`);
      return 0;
    }
    case 'restore': {
      const [file] = wanted(given, 1);
      return restore(configured(), resolve(file), options.force);
    }
    case 'migrate': {
      wanted(given, 0);
      const { databaseUrl, dataDir } = configured();
      await (databaseUrl === null ? migrateFolder(dataDir) : migratePostgres(databaseUrl));
      console.log('The schema is that of this version.');
      return 0;
    }
    case 'move-to-postgres': {
      wanted(given, 0);
      return move(configured(), options.force);
    }
    case 'reset-password': {
      const [email] = wanted(given, 1);
      return withData((data) => resetPassword(data, email));
    }
    default:
      console.error(command === undefined ? USAGE : `There is no command ${command}.\n\n${USAGE}`);
      return 2;
  }
}

function configured(): Config {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (error instanceof ConfigError) throw new Refused(error.message);
    throw error;
  }
}

/** Opens whichever data the configuration names. */
function withData<T>(work: (data: Maintenance) => Promise<T>): Promise<T> {
  const { databaseUrl, dataDir } = configured();
  return databaseUrl === null ? withDataDirectory(dataDir, work) : withPostgres(databaseUrl, dataDir, work);
}

/** The arguments of a command, exactly as many as it takes. */
function wanted(given: readonly string[], count: 0): [];
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

/** A bundle or an exported log, whichever the file is. */
function verifyFile(path: string): number {
  if (!existsSync(path)) throw new Refused(`There is no file ${path}.`);
  if (!isBundle(path)) return report([verifyExport(path)]);
  const { number, verdict } = verifyBundleFile(path);
  const code = report([{ ...verdict, name: `INC-${number}` }]);
  if (code === 0) {
    console.log(`With ${verdict.documents} documents and ${verdict.attachments} files, as they should be.`);
    if (verdict.withheld > 0)
      console.log(
        `${verdict.withheld} entries are withheld: their place is proved, what they say is not in it.`,
      );
  }
  return code;
}

async function verify(data: Maintenance, incident: string | undefined): Promise<number> {
  const found = await data.verify(incident === undefined ? undefined : numberOf(incident));
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

async function restore({ databaseUrl, dataDir }: Config, file: string, force: boolean): Promise<number> {
  const now = systemClock.now();
  const options = { force, stamp: stampOf(now), now };
  const aside =
    databaseUrl === null
      ? await restoreBackup(dataDir, file, options)
      : await restoreToPostgres(databaseUrl, dataDir, file, options);
  const target = databaseUrl === null ? dataDir : 'The database';
  console.log(`${target} has the state of ${file}, under a new storage epoch. Everybody signs in again.`);
  tellAside(aside);
  return 0;
}

async function move({ databaseUrl, dataDir }: Config, force: boolean): Promise<number> {
  if (databaseUrl === null) throw new Refused('Set DATABASE_URL to the database that is to have the data.');
  // Brought up first, and kept from servers meanwhile: what is copied must be all there is.
  await migrateFolder(dataDir);
  const unlock = lockFolder(dataDir);
  try {
    const now = systemClock.now();
    const aside = await moveToPostgres(databaseUrl, databasePath(dataDir), {
      force,
      stamp: stampOf(now),
      now,
    });
    console.log(
      `The database has everything that ${dataDir} had, which stays as it is and is not used any more.`,
    );
    console.log('Start the servers with DATABASE_URL now, and check with: npm run warroom -- verify');
    tellAside(aside);
    return 0;
  } finally {
    unlock();
  }
}

function stampOf(now: number): string {
  return new Date(now).toISOString().replace(/[:.]/g, '-');
}

function tellAside(aside: string | null): void {
  if (aside !== null) console.log(`What was there before is in ${aside}.`);
}

async function resetPassword({ accounts: store }: Maintenance, email: string): Promise<number> {
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
  const config = configured();
  const address = config.publicUrl ?? `http://localhost:${config.port}`;
  console.log(
    `${person.name} chooses a new password here, once, until ${new Date(expiresAt).toISOString()}:`,
  );
  console.log(`\n  ${address}/invite/${secret}\n`);
  console.log(`Sessions ended: ${ended.length}. The old password works until the link is used.`);
  return 0;
}
