import { webhookHeaders } from '../webhookSignature.ts';
import type { Attempt, Channel } from '../channel.ts';
import { attemptOf } from './hookChannel.ts';
import type { HookParts } from './hookChannel.ts';

/** Asks the receiver of a webhook whether it wants updates; the only message that carries the secret. */
export type SendConfirmation = (
  address: string,
  ask: { confirm: string; secret: string },
  id: string,
  signal: AbortSignal,
) => Promise<Attempt>;

/** A channel of webhooks that can ask so. */
export interface WebhookChannel extends Channel {
  sendConfirmation: SendConfirmation;
}

/** The channel when it is that of webhooks. */
export function asWebhookChannel(channel: Channel | undefined): WebhookChannel | null {
  return channel?.name === 'webhook' && 'sendConfirmation' in channel ? (channel as WebhookChannel) : null;
}

/** The event `subscription.confirm`, signed with the secret that it brings, so that its receiver can try the check at once. */
export function confirmationOf({ guard, clock }: HookParts): SendConfirmation {
  return async (address, { confirm, secret }, id, signal) => {
    const now = clock.now();
    const body = JSON.stringify({
      type: 'subscription.confirm',
      timestamp: new Date(now).toISOString(),
      data: { confirm, secret },
    });
    const headers = {
      'content-type': 'application/json',
      ...webhookHeaders({ id: `msg_${id}`, at: now, body, secret }),
    };
    return attemptOf(await guard.post(address, { headers, body, signal }), clock.now());
  };
}
