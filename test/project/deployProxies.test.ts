import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { renderHaproxy, renderNginx, startHaproxy, startNginx } from '../support/proxyServer.ts';
import { freePort } from '../support/serverProcess.ts';
import { textOf } from './files.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

/** An instance that writes down what it was asked, and answers as the test says. */
async function instance(
  answer: 'well' | 'cuts' | 'streams',
): Promise<{ port: number; asked: IncomingMessage[] }> {
  const asked: IncomingMessage[] = [];
  const server: Server = createServer((request, response) => {
    asked.push(request);
    request.resume();
    if (request.url?.startsWith('/assets/')) {
      response.setHeader('content-type', 'application/javascript; charset=utf-8');
      return void response.end('const nothing = 0;\n'.repeat(1000));
    }
    if (request.url === '/api/long') {
      response.setHeader('content-type', 'application/json; charset=utf-8');
      return void response.end(JSON.stringify('secret'.repeat(1000)));
    }
    if (request.url === '/readyz' || answer === 'well') return void response.end('well');
    if (answer === 'streams') return void response.write('data: first\n\n');
    request.socket.destroy();
  });
  const sockets = new WebSocketServer({ server, path: '/doc/main' });
  sockets.on('connection', (socket) => socket.on('message', (data: Buffer) => socket.send(data)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(async () => {
    for (const socket of sockets.clients) socket.terminate();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as AddressInfo).port, asked };
}

function withoutChecks(asked: readonly IncomingMessage[]): IncomingMessage[] {
  return asked.filter(({ url }) => url !== '/readyz');
}

describe.each([
  ['nginx', startNginx],
  ['HAProxy', startHaproxy],
] as const)('%s with the configuration of deploy/', (_name, startProxy) => {
  async function proxyBefore(...instances: readonly { port: number }[]): Promise<string> {
    const proxy = await startProxy(instances);
    stops.push(proxy.stop);
    return proxy.url;
  }

  test('tells the instance who asks and by which name, and keeps metrics to itself', async () => {
    const it = await instance('well');
    const url = await proxyBefore(it);
    await fetch(`${url}/api/session`, { headers: { 'X-Forwarded-Proto': 'https' } });
    const [request] = withoutChecks(it.asked);
    expect(request?.headers).toMatchObject({
      host: new URL(url).host,
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
    });
    expect((await fetch(`${url}/metrics`)).status).toBe(404);
    expect(withoutChecks(it.asked)).toHaveLength(1);
  });

  test('takes another instance when one cannot be reached, also for what is not safe to repeat', async () => {
    const it = await instance('well');
    const url = await proxyBefore({ port: await freePort() }, it, { port: await freePort() });
    for (const method of ['GET', 'POST', 'GET', 'POST']) {
      const answer = await fetch(`${url}/api/incidents`, {
        method,
        ...(method === 'POST' && { body: '{}' }),
      });
      expect([method, answer.status]).toEqual([method, 200]);
    }
  });

  test('repeats a question whose answer was cut off, and never an order', async () => {
    const [cutting, well] = [await instance('cuts'), await instance('well')];
    const url = await proxyBefore(cutting, well);
    const orders = await Promise.all(
      Array.from({ length: 6 }, (_, order) =>
        fetch(`${url}/api/incidents?order=${order}`, { method: 'POST', body: '{}' }).then(
          ({ status }) => status,
        ),
      ),
    );
    const seen = [...cutting.asked, ...well.asked].filter(({ method }) => method === 'POST');
    expect(new Set(seen.map((request) => request.url)).size).toBe(seen.length);
    const cut = withoutChecks(cutting.asked).length;
    expect(cut).toBeGreaterThan(0);
    expect(orders.filter((status) => status === 502)).toHaveLength(cut);
    const questions = await Promise.all(
      Array.from({ length: 6 }, () => fetch(`${url}/api/session`).then(({ status }) => status)),
    );
    expect(questions).toEqual([200, 200, 200, 200, 200, 200]);
  });

  test('compresses the program and nothing that can hold a secret', async () => {
    const url = await proxyBefore(await instance('well'));
    const encodingOf = async (path: string): Promise<string | null> => {
      const answer = await fetch(`${url}${path}`, { headers: { 'Accept-Encoding': 'gzip' } });
      await answer.text();
      return answer.headers.get('content-encoding');
    };
    expect(await encodingOf('/assets/index.js')).toBe('gzip');
    expect(await encodingOf('/api/long')).toBeNull();
  });

  test('passes WebSockets through, in both directions', async () => {
    const url = await proxyBefore(await instance('well'));
    const socket = new WebSocket(`${url.replace('http', 'ws')}/doc/main`);
    const echo = await new Promise<string>((resolve, reject) => {
      socket.once('error', reject);
      socket.once('open', () => socket.send('ping'));
      socket.once('message', (data: Buffer) => resolve(data.toString()));
    });
    socket.terminate();
    expect(echo).toBe('ping');
  });

  test('passes the first line of a stream on before the second exists', async () => {
    const url = await proxyBefore(await instance('streams'));
    const stop = new AbortController();
    const answer = await fetch(`${url}/api/s/link/events`, { signal: stop.signal });
    const first = await answer.body?.getReader().read();
    expect(new TextDecoder().decode(first?.value)).toBe('data: first\n\n');
    stop.abort();
  });
});

test('HAProxy with the lines of the guide keeps the document sockets of an incident together, and nothing else', async () => {
  const [, lines = ''] =
    /## Sticky by incident.*?```\n(.*?)```/s.exec(textOf('docs/operating/proxies.md')) ?? [];
  expect(lines).toContain('balance hash');
  const instances = await Promise.all([instance('well'), instance('well'), instance('well')]);
  const proxy = await startHaproxy(instances, {
    change: (template) => template.replace(/^ *balance leastconn\n/m, lines.replace(/^/gm, '    ')),
  });
  stops.push(proxy.stop);
  const servers = (part: string): number =>
    instances.filter(({ asked }) => asked.some(({ url }) => url?.includes(part))).length;
  const incidents = Array.from({ length: 12 }, (_, index) => `incident-${index}`);
  for (let round = 0; round < 4; round += 1) {
    for (const id of incidents) await fetch(`${proxy.url}/doc/${id}?ack=1&round=${round}`);
    await fetch(`${proxy.url}/socket.io/?round=${round}`);
  }
  expect(incidents.map((id) => servers(`/doc/${id}?`))).toEqual(incidents.map(() => 1));
  expect(servers('/doc/')).toBeGreaterThan(1);
  expect(servers('/socket.io/')).toBe(3);
});

test('a configuration without the lines for instances is refused, not run as it is', () => {
  expect(() => renderNginx('server { }', 1, [{ port: 2 }])).toThrow('no line like');
  expect(() => renderHaproxy('frontend people', 1, [{ port: 2 }])).toThrow('no line like');
});
