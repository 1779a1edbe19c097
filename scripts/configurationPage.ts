import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TSchema } from 'typebox';
import { environment } from '../server/environment.ts';

/** Where the page stands. */
export const CONFIGURATION_PAGE = fileURLToPath(
  new URL('../docs/operating/configuration.md', import.meta.url),
);

type Described = TSchema & {
  default?: string | number;
  description: string;
  says: string;
  secret?: true;
};

const HEAD = `<!-- Written by scripts/configurationPage.ts from server/environment.ts: change it there. -->

# Configuration

Every setting is an environment variable; there is no configuration file. An empty value counts as not set. A wrong
value, or a limit that there is not, stops the start with one sentence that says what to set. \`node server/main.ts --print-config\` prints what was understood,
with secrets hidden. [\`.env.example\`](../../.env.example) is the same list in a form to copy.

Each setting can also be given as a file: \`SESSION_SECRET_FILE=/run/secrets/session\`. That is how secrets should come, since
the environment of a process is easy to see. A line break at the end of the file does not count. Setting both forms stops the start.

All instances of one installation must have the same \`DATABASE_URL\`, \`REDIS_URL\`, \`PUBLIC_URL\` and limits. Keys that they share are made
once and kept in the database; \`SESSION_SECRET\` is for those who want to keep that one elsewhere.
`;

/** The text of the page, made from the schema that the server reads its environment by. */
export function configurationPage(): string {
  const all = Object.entries<TSchema>(environment.properties).map(([name, schema]) =>
    line(name, schema as Described),
  );
  const [settings, limits] = [all.filter((it) => !isLimit(it)), all.filter(isLimit)];
  const about =
    'They protect people from each other and the server from everybody; the defaults are meant to stay. Each takes a whole number from 1 to 2147483647.';
  return `${HEAD}\n## Settings\n\n${settings.join('\n')}\n\n## Limits\n\n${about}\n\n${limits.join('\n')}\n`;
}

function isLimit(text: string): boolean {
  return text.startsWith('- `LIMIT_');
}

function line(name: string, { description, says, secret, default: standard }: Described): string {
  const value = standard === undefined ? '' : ` Default: \`${standard}\`.`;
  const takes = name.startsWith('LIMIT_') ? '' : ` Takes ${plain(says)}.`;
  return `- \`${name}\`${secret ? ' (secret)' : ''}: ${description}${value}${takes}`;
}

/** Addresses in a description are examples, not links. */
function plain(text: string): string {
  return text.replace(/\S+:\/\/\S*[^\s,.]/g, (address) => `\`${address}\``);
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(CONFIGURATION_PAGE, configurationPage());
