import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { PublicFile } from './publicAnswers.ts';
import type { PublicModel } from './publicModel.ts';

/** Raised when what the file holds has another form: then an older file is not read. */
const FORM = 1;

/** The last state of the public page in a file, which is replaced as a whole. It holds nothing that was not published. */
export function createPublicFile(path: string): PublicFile {
  return {
    async load() {
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return null;
        throw error;
      });
      if (text === null) return null;
      const kept = JSON.parse(text) as { form: number; model: PublicModel };
      return kept.form === FORM ? kept.model : null;
    },
    async save(model) {
      await mkdir(dirname(path), { recursive: true });
      const fresh = `${path}.new`;
      await writeFile(fresh, JSON.stringify({ form: FORM, model }));
      await rename(fresh, path);
    },
  };
}
