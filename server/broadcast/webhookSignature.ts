import { createHmac } from 'node:crypto';

const PREFIX = 'whsec_';

/** The headers that let a receiver check who sent a body, when, and whether it had it before (Standard Webhooks). */
export function webhookHeaders(signed: {
  /** The same for every attempt. */
  id: string;
  /** Of this attempt, in milliseconds. */
  at: number;
  body: string;
  secret: string;
}): Record<string, string> {
  const { id, body, secret } = signed;
  const timestamp = String(Math.floor(signed.at / 1_000));
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
}

/** Whether this is a secret that can sign. */
export function isWebhookSecret(text: string | null): text is string {
  return text !== null && /^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/.test(text);
}
