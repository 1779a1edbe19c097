import type { Outgoing } from '../channel.ts';
import type { Guard } from '../guard.ts';
import { messageOf, textOf } from '../message.ts';
import type { NameOf } from '../message.ts';
import { isWebhookSecret, webhookHeaders } from '../webhookSignature.ts';
import { createHookChannel } from './hookChannel.ts';
import type { HookParts } from './hookChannel.ts';
import { confirmationOf } from './webhookConfirmation.ts';
import type { WebhookChannel } from './webhookConfirmation.ts';

export interface WebhookParts extends HookParts {
  nameOf: NameOf;
  /** Guards what readers subscribed themselves: they reach nothing inside, whatever the operator allows administrators. */
  publicGuard: Guard;
}

/** Signed webhooks by the Standard Webhooks specification; `docs/webhooks.md` says what is in them. */
export function createWebhookChannel(parts: WebhookParts): WebhookChannel {
  const { guard, publicGuard, clock, nameOf } = parts;
  const channel = createHookChannel(
    {
      name: 'webhook',
      atOnce: 8,
      render: (outgoing) => ({
        subject: null,
        text: JSON.stringify(eventOf(outgoing, nameOf), null, 2),
        html: null,
      }),
      guardOf: ({ links }) => (links.unsubscribe === null ? guard : publicGuard),
      hookOf(outgoing, now) {
        const { secret, deliveryId } = outgoing;
        if (!isWebhookSecret(secret)) return { refused: 'it has no secret to sign with' };
        const body = JSON.stringify(eventOf(outgoing, nameOf));
        return {
          headers: {
            'content-type': 'application/json',
            ...webhookHeaders({ id: `msg_${deliveryId}`, at: now, body, secret }),
          },
          body,
        };
      },
    },
    parts,
  );
  return { ...channel, sendConfirmation: confirmationOf({ guard: publicGuard, clock }) };
}

/** The event that a receiver gets. Fields may be added, never taken away or given another meaning. */
function eventOf({ notice, locale, links }: Outgoing, nameOf: NameOf): object {
  const { number, title, drill, declaredAt, resolvedAt, at, update, handoff, inside } = notice;
  const message = messageOf(notice, locale, { nameOf });
  return {
    type: update ? 'update.sent' : 'handoff',
    timestamp: at,
    data: {
      incident: {
        ...{ number, title, drill, declaredAt, resolvedAt },
        ...(inside && {
          ...{ id: inside.incidentId, severity: inside.severity, status: inside.status },
          private: inside.private,
        }),
      },
      update,
      ...(inside && {
        entry: { seq: inside.seq, hash: inside.hash },
        handoff: handoff && { to: { id: handoff.to, name: nameOf(handoff.to) }, at: handoff.at },
      }),
      message: { locale, subject: message.subject, text: textOf(message) },
      links,
    },
  };
}
