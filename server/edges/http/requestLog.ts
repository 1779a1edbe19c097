import { withoutSecrets } from '../logging.ts';
import type { Metrics } from '../metrics.ts';
import type { App } from './parts.ts';

/** Successful reads are not worth a line in the log at its usual level. */
function isRoutine(method: string, status: number): boolean {
  return status < 400 && (method === 'GET' || method === 'HEAD');
}

/** One line per answer, with who asked and what became of it; and its count. */
export function logAnswers(app: App, metrics: Metrics): void {
  app.addHook('onResponse', async (request, reply) => {
    const { method } = request;
    const status = reply.statusCode;
    const milliseconds = Math.round(reply.elapsedTime * 10) / 10;
    metrics.answered({ method, route: request.routeOptions.url ?? 'none', status, milliseconds });
    const line = {
      method,
      url: withoutSecrets(request.url),
      status,
      milliseconds,
      address: request.ip,
      ...(request.principal ? { person: request.principal.person.id } : {}),
    };
    if (isRoutine(method, status)) request.log.debug(line, 'answered');
    else if (status >= 500) request.log.warn(line, 'answered');
    else request.log.info(line, 'answered');
  });
}
