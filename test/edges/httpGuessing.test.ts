import { describe, expect, test } from 'vitest';
import { systemChance } from '../../server/rooms/chance.ts';
import { createFakeClock } from '../support/fakeClock.ts';
import { PASSWORD, refusal, startHttp } from '../support/httpServer.ts';

const clock = createFakeClock(Date.now());

describe('guessing passwords', () => {
  test('[E10] is stopped per account at the limit, with a time to wait, and locks nobody else out', async () => {
    const guarded = await startHttp({ clock, limits: { signInsPerMinute: 3 } });
    try {
      const [victim, other] = [await guarded.person(), await guarded.person()];
      const attempt = (email: string, password: string, remoteAddress = '192.0.2.1') =>
        guarded.ask({ method: 'POST', url: '/api/session', payload: { email, password }, remoteAddress });
      for (let tries = 0; tries < 3; tries += 1)
        expect((await attempt(victim.email, 'guess')).statusCode).toBe(401);
      const stopped = await attempt(victim.email, PASSWORD);
      expect(refusal(stopped)).toEqual({ status: 429, code: 'rate_limited' });
      expect(Number(stopped.headers['retry-after'])).toBeGreaterThan(0);
      expect((await attempt(other.email, PASSWORD)).statusCode).toBe(200);
      await clock.advance(Number(stopped.headers['retry-after']) * 1000);
      expect((await attempt(victim.email, PASSWORD)).statusCode).toBe(200);
    } finally {
      await guarded.close();
    }
  });

  test('[E10] from elsewhere does not keep somebody out who signed in from here before', async () => {
    const guarded = await startHttp({ clock, limits: { signInsPerMinute: 3 } });
    try {
      const { email } = await guarded.person();
      const attempt = (password: string, remoteAddress: string) =>
        guarded.ask({ method: 'POST', url: '/api/session', payload: { email, password }, remoteAddress });
      expect((await attempt(PASSWORD, '192.0.2.7')).statusCode).toBe(200);
      for (let tries = 0; tries < 20; tries += 1) await attempt('guess', '198.51.100.9');
      expect((await attempt('guess', '198.51.100.9')).statusCode).toBe(429);
      expect((await attempt(PASSWORD, '192.0.2.7')).statusCode).toBe(200);
    } finally {
      await guarded.close();
    }
  });

  test('[E10] by trying one password on many accounts is stopped per address', async () => {
    const guarded = await startHttp({ clock, limits: { signInsPerMinute: 3 } });
    try {
      const statuses: number[] = [];
      for (let tries = 0; tries < 20; tries += 1) {
        const payload = { email: `${systemChance.id()}@example.test`, password: 'password123' };
        const remoteAddress = '192.0.2.3';
        statuses.push(
          (await guarded.ask({ method: 'POST', url: '/api/session', payload, remoteAddress })).statusCode,
        );
      }
      expect(statuses.indexOf(429)).toBe(15);
    } finally {
      await guarded.close();
    }
  });
});
