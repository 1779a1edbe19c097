import type { FastifyJWTOptions } from '@fastify/jwt';
import type { FastifyInstance } from 'fastify';

/** What a session token says. Nothing in it is a right: it names a session, and rights are read afresh. */
export interface SessionClaims {
  /** Person id. */
  sub: string;
  /** Session id. */
  jti: string;
  /** Seconds since 1970. */
  exp: number;
  /** When it was signed, by the clock of whoever signed it; seconds since 1970. Judged against the session it names. */
  iat: number;
}

/** Signs and checks session tokens. */
export interface TokenCodec {
  sign(claims: Omit<SessionClaims, 'iat'>, now: number): string;
  /** The claims, or null for anything that this server did not sign for this purpose or that is past its time. */
  read(token: string, now: number): SessionClaims | null;
}

const ALGORITHM = 'HS256';
const ISSUER = 'warroom';
/** Tells session tokens from whatever else may be signed with the same key one day. */
const AUDIENCE = 'warroom:session';
/** Longer texts are no token of ours and are not parsed. */
const LONGEST_TOKEN = 2_000;

/** What `@fastify/jwt` must be registered with. */
export function jwtOptions(secret: string): FastifyJWTOptions {
  return {
    secret,
    sign: { algorithm: ALGORITHM, iss: ISSUER, aud: AUDIENCE },
    verify: {
      algorithms: [ALGORITHM],
      requiredClaims: ['exp', 'iat', 'sub', 'jti', 'iss', 'aud'],
      allowedIss: ISSUER,
      allowedAud: AUDIENCE,
      // Judged by the clock that is handed in. Options for one call would make a verifier of its own each time.
      ignoreExpiration: true,
    },
  };
}

/** The codec on top of `app.jwt`. */
export function createTokenCodec(jwt: FastifyInstance['jwt']): TokenCodec {
  return {
    sign: (claims, now) => jwt.sign({ ...claims, iat: Math.floor(now / 1000) }),
    read(token, now) {
      if (token.length > LONGEST_TOKEN) return null;
      let claims: unknown;
      try {
        claims = jwt.verify(token);
      } catch {
        return null;
      }
      const read = asClaims(claims);
      return read !== null && now <= read.exp * 1000 ? read : null;
    },
  };
}

/** Copied field by field: whatever else stands in the payload goes no further. */
function asClaims(payload: unknown): SessionClaims | null {
  if (typeof payload !== 'object' || payload === null) return null;
  const { sub, jti, exp, iat, aud } = payload as Readonly<Record<string, unknown>>;
  if (typeof sub !== 'string' || typeof jti !== 'string' || aud !== AUDIENCE) return null;
  if (typeof exp !== 'number' || typeof iat !== 'number') return null;
  return { sub, jti, exp, iat };
}
