import type { FastifyReply, FastifyRequest } from 'fastify';
import { refusalStatus, toWireError } from '#shared/contract/refusals.ts';
import type { Refusal } from '#shared/contract/refusals.ts';
import type { Locale } from '#shared/contract/wire.ts';
import type { Room } from '../../rooms/ports.ts';
import type { Principal } from '../session.ts';

/** The language in which somebody is answered: their own, or the first of ours that the browser asks for. */
export function localeOf(request: FastifyRequest): Locale {
  return request.principal?.person.locale ?? preferredLocale(request.headers['accept-language']);
}

/** The first of our languages in an Accept-Language header, by its weights; English when there is none. */
export function preferredLocale(header: string | undefined): Locale {
  const wanted = weighted(header)
    .map(({ value, weight }) => ({ language: value.split('-')[0], weight }))
    .filter(({ language }) => language === 'en' || language === 'ko');
  return wanted[0]?.language === 'ko' ? 'ko' : 'en';
}

/** Which of two media types an Accept header prefers by its weights; `usual` when it says nothing of `other`. */
export function preferredType<Usual extends string, Other extends string>(
  header: string | undefined,
  usual: Usual,
  other: Other,
): Usual | Other {
  const named = weighted(header).find(({ value }) => value === usual || value === other);
  return named?.value === other ? other : usual;
}

/** The encoding that an Accept-Encoding header likes best of those we have; ours decide between equals. */
export function preferredEncoding(header: string | undefined): 'br' | 'gzip' | 'identity' {
  const wanted = weighted(header);
  const best = wanted[0]?.weight ?? 0;
  const named = new Set(wanted.filter(({ weight }) => weight === best).map(({ value }) => value));
  if (named.has('br')) return 'br';
  return named.has('gzip') || wanted.some(({ value }) => value === 'gzip') ? 'gzip' : 'identity';
}

/** The values of an Accept header with their weights, the most wanted first; those of weight 0 are left out. */
function weighted(header: string | undefined): { value: string; weight: number }[] {
  return (header ?? '')
    .slice(0, 500)
    .split(',')
    .map((part) => {
      const [value = '', ...settings] = part.trim().toLowerCase().split(';');
      const weight = settings.map((setting) => /^\s*q=([\d.]+)$/.exec(setting)?.[1]).find((found) => found);
      return { value: value.trim(), weight: weight === undefined ? 1 : Number(weight) };
    })
    .filter(({ weight }) => weight > 0)
    .toSorted((one, other) => other.weight - one.weight);
}

/** Answers no, in the one error shape of the contract. */
export function refuseWith(request: FastifyRequest, reply: FastifyReply, refusal: Refusal): FastifyReply {
  const error = toWireError(refusal, localeOf(request));
  if (error.code === 'rate_limited') reply.header('retry-after', String(refusal.details?.['seconds'] ?? 1));
  if (error.code === 'unavailable') reply.header('retry-after', '1');
  return reply
    .code(refusalStatus[error.code])
    .type('application/json; charset=utf-8')
    .serializer(JSON.stringify)
    .send({ error });
}

/** The signed-in person on a route that only those reach. */
export function signedIn(request: FastifyRequest): Principal {
  if (request.principal === null) throw new Error('A route without access rule asked who is signed in.');
  return request.principal;
}

/** The room on a route with access `incident`. */
export function enteredRoom(request: FastifyRequest): Room {
  if (request.room === null) throw new Error('A route without access `incident` asked for its room.');
  return request.room;
}
