import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** The client in a language that nobody speaks: English with accents, and longer by two fifths. */
export interface PseudoClient {
  /** Where its files are. */
  folder: string;
  remove(): Promise<void>;
}

const LONGER_BY = 0.4;
const ACCENTS = new Map(
  Array.from('aceilnorsuyACEINOSUYZ', (plain, index) => [
    plain,
    Array.from('àçéîłñörşüýÀÇÉÎÑÖŞÜÝŻ')[index] ?? plain,
  ]),
);
/** Values and marks are left alone: `{{name}}`, `<b>`, `$t(…)`. */
const UNTOUCHED = /(\{\{[^}]*\}\}|<[^>]*>|\$t\([^)]*\))/;

/** `Hand over` → `Hàñd övér éöé`: as long as German or Finnish may be, in words that can wrap. */
export function pseudo(text: string): string {
  const accented = text
    .split(UNTOUCHED)
    .map((part, index) =>
      index % 2 === 1 ? part : Array.from(part, (one) => ACCENTS.get(one) ?? one).join(''),
    )
    .join('');
  // Codes such as INC-42 or OPS are the same in every language.
  if (!/[a-z]/.test(text.replaceAll(new RegExp(UNTOUCHED, 'g'), ''))) return text;
  const letters = text.replaceAll(new RegExp(UNTOUCHED, 'g'), '').trim().length;
  const more = Math.ceil(letters * LONGER_BY);
  if (more === 0) return accented;
  // Short words grow as one; longer texts by a word of at most six letters at a time.
  const added = 'éöéüàö'.repeat(Math.ceil(more / 6)).slice(0, more);
  if (letters <= 6) return accented + added;
  return `${accented} ${added.match(/.{1,6}/g)?.join(' ') ?? ''}`;
}

function pseudoAll(value: unknown): unknown {
  if (typeof value === 'string') return pseudo(value);
  return Object.fromEntries(Object.entries(value as object).map(([key, inner]) => [key, pseudoAll(inner)]));
}

/** Builds the client with its English catalogues made longer. */
export async function buildPseudoClient(): Promise<PseudoClient> {
  const folder = await mkdtemp(path.join(tmpdir(), 'warroom-pseudo-'));
  // As it is shipped, whatever runs this: a development build is another page.
  const mode = process.env['NODE_ENV'];
  process.env['NODE_ENV'] = 'production';
  await build({
    configFile: fileURLToPath(new URL('../../vite.config.ts', import.meta.url)),
    logLevel: 'silent',
    build: { outDir: folder, emptyOutDir: true },
    plugins: [
      {
        name: 'pseudo-locale',
        enforce: 'pre',
        transform: (code, id) =>
          /\/i18n\/en\/\w+\.json$/.test(id) ? JSON.stringify(pseudoAll(JSON.parse(code))) : null,
      },
    ],
  }).finally(() => {
    process.env['NODE_ENV'] = mode;
  });
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
