/** Ranges that one redaction of a document names at most. Apart, since the browser must not load a schema library. */
export const RANGES_PER_REDACTION = 200;
/** Batches of edits that one redaction rewrites at most; the entry lists them. */
export const BATCHES_PER_REDACTION = 500;

/** Versions and redactable fields of these entries, as in `entryTypes`. */
export const recordEntryTypes = {
  'incident.imported': { version: 1, redactable: [] },
  'attachment.added': { version: 1, redactable: ['name', 'hash'] },
  'document.redacted': { version: 1, redactable: [] },
} as const;
