import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { endOfValue, isPublished, messageFaults } from '../chaos/redisMessages.ts';
import { startChaosProxy } from '../support/chaosProxy.ts';
import type { ChaosProxy } from '../support/chaosProxy.ts';
import { seeded } from '../support/seeded.ts';

const message = (text: string): string =>
  `*3\r\n$7\r\nmessage\r\n$4\r\nroom\r\n$${text.length}\r\n${text}\r\n`;
const answers = [
  '+OK\r\n',
  ':42\r\n',
  '$-1\r\n',
  '*2\r\n$1\r\na\r\n*-1\r\n',
  '%1\r\n+a\r\n:1\r\n',
  '$2\r\n\r\n\r\n',
];

describe('messages of Redis', () => {
  test('a value ends where it ends, and nowhere while a byte of it is missing', () => {
    for (const value of [...answers, message('hello')]) {
      const bytes = Buffer.from(value);
      expect(endOfValue(bytes, 0)).toBe(bytes.length);
      for (let cut = 0; cut < bytes.length; cut += 1) expect(endOfValue(bytes.subarray(0, cut), 0)).toBe(-1);
    }
    expect(() => endOfValue(Buffer.from('hello\r\n'), 0)).toThrow('Not RESP');
  });

  test('only published messages are told apart', () => {
    expect(isPublished(Buffer.from(message('x')))).toBe(true);
    expect(isPublished(Buffer.from('>3\r\n$8\r\nsmessage\r\n$1\r\na\r\n$1\r\nb\r\n'))).toBe(true);
    expect(isPublished(Buffer.from('*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n'))).toBe(false);
    expect(answers.some((answer) => isPublished(Buffer.from(answer)))).toBe(false);
  });

  test('whole messages are struck, however the bytes come, and answers never', () => {
    const tally = { passed: 0, lost: 0, doubled: 0, delayed: 0 };
    const shares = { lost: 0.3, doubled: 0.3, delayed: 0.3, most: 5 };
    const split = messageFaults(() => shares, seeded(3), tally);
    const stream = Buffer.from(
      Array.from({ length: 200 }, (_, index) => message(`m${index}`) + answers[index % answers.length]).join(
        '',
      ),
    );
    const random = seeded(4);
    const passed: string[] = [];
    for (let at = 0; at < stream.length;) {
      const end = at + 1 + random.below(40);
      passed.push(...split(stream.subarray(at, end)).map(({ bytes }) => bytes.toString()));
      at = end;
    }
    const published = passed.filter((text) => isPublished(Buffer.from(text)));
    expect(tally.passed + tally.lost + tally.doubled + tally.delayed).toBe(200);
    expect(Math.min(...Object.values(tally))).toBeGreaterThan(5);
    expect(published).toHaveLength(200 - tally.lost + tally.doubled);
    expect(passed.filter((text) => !isPublished(Buffer.from(text)))).toHaveLength(200);
  });
});

describe('a line that fails', () => {
  let echo: Server;
  let proxy: ChaosProxy;
  const clients: Socket[] = [];

  beforeEach(async () => {
    echo = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => socket.destroy());
      socket.pipe(socket);
    });
    echo.listen(0, '127.0.0.1');
    await once(echo, 'listening');
    proxy = await startChaosProxy((echo.address() as AddressInfo).port, seeded(1));
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    await proxy.stop();
    await new Promise((resolve) => echo.close(resolve));
  });

  /** A connected client, and the text it has been sent so far. */
  async function open(): Promise<{
    socket: Socket;
    heard: () => string;
    hears: (text: string) => Promise<void>;
  }> {
    const socket = connect(proxy.port, '127.0.0.1');
    clients.push(socket);
    let heard = '';
    socket.setEncoding('utf8').on('data', (text: string) => {
      heard += text;
    });
    await once(socket, 'connect');
    return {
      socket,
      heard: () => heard,
      hears: async (text) => {
        while (!heard.includes(text)) await once(socket, 'data');
      },
    };
  }

  /** Ten times to the target and back past the proxy: by then whole lines would have passed it on. */
  async function besides(): Promise<void> {
    const direct = connect((echo.address() as AddressInfo).port, '127.0.0.1');
    clients.push(direct);
    for (let trip = 0; trip < 10; trip += 1) {
      direct.write('trip');
      await once(direct, 'data');
    }
    direct.end();
  }

  test('holds back what is sent while it is silent, and passes it on in order afterwards', async () => {
    const { socket, heard, hears } = await open();
    socket.write('one ');
    await hears('one ');
    for (const silent of ['up', 'down', 'both'] as const) {
      proxy.set({ silent });
      const other = await open();
      socket.write(`in ${silent} `);
      // The line is as silent for a connection that was opened later.
      other.socket.write('x');
      await besides();
      expect([heard().includes(`in ${silent}`), other.heard()]).toEqual([false, '']);
      proxy.heal();
      await Promise.all([hears(`in ${silent} `), other.hears('x')]);
      expect([heard().endsWith(`in ${silent} `), other.heard()]).toEqual([true, 'x']);
    }
    expect(heard()).toBe('one in up in down in both ');
  });

  test('hides the end of a connection while it is silent', async () => {
    const { socket, hears } = await open();
    socket.write('here');
    await hears('here');
    proxy.set({ silent: 'both' });
    let isOver = false;
    socket.on('end', () => {
      isOver = true;
    });
    socket.end();
    await besides();
    expect(isOver).toBe(false);
    proxy.heal();
    await once(socket, 'end');
  });

  test('breaks what is open, and refuses what is new', async () => {
    const { socket, hears } = await open();
    socket.write('here');
    await hears('here');
    expect(proxy.cut()).toBe(1);
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNRESET');
    proxy.set({ refuses: true });
    const refused = connect(proxy.port, '127.0.0.1');
    clients.push(refused);
    await once(refused, 'error');
    expect(proxy.connections()).toBe(0);
  });

  test('crawls in the direction that it is told', async () => {
    const { socket, hears } = await open();
    proxy.set({ slow: { direction: 'down', bytesPerSecond: 2_000 } });
    const from = performance.now();
    socket.write(`${'x'.repeat(600)}end`);
    await hears('end');
    expect(performance.now() - from).toBeGreaterThan(200);
  });

  test('shows what passes, and loses what it is told to lose', async () => {
    const { socket, heard, hears } = await open();
    const seen: string[] = [];
    const stop = proxy.watch('up', (bytes) => {
      seen.push(bytes.toString());
      return seen.length === 1 ? 'lose' : 'pass';
    });
    socket.write('lost');
    while (seen.length === 0) await new Promise((resolve) => setImmediate(resolve));
    socket.write('kept');
    await hears('kept');
    stop();
    expect([seen.join(), heard()]).toEqual(['lost,kept', 'kept']);
  });
});
