import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TSchema } from 'typebox';
import { environment } from '../server/environment.ts';

/** Where the example stands. */
export const ENV_EXAMPLE = fileURLToPath(new URL('../.env.example', import.meta.url));

type Described = TSchema & { default?: string | number; description: string; example?: string };

const HEAD = `# Every setting of warroom with its default. Written by scripts/envExample.ts from server/environment.ts: change it there.
# Each can also be given as NAME_FILE, the path of a file that holds the value, as secrets usually are.
# All are optional. The process does not read this file by itself: \`node --env-file=.env\` or compose does.
`;

/** The text of \`.env.example\`, made from the schema that the server reads its environment by. */
export function envExample(): string {
  const settings = Object.entries<TSchema>(environment.properties).map(([name, schema]) =>
    entry(name, schema as Described),
  );
  return `${HEAD}\n${settings.join('\n\n')}\n`;
}

function entry(name: string, { description, default: standard, example = '' }: Described): string {
  return `# ${description}\n# ${name}=${standard === undefined ? example : String(standard)}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(ENV_EXAMPLE, envExample());
