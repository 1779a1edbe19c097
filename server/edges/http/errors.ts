import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { refuse } from '#shared/contract/refusals.ts';
import type { Refusal } from '#shared/contract/refusals.ts';
import { JsonProblem } from './json.ts';
import { refuseWith } from './replies.ts';

/** The one error handler: whatever went wrong leaves in the shape of the contract, and nothing internal with it. */
export function handleError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const refusal = refusalFor(error);
  if (refusal) return refuseWith(request, reply, refusal);
  request.log.error({ err: error }, 'a request failed');
  return refuseWith(request, reply, refuse('not_saved'));
}

/** What the sender did wrong; null when the fault is ours. */
function refusalFor(error: FastifyError): Refusal | null {
  if (error instanceof JsonProblem) return error.refusal;
  if (error.validation) {
    return refuse('invalid', {
      problem: `${error.validationContext ?? 'request'}${describe(error.validation[0])}`,
    });
  }
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return refuse('too_large', { n: 'the body', max: 'the limit' });
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return refuse('unsupported');
    case 'FST_ERR_BAD_URL':
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return refuse('not_found');
    default:
      return isSendersFault(error) ? refuse('invalid', { problem: 'the request cannot be read' }) : null;
  }
}

function isSendersFault(error: FastifyError): boolean {
  const status = error.statusCode ?? 500;
  return status >= 400 && status < 500;
}

function describe(first: { instancePath?: string; message?: string | undefined } | undefined): string {
  return `${(first?.instancePath ?? '').replaceAll('/', '.')} ${first?.message ?? 'is not right'}`;
}

/** Answers an address that is none of ours. */
export function handleNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return refuseWith(request, reply, refuse('not_found'));
}
