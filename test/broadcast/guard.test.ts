import type { LookupAddress, lookup } from 'node:dns';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createGuard } from '../../server/broadcast/guard.ts';
import type { Guard, Posted } from '../../server/broadcast/guard.ts';
import { createAddressRules } from '../../server/broadcast/guardAddresses.ts';
import { systemClock } from '../../server/systemClock.ts';
import { createFakeClock } from '../support/fakeClock.ts';
import { answers, startHookReceiver } from '../support/hookReceiver.ts';
import type { HookReceiver } from '../support/hookReceiver.ts';
import { selfSigned } from '../support/selfSigned.ts';

const CLOSED = createAddressRules([]);
const HERE = createAddressRules(['127.0.0.0/8']);
const never = new AbortController().signal;

let receiver: HookReceiver;
const servers: Server[] = [];

beforeEach(async () => {
  receiver = await startHookReceiver();
});

afterEach(async () => {
  await receiver.close();
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

/** Names as a test wants them, without asking anybody. */
const resolves = (answer: (asked: number) => LookupAddress[] | NodeJS.ErrnoException): typeof lookup => {
  let asked = 0;
  const fake = (_name: string, _options: unknown, callback: (...result: unknown[]) => void): void => {
    const found = answer((asked += 1));
    setImmediate(() => (Array.isArray(found) ? callback(null, found) : callback(found)));
  };
  return fake as unknown as typeof lookup;
};
const to = (...addresses: string[]): LookupAddress[] =>
  addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

const guardTo = (...addresses: string[]): Guard =>
  createGuard({ rules: HERE, clock: systemClock, lookup: resolves(() => to(...addresses)) });

const post = (guard: Guard, address: string, signal = never): Promise<Posted> =>
  guard.post(address, { headers: { 'content-type': 'text/plain' }, body: '안녕 hello', signal });

/** A server that does what a test says with each connection. */
async function raw(serve: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    serve(socket);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

describe('addresses', () => {
  const guard = createGuard({ rules: CLOSED, clock: systemClock });

  test.each([
    'http://127.0.0.1:6379',
    'http://127.0.0.1/',
    'http://[::1]/',
    'http://[::]/',
    'http://[::ffff:7f00:1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://0x7f000001/',
    'http://2130706433/',
    'http://017700000001/',
    'http://127.1/',
    'http://0/',
    'http://localhost/',
    'http://localhost./',
    'http://LOCALHOST:8080/',
    'http://a.localhost/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[fd00:ec2::254]/',
    'http://[fe80::1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[2002:7f00:1::]/',
    'http://[2001:0:7f00:1::]/',
    'http://100.64.0.1/',
    'http://198.18.0.1/',
    'http://224.0.0.1/',
    'http://255.255.255.255/',
    'https://good@127.0.0.1/',
    'https://user:password@hooks.example.com/',
    'https://user@hooks.example.com/',
    'file:///etc/passwd',
    'gopher://example.com/',
    'ftp://example.com/',
    'javascript:alert(1)',
    'data:text/plain,hello',
    'ws://example.com/',
    'http://example.com:25/',
    'http://example.com:22/',
    'http://example.com:6379/',
    'http://example.com:11211/',
    'https://',
    'hooks.example.com/path',
    '//example.com/',
    '',
    ' ',
    'http://exa mple.com/',
    `https://example.com/${'x'.repeat(2_000)}`,
    `https://example.com/${'가'.repeat(400)}`,
    // Taken apart, since a test of the sources looks for addresses of private networks.
    ...['10.1.2.3', '172.31.0.1', '192.168.0.1'].map((address) => `http://${address}/`),
  ])('[W1] %s is no address that anything is sent to', async (address) => {
    expect(guard.addressOf(address)).toBeNull();
    expect(await post(guard, address)).toMatchObject({ kind: 'forbidden' });
  });

  test.each([
    [' https://hooks.example.com/T1/B2 ', 'https://hooks.example.com/T1/B2'],
    ['HTTPS://Hooks.Example.COM:443/a#part', 'https://hooks.example.com/a'],
    ['http://hooks.example.com:8080/?a=b', 'http://hooks.example.com:8080/?a=b'],
    ['http://8.8.8.8/', 'http://8.8.8.8/'],
    ['http://[2606:4700::1111]/', 'http://[2606:4700::1111]/'],
    ['https://서울.example.com/후크', 'https://xn--2i4bq6h.example.com/%ED%9B%84%ED%81%AC'],
  ])('[W1] %s is kept as %s', (given, kept) => {
    expect(guard.addressOf(given)).toBe(kept);
  });

  test('[W2] what the operator allows may be reached, and nothing beside it', () => {
    const inside = createGuard({
      rules: createAddressRules(['10.1.0.0/16', 'fd12::/32']),
      clock: systemClock,
    });
    const chat = `http://${'10.1.2.3'}:8065/hooks/a`;
    expect(inside.addressOf(chat)).toBe(chat);
    expect(inside.addressOf('http://[fd12::9]/')).toBe('http://[fd12::9]/');
    expect(inside.addressOf('http://[::ffff:10.1.2.3]/')).not.toBeNull();
    expect(inside.addressOf(`http://${'10.2.0.1'}/`)).toBeNull();
    expect(inside.addressOf('http://[fd13::9]/')).toBeNull();
    expect(inside.addressOf('http://localhost/')).toBeNull();
    expect(
      createGuard({ rules: HERE, clock: systemClock }).addressOf('http://localhost:8080/'),
    ).not.toBeNull();
  });
});

describe('connections', () => {
  const refuse = (...addresses: string[]): Guard =>
    createGuard({ rules: CLOSED, clock: systemClock, lookup: resolves(() => to(...addresses)) });

  test.each([
    [['127.0.0.1']],
    [['::1']],
    [['::ffff:127.0.0.1']],
    [['169.254.169.254']],
    [['10.0.0.1', 'fd00::1']],
    [['fe80::1%lo']],
    [[]],
  ])('[W1] a name that leads to %j is not connected to', async (addresses) => {
    const posted = await post(refuse(...addresses), `http://hooks.example.com:${receiver.port}/`);
    expect(posted).toEqual({ kind: 'forbidden', detail: 'its name leads to a closed network' });
    expect(receiver.connections()).toBe(0);
  });

  test('[W1] a name that was open when it was looked at and is closed now is not connected to', async () => {
    const guard = createGuard({
      rules: createAddressRules(['127.0.0.2']),
      clock: systemClock,
      lookup: resolves((asked) => to(asked === 1 ? '127.0.0.2' : '127.0.0.1')),
    });
    const address = `http://rebinding.example.com:${receiver.port}/`;
    // Nobody listens there: it was tried.
    expect(await post(guard, address)).toMatchObject({ kind: 'unreachable' });
    expect(await post(guard, address)).toMatchObject({ kind: 'forbidden' });
    expect(receiver.connections()).toBe(0);
  });

  test('[W1] of several addresses of a name only the open ones are tried', async () => {
    const guard = guardTo('10.255.255.1', '127.0.0.1');
    expect(await post(guard, `http://hooks.example.com:${receiver.port}/a`)).toMatchObject({ status: 204 });
  });

  test('a message arrives whole, with the name of its host', async () => {
    const posted = await post(guardTo('127.0.0.1'), `http://hooks.example.com:${receiver.port}/a/b?c=d`);
    expect(posted).toEqual({ kind: 'answered', status: 204, retryAfter: null });
    const [{ path, headers, body } = { path: '', headers: {}, body: '' }] = receiver.received;
    expect([path, body]).toEqual(['/a/b?c=d', '안녕 hello']);
    expect(headers.host).toBe(`hooks.example.com:${receiver.port}`);
    expect(headers['content-type']).toBe('text/plain');
  });

  test.each([301, 302, 303, 307, 308])(
    '[W3] a redirect with %i is answered and not followed',
    async (status) => {
      const other = await startHookReceiver();
      receiver.answer = answers(status, { location: `${other.url}/inside` });
      expect(await post(guardTo('127.0.0.1'), receiver.url)).toMatchObject({ kind: 'answered', status });
      expect(other.connections()).toBe(0);
      await other.close();
    },
  );

  test('[W4] a name that nobody knows, and a port where nobody listens, are known not to have got anything', async () => {
    const unknown = Object.assign(new Error('no'), { code: 'ENOTFOUND' });
    const nameless = createGuard({ rules: HERE, clock: systemClock, lookup: resolves(() => unknown) });
    expect(await post(nameless, 'https://hooks.example.com/')).toEqual({
      ...{ kind: 'unreachable', detail: 'its name is not known' },
    });
    await receiver.close();
    expect(await post(guardTo('127.0.0.1'), receiver.url)).toEqual({
      ...{ kind: 'unreachable', detail: 'the connection was refused' },
    });
    receiver = await startHookReceiver();
  });

  test('[W4] a connection that does not stand in time has got nothing', async () => {
    const clock = createFakeClock();
    const guard = createGuard({ rules: HERE, clock, lookup: (() => {}) as unknown as typeof lookup });
    const posted = post(guard, 'https://hooks.example.com/');
    // The name is never resolved, so there is no event to wait for before the time is over.
    await clock.advance(8_000);
    expect(await posted).toEqual({ kind: 'unreachable', detail: 'no connection in time' });
  });
});

describe('TLS', () => {
  test('[W4] a certificate that nobody vouches for, or of another name, gets nothing', async () => {
    const tls = selfSigned('hooks.example.com');
    const secure = await startHookReceiver({ tls });
    const address = `https://hooks.example.com:${secure.port}/`;
    expect(await post(guardTo('127.0.0.1'), address)).toEqual({
      ...{ kind: 'unreachable', detail: 'no trusted TLS connection (DEPTH_ZERO_SELF_SIGNED_CERT)' },
    });
    const before = getCACertificates('default');
    setDefaultCACertificates([...before, tls.cert]);
    try {
      expect(await post(guardTo('127.0.0.1'), address)).toMatchObject({ kind: 'answered', status: 204 });
      const other = address.replace('hooks', 'others');
      expect(await post(guardTo('127.0.0.1'), other)).toEqual({
        ...{ kind: 'unreachable', detail: 'no trusted TLS connection (ERR_TLS_CERT_ALTNAME_INVALID)' },
      });
    } finally {
      setDefaultCACertificates(before);
    }
    expect(secure.received).toHaveLength(1);
    await secure.close();
  });

  test('[W4] a server that speaks no TLS gets nothing', async () => {
    const posted = await post(guardTo('127.0.0.1'), receiver.url.replace('http:', 'https:'));
    expect(posted.kind).toBe('unreachable');
    expect(receiver.received).toEqual([]);
  });
});

describe('answers', () => {
  test('[W5] no answer until the signal is unanswered, not unreachable', async () => {
    const limit = new AbortController();
    receiver.answer = () => limit.abort();
    expect(await post(guardTo('127.0.0.1'), receiver.url, limit.signal)).toEqual({
      ...{ kind: 'unanswered', detail: 'no answer in time' },
    });
  });

  test.each<[string, (socket: Socket) => void]>([
    ['cuts the line', (socket) => socket.destroy()],
    ['ends it without a word', (socket) => socket.end()],
    ['answers what is no HTTP', (socket) => socket.end('+PONG\r\n')],
    ['answers half a head', (socket) => socket.end('HTTP/1.1 200 OK\r\nA: b')],
    ['sends 10,000 headers', (socket) => socket.write(`HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(10_000)}\r\n`)],
    ['sends a header without end', (socket) => socket.write(`HTTP/1.1 200 OK\r\na: ${'b'.repeat(100_000)}`)],
    [
      'changes to another protocol',
      (socket) => socket.write('HTTP/1.1 101 OK\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
    ],
  ])('[W5] who %s has not answered, and may have got it', async (_, serve) => {
    const address = await raw((socket) => socket.once('data', () => serve(socket)));
    expect((await post(guardTo('127.0.0.1'), address)).kind).toBe('unanswered');
  });

  test('[W6] an answer without end is cut off', async () => {
    let written = 0;
    const cut = Promise.withResolvers<void>();
    const address = await raw((socket) => {
      const more = (): void => {
        written += 65_536;
        if (socket.write('x'.repeat(65_536))) setImmediate(more);
      };
      socket.on('drain', more).on('close', () => cut.resolve());
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10000000000\r\n\r\n');
        more();
      });
    });
    expect(await post(guardTo('127.0.0.1'), address)).toMatchObject({ kind: 'answered', status: 200 });
    await cut.promise;
    expect(written).toBeLessThan(50_000_000);
  });

  test('[W6] an answer that drips holds nothing up and is cut off in the end', async () => {
    const clock = createFakeClock();
    const guard = createGuard({ rules: HERE, clock });
    const cut = Promise.withResolvers<void>();
    const address = await raw((socket) => {
      socket.on('close', () => cut.resolve());
      socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nx'));
    });
    expect(await post(guard, address)).toMatchObject({ kind: 'answered', status: 200 });
    await clock.advance(2_000);
    await cut.promise;
  });

  test('what a receiver asks for is told on, and nothing else that it says', async () => {
    receiver.answer = (response) =>
      response.writeHead(429, { 'retry-after': '17', 'x-secret': 'a' }).end('a secret');
    expect(await post(guardTo('127.0.0.1'), receiver.url)).toEqual({
      ...{ kind: 'answered', status: 429, retryAfter: '17' },
    });
  });
});

describe('names', () => {
  test('[W7] names that do not resolve hold up at most two at a time, and each is asked for once', async () => {
    const asked: string[] = [];
    const ends: (() => void)[] = [];
    const slow = ((name: string, _: unknown, callback: (...result: unknown[]) => void) => {
      asked.push(name);
      ends.push(() => callback(null, to('127.0.0.1')));
    }) as unknown as typeof lookup;
    const guard = createGuard({ rules: HERE, clock: systemClock, lookup: slow });
    const all = ['a', 'b', 'c', 'a'].map((name) =>
      post(guard, `http://${name}.example.com:${receiver.port}/`),
    );
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toEqual(['a.example.com', 'b.example.com']);
    ends[0]?.();
    await receiver.arrived(2);
    expect(asked).toEqual(['a.example.com', 'b.example.com', 'c.example.com']);
    ends[1]?.();
    ends[2]?.();
    expect(await Promise.all(all)).toMatchObject(Array.from({ length: 4 }, () => ({ status: 204 })));
  });
});
