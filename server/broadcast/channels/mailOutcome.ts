import type { Attempt } from '../channel.ts';

/** What is known of an error of an SMTP session. */
interface SmtpError {
  code?: unknown;
  /** What the socket said. */
  originalCode?: unknown;
  responseCode?: unknown;
  response?: unknown;
}

/** What the usual enhanced status codes (RFC 3463) say, without their first digit. */
const MEANINGS: readonly [RegExp, string][] = [
  [/^1\.(?:1|10)$/, 'no such mailbox'],
  [/^1\./, 'the address is not accepted'],
  [/^2\.1$/, 'the mailbox is switched off'],
  [/^2\.2$/, 'the mailbox is full'],
  [/^3\.4$/, 'the message is too large'],
  [/^7\.8$/, 'wrong name or password'],
  [/^7\./, 'by its rules'],
];

/** Errors that say no to this message, and not to us or to the connection. */
const ABOUT_THE_MESSAGE: ReadonlySet<unknown> = new Set(['EENVELOPE', 'EMESSAGE']);

/**
 * What became of an attempt that threw. `began`: a part of the message was on its way, so that without an answer it may
 * have arrived. An answer counts whenever it came: 4xx later; 5xx to the message refused, to our sign-in or our greeting
 * later, since that is mended without the message.
 */
export function attemptAfter(error: unknown, began: boolean): Attempt {
  const { code, originalCode, responseCode, response } = (error ?? {}) as SmtpError;
  const isAboutMessage = ABOUT_THE_MESSAGE.has(code);
  if (code !== 'ETLS' && typeof responseCode === 'number') {
    const said = answer(responseCode, response);
    // 503 says that the session was in the wrong state, not that the message is wrong.
    if (isAboutMessage && responseCode >= 500 && responseCode !== 503) {
      return { kind: 'refused', detail: `the mail server refused it: ${said}` };
    }
    const what = code === 'EAUTH' ? 'refused our sign-in' : 'does not take it now';
    return { kind: 'later', detail: `the mail server ${what}: ${said}` };
  }
  if (began) return { kind: 'lost', detail: 'no answer from the mail server after the message' };
  if (isAboutMessage) return { kind: 'refused', detail: 'the mail server cannot take mail of this kind' };
  return { kind: 'later', detail: trouble(isAboutTls(originalCode) ? 'ETLS' : code) };
}

/** The numbers of an answer and what they mean; its words are not ours to show. */
function answer(responseCode: number, response: unknown): string {
  const enhanced = /^\d{3}[ -][245]\.(\d{1,3}\.\d{1,3})\b/.exec(typeof response === 'string' ? response : '');
  if (!enhanced?.[1]) return String(responseCode);
  const [, meaning] = MEANINGS.find(([pattern]) => pattern.test(enhanced[1] ?? '')) ?? [];
  const numbers = `${responseCode} ${String(responseCode).slice(0, 1)}.${enhanced[1]}`;
  return meaning === undefined ? numbers : `${meaning} (${numbers})`;
}

function isAboutTls(code: unknown): boolean {
  return typeof code === 'string' && /CERT|SSL|TLS|^UNABLE_TO_/.test(code);
}

function trouble(code: unknown): string {
  switch (code) {
    case 'EABORT':
    case 'ETIMEDOUT':
      return 'the mail server is too slow';
    case 'ETLS':
      return 'no safe connection to the mail server';
    case 'EAUTH':
    case 'ENOAUTH':
      return 'signing in to the mail server failed';
    case 'EDNS':
      return 'the mail server was not found';
    default:
      return 'the mail server cannot be reached';
  }
}
