import type { Locale } from '#shared/contract/wire.ts';

/** The language to begin with: what was chosen here, else the first of the browser's that we speak. */
export function initialLocale(chosen: string | null, wished: readonly string[]): Locale {
  if (chosen === 'en' || chosen === 'ko') return chosen;
  for (const language of wished) {
    if (language.startsWith('ko')) return 'ko';
    if (language.startsWith('en')) return 'en';
  }
  return 'en';
}
