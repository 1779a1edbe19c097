/**
 * Makes sure that what the tests need is there: first what the environment names, then what is installed, then
 * an installation by apt where that is possible without asking anybody. Else it stops and prints the command.
 * Nothing is ever skipped: without the browser `npm test` fails here, not with fewer tests.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { needs, type Finding, type Need } from './needs.ts';

/** How this machine can install packages without anybody being asked. */
export type Installer = 'root' | 'sudo' | 'none';

export type Plan =
  { action: 'ready' } | { action: 'install'; commands: string[][] } | { action: 'stop'; message: string };

export type Outcome = { need: Need; finding: Finding };

/** Decides what to do about the findings. `installer` is asked only when something is absent. */
export function plan(
  outcomes: readonly Outcome[],
  platform: NodeJS.Platform,
  installer: () => Installer,
): Plan {
  const refusals = outcomes.flatMap(({ finding }) =>
    finding.state === 'misconfigured' ? [finding.reason] : [],
  );
  if (refusals.length > 0) return { action: 'stop', message: refusals.join('\n') };

  const absent = outcomes.filter(({ finding }) => finding.state === 'absent').map(({ need }) => need);
  if (absent.length === 0) return { action: 'ready' };

  const install = [
    'apt-get',
    'install',
    '-y',
    '--no-install-recommends',
    ...absent.flatMap((n) => n.packages),
  ];
  const commands = [['apt-get', 'update'], install];
  switch (installer()) {
    case 'root':
      return { action: 'install', commands };
    case 'sudo':
      return { action: 'install', commands: commands.map((command) => ['sudo', '-n', ...command]) };
    case 'none':
      return { action: 'stop', message: byHand(absent, platform, commands) };
  }
}

function byHand(absent: readonly Need[], platform: NodeJS.Platform, commands: readonly string[][]): string {
  const lines =
    platform === 'darwin'
      ? absent.map((need) => need.brew)
      : [commands.map((command) => ['sudo', ...command].join(' ')).join(' && ')];
  const names = absent.map((need) => need.name).join(' and ');
  return `The tests need ${names}, and this script may not install here. Run:\n  ${lines.join('\n  ')}`;
}

function installerHere(): Installer {
  if (!isDebianLike()) return 'none';
  if (process.getuid?.() === 0) return 'root';
  return spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0 ? 'sudo' : 'none';
}

function isDebianLike(): boolean {
  try {
    return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}

/** Looks for every need and says in one line each what was found. */
function look(): Outcome[] {
  return needs.map((need) => {
    const finding = need.find();
    const detail = finding.state === 'present' ? finding.where : `missing. ${finding.reason}`;
    console.log(`provision: ${need.name}: ${detail}`);
    return { need, finding };
  });
}

function install(commands: readonly string[][]): void {
  console.log('provision: about to run, so that the tests have what they need:');
  for (const command of commands) console.log(`  ${command.join(' ')}`);
  for (const [program = '', ...args] of commands) {
    execFileSync(program, args, {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  }
}

/** Returns the exit code: 0 when everything is there. */
function main(): number {
  const first = plan(look(), process.platform, installerHere);
  if (first.action === 'ready') return 0;
  if (first.action === 'stop') {
    console.error(`provision: ${first.message}`);
    return 1;
  }
  try {
    install(first.commands);
  } catch {
    console.error(`provision: the installation failed. Run by hand:\n  ${shell(first.commands)}`);
    return 1;
  }
  const stillMissing = look().filter(({ finding }) => finding.state !== 'present');
  if (stillMissing.length === 0) return 0;
  console.error(
    `provision: installed, but still missing: ${stillMissing.map((o) => o.need.name).join(', ')}.`,
  );
  return 1;
}

function shell(commands: readonly string[][]): string {
  return commands.map((command) => command.join(' ')).join(' && ');
}

if (import.meta.main) process.exitCode = main();
