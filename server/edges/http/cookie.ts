import type { FastifyReply } from 'fastify';
import { SESSION_COOKIE } from '../credentials.ts';
import type { OriginRule } from '../origin.ts';
import { TOKEN_SECONDS } from '../session.ts';

function attributes(origins: OriginRule) {
  const secure = origins.publicUrl().startsWith('https:');
  return { path: '/', httpOnly: true, sameSite: 'lax', secure } as const;
}

/** Gives the browser its session. Scripts cannot read it, and other sites cannot make the browser post with it. */
export function setSessionCookie(reply: FastifyReply, token: string, origins: OriginRule): void {
  reply.setCookie(SESSION_COOKIE, token, { ...attributes(origins), maxAge: TOKEN_SECONDS });
}

/** Takes it away. */
export function clearSessionCookie(reply: FastifyReply, origins: OriginRule): void {
  reply.clearCookie(SESSION_COOKIE, attributes(origins));
}
