import { refuse } from '#shared/contract/refusals.ts';
import type { Refusal } from '#shared/contract/refusals.ts';
import type { Locale } from '#shared/contract/wire.ts';
import type { Chance } from '../rooms/chance.ts';
import type { Clock, Store, TargetRecord } from '../rooms/ports.ts';
import { createRateLimit } from '../rooms/rateLimit.ts';
import type { Attempt, Channels } from './channel.ts';
import { asMailChannel } from './channels/mail.ts';
import { asWebhookChannel } from './channels/webhookConfirmation.ts';
import { endedTarget } from './endedTarget.ts';
import type { LinkPurpose, OutgoingLinks } from './outgoingLinks.ts';
import { readerWords } from './readerWords.ts';

/** By what readers subscribe themselves. */
export type SubscriptionChannel = 'mail' | 'webhook';

/** A wish to be sent updates. */
export interface Wish {
  /** The public page, or one incident. */
  list: string;
  /** What it is called in the message that asks to confirm. */
  name: string;
  channel: SubscriptionChannel;
  address: string;
  locale: Locale;
  /** The network address it came from. */
  from: string;
  /** The link it came through, which ends it when it is revoked; null: none. */
  link: string | null;
}

/** Subscriptions by readers themselves: nothing is sent before the address said yes. */
export interface Subscribing {
  /** What there is to subscribe by. */
  readonly by: Readonly<Record<SubscriptionChannel, boolean>>;
  /** Null when it was taken; the same whether the address was known or not. */
  subscribe(wish: Wish): Promise<Refusal | null>;
  /** The subscription of a link in a message; null when it is none, or one that cannot be confirmed any more. */
  find(purpose: LinkPurpose, token: string): Promise<TargetRecord | null>;
  /** Makes true what the link says; done again, it changes nothing. */
  apply(purpose: LinkPurpose, target: TargetRecord): Promise<void>;
  /** Ends what came through a link. */
  endLink(incidentId: string, linkId: string): Promise<void>;
  close(): void;
}

const MINUTE = 60_000;
/** The message that asks is tried again after these times. Milliseconds. */
const AGAIN = [10_000, MINUTE, 10 * MINUTE];
const ATTEMPT_MILLISECONDS = 20_000;
const PAGE = 256;

/** Takes wishes, a few a minute from each network address and for each target, so that nobody is flooded by others. */
export function createSubscribing(parts: {
  store: Pick<Store, 'findTarget' | 'saveTarget' | 'readTarget' | 'listTargets'>;
  channels: Channels;
  links: OutgoingLinks;
  clock: Clock;
  chance: Chance;
  /** Hears why a message that asks was not sent. */
  onFailure: (detail: string) => void;
}): Subscribing {
  const { store, links, clock, chance, onFailure } = parts;
  const mail = asMailChannel(parts.channels.get('mail'));
  const webhook = asWebhookChannel(parts.channels.get('webhook'));
  const now = (): number => clock.now();
  const perSource = createRateLimit({ burst: 5, perMillisecond: 5 / MINUTE }, now);
  const perAddress = createRateLimit({ burst: 2, perMillisecond: 1 / (10 * MINUTE) }, now);
  const all = createRateLimit({ burst: 60, perMillisecond: 60 / MINUTE }, now);
  const waiting = new Set<() => void>();

  async function keep(wish: Wish, address: string): Promise<TargetRecord | null> {
    const { list, channel, locale, link } = wish;
    const known = await store.findTarget(list, channel, address);
    if (known?.state === 'active') return null;
    const target: TargetRecord = {
      ...{ id: known?.id ?? chance.id(), list, channel, address, name: null, locale },
      secret: channel === 'webhook' ? (known?.secret ?? `whsec_${chance.secret()}`) : null,
      state: 'pending',
      // Asked anew: it is waited for anew, and stands and falls with the link of now.
      createdAt: now(),
      createdBy: link ?? 'system',
    };
    return (await store.saveTarget(target)) === 'saved' ? target : null;
  }

  function attempt(target: TargetRecord, name: string): Promise<Attempt> {
    const confirm = links.url('confirm', target.id);
    const signal = AbortSignal.timeout(ATTEMPT_MILLISECONDS);
    // Asked twice is two messages: programs that know a repetition by its id must not drop the second one.
    const id = `${target.id}-confirm-${target.createdAt}`;
    if (target.channel === 'mail' && mail) {
      const message = readerWords[target.locale ?? 'en'].confirmMessage({ name, url: confirm });
      return mail.sendPlain(target.address, message, id, signal);
    }
    if (webhook && target.secret !== null) {
      return webhook.sendConfirmation(target.address, { confirm, secret: target.secret }, id, signal);
    }
    return Promise.resolve({ kind: 'refused', detail: 'there is no such channel' });
  }

  /** Asks for confirmation, and again a few times when it surely did not arrive. */
  async function ask(target: TargetRecord, name: string, again: readonly number[]): Promise<void> {
    const outcome = await attempt(target, name).catch((error: unknown): Attempt => ({
      kind: 'lost',
      detail: String(error),
    }));
    if (outcome.kind === 'delivered') return;
    const [wait, ...later] = again;
    if (outcome.kind !== 'later' || wait === undefined) return onFailure(outcome.detail);
    const cancel = clock.after(wait, () => {
      waiting.delete(cancel);
      void ask(target, name, later);
    });
    waiting.add(cancel);
  }

  return {
    by: { mail: mail !== null, webhook: webhook !== null },
    async subscribe(wish) {
      const channel = wish.channel === 'mail' ? mail : webhook;
      const address = channel?.addressOf(wish.address.trim()) ?? null;
      if (address === null) return refuse('bad_address', { channel: wish.channel });
      const key = `${wish.channel} ${address.toLowerCase()}`;
      const seconds = Math.max(perSource.take(wish.from), all.wait(''), perAddress.wait(key));
      if (seconds > 0) return refuse('rate_limited', { seconds });
      all.take('');
      perAddress.take(key);
      const target = await keep(wish, address);
      if (target) void ask(target, wish.name, AGAIN);
      return null;
    },
    async find(purpose, token) {
      const id = links.targetOf(purpose, token);
      const target = id === null ? null : await store.readTarget(id);
      return purpose === 'confirm' && target?.state === 'ended' ? null : target;
    },
    async apply(purpose, target) {
      const state = purpose === 'confirm' ? 'active' : 'ended';
      if (target.state === state) return;
      await store.saveTarget(state === 'ended' ? endedTarget(target) : { ...target, state });
    },
    async endLink(incidentId, linkId) {
      let after = '';
      for (;;) {
        const page = await store.listTargets([incidentId], { after, limit: PAGE });
        for (const target of page) {
          if (target.createdBy !== linkId || target.state === 'ended') continue;
          await store.saveTarget(endedTarget(target));
        }
        const last = page.at(-1);
        if (!last || page.length < PAGE) return;
        after = last.id;
      }
    },
    close() {
      for (const cancel of waiting) cancel();
      waiting.clear();
    },
  };
}
