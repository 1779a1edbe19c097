import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { PublicAnswers } from '../../broadcast/publicAnswers.ts';
import { preferredEncoding } from './replies.ts';
import { isKnown } from './status.ts';

/**
 * Sends answers of the public page that are ready before anything else looks at the request: thousands of readers a second
 * must not cost the room its turn. Everything else, and the first of each second, goes the usual way. What is sent here is
 * neither logged nor counted.
 */
export function answerReadyFirst(
  server: Server,
  parts: { publicAnswers: PublicAnswers; isDraining: () => boolean },
): void {
  const usual = server.listeners('request') as ((
    request: IncomingMessage,
    response: ServerResponse,
  ) => void)[];
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (!isSent(request, response)) for (const listener of usual) listener.call(server, request, response);
  });

  function isSent(request: IncomingMessage, response: ServerResponse): boolean {
    const { method, url = '', headers } = request;
    if ((method !== 'GET' && method !== 'HEAD') || !(url.startsWith('/status') || url.startsWith('/api/v2/')))
      return false;
    const answer = parts.isDraining() ? null : parts.publicAnswers.ready(url);
    if (!answer) return false;
    const encoding = preferredEncoding(headers['accept-encoding']);
    const sent = answer.sent.get(encoding);
    if (!sent) return false;
    if (isKnown(headers['if-none-match'], answer.etag[encoding])) {
      const { 'content-type': _, 'content-encoding': _encoding, ...known } = sent;
      response.writeHead(304, known).end();
      return true;
    }
    const body = answer.body[encoding];
    response.writeHead(200, { ...sent, 'content-length': String(body.length) }).end(body);
    return true;
  }
}
