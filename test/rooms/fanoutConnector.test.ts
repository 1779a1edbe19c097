import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newClient } from '../../server/fanout/redisClient.ts';

const silent = createServer();
beforeAll(async () => {
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
});
afterAll(() => silent.close());

test.each([false, true])(
  '[F9] a socket that fails twice ends its connection alone (TLS: %s)',
  async (tls) => {
    const at = { host: '127.0.0.1', port: (silent.address() as AddressInfo).port };
    const client = newClient({ isCluster: false, nodes: [at], tls }, at, 5_000);
    const errors: unknown[] = [];
    client.on('error', (error) => errors.push(error));
    const connecting = client.connect();
    const [peer] = (await once(silent, 'connection')) as [Socket];
    peer.on('error', () => {});
    const { stream } = client as unknown as { stream: Socket };
    stream.emit('error', new Error('the certificate is not trusted'));
    stream.emit('error', new Error('and it says so too'));
    expect(errors).toEqual([new Error('the certificate is not trusted')]);
    stream.destroy();
    await expect(connecting).rejects.toThrow();
    peer.destroy();
  },
);
