import type { WireError } from '#shared/contract/refusals.ts';

/** An error of the contract, or what the browser itself found: `network` and `unreadable` stand in `details.reason`. */
export interface ApiError extends WireError {
  /** HTTP status; 0 when no answer came. */
  status: number;
}

/** Refusals are answers: nothing here throws. */
export type Answer<T> = { ok: true; value: T } | { ok: false; error: ApiError };

export interface RequestOptions {
  method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is, instead of a body. It may take longer than other requests. */
  file?: Blob;
  query?: Readonly<Record<string, string | number | boolean | undefined>>;
  signal?: AbortSignal;
}

/** Raised on the window when a request found the session ended; the session provider listens. */
export const SESSION_ENDED_EVENT = 'warroom:session-ended';

/** Milliseconds after which a request without an answer counts as failed; the server's own limit is 30 s. */
const TIMEOUT = 31_000;
/** The same while a file travels. */
const FILE_TIMEOUT = 120_000;

/**
 * Asks the server. `path` begins with `/api/`; the session cookie travels by itself. The value is what the contract
 * says for that route (undefined for 204); the caller names its type.
 */
export async function api<T>(path: string, options: RequestOptions = {}): Promise<Answer<T>> {
  const { method = 'GET', body, file, query, signal } = options;
  const timeout = AbortSignal.timeout(file === undefined ? TIMEOUT : FILE_TIMEOUT);
  let response: Response;
  try {
    response = await fetch(withQuery(path, query), {
      method,
      credentials: 'same-origin',
      headers: {
        Accept: 'application/json',
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(file === undefined ? {} : { 'Content-Type': 'application/octet-stream' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(file === undefined ? {} : { body: file }),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
  } catch {
    return failure('network', 0);
  }
  if (response.status === 204) return { ok: true, value: undefined as T };
  const content = await readJson(response);
  if (response.ok)
    return content === undefined ? failure('unreadable', response.status) : { ok: true, value: content as T };
  if (response.status === 401 && path !== '/api/session')
    window.dispatchEvent(new Event(SESSION_ENDED_EVENT));
  return { ok: false, error: errorFrom(content, response.status) };
}

/** The value, or an exception that carries the error: what TanStack Query expects of a query function. */
export async function apiOrThrow<T>(path: string, options?: RequestOptions): Promise<T> {
  const answer = await api<T>(path, options);
  if (answer.ok) return answer.value;
  throw new ApiFailure(answer.error);
}

/** An answer "no" in places where only exceptions travel, such as query functions. */
export class ApiFailure extends Error {
  readonly error: ApiError;
  constructor(error: ApiError) {
    super(error.message);
    this.error = error;
  }
}

function withQuery(path: string, query: RequestOptions['query']): string {
  const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== '');
  if (given.length === 0) return path;
  return `${path}?${new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()}`;
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}

function errorFrom(content: unknown, status: number): ApiError {
  if (typeof content === 'object' && content !== null && 'error' in content) {
    const { error } = content;
    if (typeof error === 'object' && error !== null && 'code' in error && 'message' in error) {
      return { ...(error as WireError), status };
    }
  }
  return failure(status >= 500 ? 'unavailable' : 'unreadable', status).error;
}

function failure(
  reason: 'network' | 'unreadable' | 'unavailable',
  status: number,
): { ok: false; error: ApiError } {
  return {
    ok: false,
    error: { code: 'unavailable', message: reason, retryable: true, details: { reason }, status },
  };
}
