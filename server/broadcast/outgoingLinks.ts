import { createHmac, timingSafeEqual } from 'node:crypto';
import { isId } from '#shared/contract/identifiers.ts';

/** What a link in a message does to one target. */
export type LinkPurpose = 'confirm' | 'unsubscribe';

/** Links that messages carry. They are signed and not stored: `/subscriptions/<purpose>/<token>`. */
export interface OutgoingLinks {
  /** The address of this server, as people outside reach it, without a slash at its end. */
  readonly origin: string;
  url(purpose: LinkPurpose, targetId: string): string;
  /** The target that a token is for; null when it was not made here for this purpose. */
  targetOf(purpose: LinkPurpose, token: string): string | null;
}

/** Signs with a secret that all instances share. `origin` is asked each time: the port is known once the server listens. */
export function createOutgoingLinks(secret: string, origin: () => string): OutgoingLinks {
  const signature = (purpose: LinkPurpose, targetId: string): string =>
    createHmac('sha256', secret).update(`${purpose} ${targetId}`).digest('hex').slice(0, 40);
  return {
    get origin() {
      return origin();
    },
    url: (purpose, targetId) =>
      `${origin()}/subscriptions/${purpose}/${targetId}.${signature(purpose, targetId)}`,
    targetOf(purpose, token) {
      const [targetId = '', given = '', ...rest] = token.split('.');
      const right = signature(purpose, targetId);
      if (rest.length > 0 || !isId(targetId) || given.length !== right.length) return null;
      return timingSafeEqual(Buffer.from(given), Buffer.from(right)) ? targetId : null;
    },
  };
}
