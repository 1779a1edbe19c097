import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';

/** Parts of addresses that are secrets: what follows in the path, and the value of these query fields. */
const SECRET_PATH = /(\/(?:s|setup|invite|invitations)\/)[^/?#]+/g;
const SECRET_QUERY = /([?&](?:ticket|token)=)[^&#]*/gi;

/** An address as it may be written down: links and tickets in it are cut out. */
export function withoutSecrets(url: string): string {
  return url.replace(SECRET_PATH, '$1***').replace(SECRET_QUERY, '$1***');
}

/**
 * The log of the process: JSON lines on standard output, or on `destination`. Headers and bodies are never logged;
 * fields that could hold a secret all the same are blanked.
 */
export function createLog(level: string, destination?: DestinationStream): Logger {
  const secretFields = ['token', 'password', 'authorization', 'cookie', 'ticket', 'secret', 'passwordHash'];
  return pino(
    {
      level,
      redact: {
        paths: secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
        censor: '***',
      },
      serializers: {
        req: (request: { method?: string; url?: string }) => ({
          method: request.method,
          url: withoutSecrets(request.url ?? ''),
        }),
        res: (reply: { statusCode?: number }) => ({ status: reply.statusCode }),
        err: pino.stdSerializers.err,
      },
    },
    ...(destination ? [destination] : []),
  );
}
