import { refuse } from '#shared/contract/refusals.ts';
import type { Refusal } from '#shared/contract/refusals.ts';
import { hasMalformedText } from '#shared/incident/text.ts';
import type { FastifyRequest } from 'fastify';
import type { App } from './parts.ts';

/** A body that is refused before any schema sees it. */
export class JsonProblem extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.reason);
    this.refusal = refusal;
  }
}

/** Exactly JSON, in UTF-8 if it says so: parsers and validators must not differ on what they read. */
const JSON_TYPE = /^application\/json(?:; ?charset="?utf-8"?)?$/i;
/**
 * What forms of our own pages are sent as, and one-click requests of mail programs, of which nothing is read. Only routes
 * that say so take it.
 */
const FORM_TYPES = ['application/x-www-form-urlencoded', 'multipart/form-data'];
const FORM_BYTES = 64 * 1024;
/** What files are sent as, whatever is in them: only what reads them knows. Only routes that say so take it. */
const FILE_TYPE = 'application/octet-stream';
/** How deep a body may nest; nothing we take needs more, and deeper ones attack whatever recurses. */
const DEEPEST = 32;

/** Bodies are JSON of bounded depth, without prototype keys and without text that no store can keep. */
export function acceptOnlyJson(app: App): void {
  app.removeAllContentTypeParsers();
  const parse = app.getDefaultJsonParser('error', 'error');

  app.addHook('preParsing', async (request, _reply, payload) => {
    const problem = mediaProblem(request);
    if (problem) throw new JsonProblem(problem);
    return payload;
  });

  app.addContentTypeParser(
    FORM_TYPES,
    { parseAs: 'string', bodyLimit: FORM_BYTES },
    (_request, body, done) => {
      const fields = new URLSearchParams(body as string);
      const value = Object.fromEntries(fields);
      if (hasMalformedText(value)) return done(new JsonProblem(refuse('malformed_text')));
      done(null, value);
    },
  );
  app.addContentTypeParser(FILE_TYPE, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const text = body as string;
    if (text === '') return done(null, undefined);
    if (isDeep(text))
      return done(new JsonProblem(refuse('invalid', { problem: 'the body nests too deeply' })));
    void parse(request, text, (error, value) => {
      if (error)
        return done(
          new JsonProblem(refuse('invalid', { problem: 'the body is not JSON that can be taken' })),
        );
      if (hasMalformedText(value)) return done(new JsonProblem(refuse('malformed_text')));
      done(null, value);
    });
  });
}

function mediaProblem(request: FastifyRequest): Refusal | null {
  if (request.method === 'GET' || request.method === 'HEAD') return null;
  const { headers } = request;
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') return refuse('unsupported');
  const type = headers['content-type'];
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  if (type === undefined) return hasBody ? refuse('unsupported') : null;
  if (request.routeOptions.config.raw) return type === FILE_TYPE ? null : refuse('unsupported');
  const isForm = request.routeOptions.config.form && FORM_TYPES.some((form) => type.startsWith(form));
  return isForm || JSON_TYPE.test(type) ? null : refuse('unsupported');
}

/** True when brackets outside of text nest deeper than allowed; reads each character once. */
function isDeep(text: string): boolean {
  let depth = 0;
  let inText = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (inText) {
      if (code === 0x5c) at += 1;
      else if (code === 0x22) inText = false;
    } else if (code === 0x22) inText = true;
    else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > DEEPEST) return true;
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
  return false;
}
