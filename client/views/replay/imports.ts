import type { WireError } from '#shared/contract/refusals.ts';
import type { ImportSource } from '#shared/contract/reviewWords.ts';
import type { Answer, ApiError } from '../../app/api.ts';

/** What a file may be; deploys and alerts come from machines. */
export const fileSources = ['slack', 'mattermost', 'irc', 'csv', 'jsonl'] as const satisfies ImportSource[];
export type FileSource = (typeof fileSources)[number];

/** What the server found in a file, and with `imported` how far it has brought it in. */
export interface ImportAnswer {
  importId: string;
  records: number;
  skipped: number;
  skippedLines: { line: number; reason: string }[];
  from: string | null;
  to: string | null;
  sample: { happenedAt: string; text: string; who?: string; kind?: string }[];
  imported?: number;
  done?: boolean;
}

/** The largest file that the server takes. Bytes. */
export const MOST_BYTES = 50 * 1024 * 1024;

/** What a file most likely is, by its name and its beginning. */
export function guessSource(name: string, beginning: string): FileSource {
  const ending = name.toLowerCase().split('.').at(-1) ?? '';
  const [line = ''] = beginning.trimStart().split('\n', 1);
  if (/"type":\s*"(?:version|channel|post)"/.test(line)) return 'mattermost';
  if (ending === 'csv' || /^"?happened_at"?,/.test(line)) return 'csv';
  if (ending === 'jsonl' || ending === 'ndjson') return 'jsonl';
  if (ending === 'json' || line.startsWith('[')) return 'slack';
  return line.startsWith('{') ? 'jsonl' : 'irc';
}

/** Sends the file to be looked at, or with `confirm` to be brought in as far as one request goes. */
export async function sendImport(
  incidentId: string,
  given: { file: Blob; source: FileSource; zone: string; confirm: boolean },
): Promise<Answer<ImportAnswer>> {
  const query = new URLSearchParams({
    source: given.source,
    zone: given.zone,
    confirm: given.confirm ? '1' : '0',
  });
  try {
    const response = await fetch(`/api/incidents/${incidentId}/imports?${query.toString()}`, {
      method: 'POST',
      credentials: 'same-origin',
      headers: { Accept: 'application/json', 'Content-Type': 'application/octet-stream' },
      body: given.file,
    });
    const content = (await response.json()) as ImportAnswer & { error?: WireError };
    if (response.ok) return { ok: true, value: content };
    const error = content.error ?? unread(response.status);
    return { ok: false, error: { ...error, status: response.status } };
  } catch {
    return { ok: false, error: unread(0) };
  }
}

function unread(status: number): ApiError {
  const reason = status === 0 ? 'network' : 'unavailable';
  return { code: 'unavailable', message: reason, retryable: true, details: { reason }, status };
}
