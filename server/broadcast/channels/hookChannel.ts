import type { ChannelName } from '#shared/contract/settings.ts';
import type { Clock } from '../../rooms/ports.ts';
import { sha256 } from '../../rooms/hashing.ts';
import type { Attempt, Channel, Outgoing, Rendered } from '../channel.ts';
import type { Guard, Posted } from '../guard.ts';

/** A POST as a channel wants it. */
export interface Hook {
  headers: Record<string, string>;
  body: string;
  /** Where it goes; by default to the address itself. */
  address?: string;
}

/** What one kind of hook differs in from the others. */
export interface HookForm {
  name: ChannelName;
  /** How many attempts to one server run at once. */
  atOnce: number;
  /** Whether an address that can be reached is one for this channel; by default each is. */
  takes?(url: URL): boolean;
  /** What its receiver will see. Pure. */
  render(outgoing: Outgoing): Rendered;
  /** The request; or why there is none. `now` in milliseconds. */
  hookOf(outgoing: Outgoing, now: number): Hook | { refused: string };
  /** Another guard than that of the channel, for this message. */
  guardOf?(outgoing: Outgoing): Guard;
}

/** What every channel over HTTP is made of. */
export interface HookParts {
  guard: Guard;
  clock: Pick<Clock, 'now'>;
}

/** A channel that is one guarded POST. */
export function createHookChannel(form: HookForm, { guard, clock }: HookParts): Channel {
  const { name, atOnce, takes = () => true, guardOf = () => guard } = form;
  return {
    ...{ name, atOnce },
    addressOf(text) {
      const address = guard.addressOf(text);
      return address !== null && takes(new URL(address)) ? address : null;
    },
    queueOf,
    render: (outgoing) => form.render(outgoing),
    async send(outgoing, signal) {
      const hook = form.hookOf(outgoing, clock.now());
      if ('refused' in hook) return { kind: 'refused', detail: hook.refused };
      const { headers, body, address = outgoing.address } = hook;
      return attemptOf(await guardOf(outgoing).post(address, { headers, body, signal }), clock.now());
    },
    // Every request has its own connection, which ends with it.
    close: () => Promise.resolve(),
  };
}

/** One line for each server and first part of the path, which tells tenants apart; hashed, since it may be a secret. */
function queueOf(address: string): string {
  const { origin, pathname } = new URL(address);
  return `${origin}/${sha256(pathname.split('/')[1] ?? '').slice(0, 8)}`;
}

/** What became of an attempt, by what the receiver answered at `now` (milliseconds). */
export function attemptOf(posted: Posted, now: number): Attempt {
  switch (posted.kind) {
    case 'forbidden':
      return { kind: 'refused', detail: posted.detail };
    case 'unreachable':
      return { kind: 'later', detail: posted.detail };
    case 'unanswered':
      return { kind: 'lost', detail: posted.detail };
    case 'answered':
      return answered(posted.status, waitOf(posted.retryAfter, now));
    default:
      return posted satisfies never;
  }
}

function answered(status: number, after: number | null): Attempt {
  const detail = `HTTP ${status}`;
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  if (status >= 300 && status < 400)
    return { kind: 'refused', detail: `${detail}: redirects are not followed` };
  if (status === 410) return { kind: 'gone', detail };
  // A gateway says that somebody behind it gave no answer: whoever that is may have got it.
  if (status === 502 || status === 504) return { kind: 'lost', detail };
  if (status >= 500 || status === 408 || status === 425 || status === 429) {
    return { kind: 'later', detail, ...(after === null ? {} : { after }) };
  }
  return { kind: 'refused', detail };
}

/** How long a receiver wants to be left alone, of seconds or a date. Milliseconds; null when it does not say. */
function waitOf(retryAfter: string | null, now: number): number | null {
  if (retryAfter === null) return null;
  if (/^\d{1,9}(\.\d+)?$/.test(retryAfter)) return Math.ceil(Number(retryAfter) * 1_000);
  // The dates that HTTP knows; many other texts are dates to the language.
  const at = /^[A-Z][a-z]{2}, .* GMT$/.test(retryAfter) ? Date.parse(retryAfter) : NaN;
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
