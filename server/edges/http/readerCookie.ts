import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { StakeholderLink } from '../../broadcast/links.ts';
import { isSecret } from '../../rooms/chance.ts';
import type { Chance } from '../../rooms/chance.ts';
import type { OriginRule } from '../origin.ts';

/** So long a reader is known to have asked. Seconds. */
const MAX_AGE = 30 * 24 * 3_600;

function nameOf(link: StakeholderLink): string {
  return `warroom_reader_${link.id}`;
}

/** What a reader is called in the log: nothing that gives the cookie away. */
function askerOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex').slice(0, 32);
}

/** Who asked through this link from this browser before; null for whoever only read. */
export function readAsker(request: FastifyRequest, link: StakeholderLink): string | null {
  const secret = request.cookies[nameOf(link)];
  return isSecret(secret) ? askerOf(secret) : null;
}

/** The same, made now where there is none. It says nothing of the person, and goes to the addresses of this link alone. */
export function rememberAsker(
  request: FastifyRequest,
  reply: FastifyReply,
  by: { link: StakeholderLink; token: string; chance: Chance; origins: OriginRule },
): string {
  const known = readAsker(request, by.link);
  if (known !== null) return known;
  const secret = by.chance.secret();
  const secure = by.origins.publicUrl().startsWith('https:');
  for (const path of [`/s/${by.token}`, `/api/s/${by.token}`]) {
    const attributes = { path, httpOnly: true, sameSite: 'lax', secure, maxAge: MAX_AGE } as const;
    reply.setCookie(nameOf(by.link), secret, attributes);
  }
  return askerOf(secret);
}
