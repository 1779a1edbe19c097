import i18next from 'i18next';
import type { KnownEntry } from '#shared/contract/entries.ts';
import type { RecordEntryBodies } from '#shared/contract/records.ts';

type RecordEntry = Extract<KnownEntry, { type: keyof RecordEntryBodies }>;

/** The sentence of an entry about what is kept, in the reader's language, and what somebody wrote about it. */
export function recordSentence(entry: RecordEntry): { sentence: string; detail?: string } {
  const t = i18next.getFixedT(null, 'records');
  switch (entry.type) {
    case 'incident.imported': {
      const { from, verified, difference } = entry.body;
      const sentence = verified ? t('entry.imported', { from }) : t('entry.importedUnverified', { from });
      return difference === undefined ? { sentence } : { sentence, detail: difference };
    }
    case 'attachment.added':
      return { sentence: t('entry.attached', { name: entry.body.name ?? t('removed') }) };
    case 'document.redacted':
      return { sentence: t('entry.erased'), detail: entry.body.reason };
    default:
      return entry satisfies never;
  }
}
