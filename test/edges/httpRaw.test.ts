import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startHttp } from '../support/httpServer.ts';
import type { HttpServer, Member } from '../support/httpServer.ts';

/** Short, so that slow requests are seen to be cut. Milliseconds. */
const REQUEST_MILLISECONDS = 600;

let server: HttpServer;
let ida: Member;
let port: number;

beforeAll(async () => {
  server = await startHttp({ limits: { requestMilliseconds: REQUEST_MILLISECONDS } });
  ida = await server.member();
  await server.app.listen({ host: '127.0.0.1', port: 0 });
  port = (server.app.server.address() as AddressInfo).port;
}, 60_000);
afterAll(() => server.close());

interface Line {
  socket: Socket;
  /** All that was answered, once the other side hung up; and how long that took. */
  answered: Promise<{ text: string; milliseconds: number }>;
}

function open(): Line {
  const socket = connect(port, '127.0.0.1');
  const begin = performance.now();
  const answered = new Promise<{ text: string; milliseconds: number }>((resolve) => {
    let text = '';
    socket.on('data', (data) => (text += data.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve({ text, milliseconds: performance.now() - begin }));
  });
  return { socket, answered };
}

function head(lines: string[]): string {
  const fixed = [
    'POST /api/incidents HTTP/1.1',
    'Host: x',
    `Authorization: Bearer ${ida.token}`,
    'Content-Type: application/json',
  ];
  return [...fixed, ...lines, '', ''].join('\r\n');
}

/** Sends one byte every so often until the other side hangs up. */
async function drip(line: Line, byte: string): Promise<{ text: string; milliseconds: number }> {
  const timer = setInterval(() => line.socket.writable && line.socket.write(byte), 50);
  const answer = await line.answered;
  clearInterval(timer);
  return answer;
}

async function expectAlive(): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${port}/healthz`);
  expect(await answer.json()).toEqual({ status: 'ok' });
}

describe('a connection that', () => {
  test('[E19] sends its headers a byte at a time is cut in time', async () => {
    const line = open();
    line.socket.write('GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ');
    const { text, milliseconds } = await drip(line, 'x');
    expect(text).toMatch(/^HTTP\/1\.1 408 /);
    expect(milliseconds).toBeLessThan(REQUEST_MILLISECONDS * 10);
    await expectAlive();
  });

  test('[E19] sends its body a byte at a time is cut in time', async () => {
    const line = open();
    line.socket.write(head(['Content-Length: 1000']));
    const { text, milliseconds } = await drip(line, ' ');
    expect(text).toMatch(/^HTTP\/1\.1 (408|503) /);
    expect(milliseconds).toBeLessThan(REQUEST_MILLISECONDS * 10);
    await expectAlive();
  });

  test('[E19] sends chunks without end is cut in time', async () => {
    const line = open();
    line.socket.write(head(['Transfer-Encoding: chunked']));
    const { text, milliseconds } = await drip(line, '1\r\nx\r\n');
    expect(text).toMatch(/^HTTP\/1\.1 (408|503) /);
    expect(milliseconds).toBeLessThan(REQUEST_MILLISECONDS * 10);
    await expectAlive();
  });

  test('[E13] sends chunks past the limit is told so, however much it wants to send', async () => {
    const line = open();
    line.socket.write(head(['Transfer-Encoding: chunked']));
    const chunk = `${(64 * 1024).toString(16)}\r\n${'x'.repeat(64 * 1024)}\r\n`;
    for (let sent = 0; sent < 20; sent += 1) line.socket.write(chunk);
    line.socket.end();
    const { text } = await line.answered;
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
    expect(text).toContain('"too_large"');
    await expectAlive();
  });

  test('[E13] announces a body past the limit is told before it sends it', async () => {
    const line = open();
    line.socket.write(head(['Content-Length: 1048577']));
    const { text } = await line.answered;
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
    await expectAlive();
  });

  test('[E19] announces more than it sends gets no answer as if it had sent it', async () => {
    const line = open();
    line.socket.end(`${head(['Content-Length: 100'])}{"title":"short"}`);
    const { text } = await line.answered;
    expect(text).not.toMatch(/ 201 /);
    await expectAlive();
  });

  test('[E19] sends more than it announced has the rest refused', async () => {
    const line = open();
    line.socket.end(
      `${head(['Content-Length: 13', 'Connection: keep-alive'])}{"title":"x"}{"title":"smuggled"}`,
    );
    expect((await line.answered).text).toMatch(/HTTP\/1\.1 400 /);
    const listed = await server.ask({ url: '/api/incidents?status=all', token: ida.token });
    expect(listed.body).not.toContain('smuggled');
    await expectAlive();
  });

  test.each([
    ['two lengths', ['Content-Length: 13', 'Content-Length: 14']],
    ['length and chunks', ['Content-Length: 13', 'Transfer-Encoding: chunked']],
    ['a negative length', ['Content-Length: -1']],
    ['a chunked that is not', ['Transfer-Encoding: xchunked']],
    ['a header of 100 kB', [`X-Long: ${'x'.repeat(100_000)}`]],
    ['a header with NUL', ['X-Nul: a\0b']],
  ])('[E19] sends %s is refused', async (_, lines) => {
    const line = open();
    line.socket.write(`${head(lines)}{"title":"x"}`);
    const { text } = await line.answered;
    expect(text).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(text).toContain('"error"');
    await expectAlive();
  });

  test('[E19] speaks another language is refused, and one that hangs up is forgotten', async () => {
    const line = open();
    line.socket.write('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03');
    expect((await line.answered).text).toMatch(/^HTTP\/1\.1 400 /);
    const gone = open();
    gone.socket.write('POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{');
    gone.socket.resetAndDestroy();
    await gone.answered;
    await expectAlive();
  });
});
