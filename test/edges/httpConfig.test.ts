import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { defaultLimits, limitVariable } from '#shared/contract/limits.ts';
import type { LimitName } from '#shared/contract/limits.ts';
import { ENV_EXAMPLE, envExample } from '../../scripts/envExample.ts';
import { ConfigError, printConfig, readConfig } from '../../server/config.ts';

const POSTGRES = 'postgresql://warroom:secret-word@db.example.org:5432/warroom';
const SECRET = 'a-secret-of-more-than-32-characters!';

function noFile(): never {
  throw new Error('no such file');
}

describe('the environment', () => {
  test('[E1] nothing set is a server for this machine with the limits of the contract', () => {
    expect(readConfig({})).toEqual({
      port: 3000,
      host: '127.0.0.1',
      dataDir: './data',
      databaseUrl: null,
      redis: null,
      publicUrl: null,
      trustProxy: [],
      sessionSecret: null,
      firstAdmin: null,
      mail: null,
      allowPrivateTargets: [],
      logLevel: 'info',
      limits: defaultLimits,
      notes: [],
    });
  });

  test('[E1] everything set is taken, and an empty value counts as not set', () => {
    const config = readConfig({
      PORT: '8080',
      HOST: '0.0.0.0',
      DATA_DIR: '/var/lib/warroom',
      DATABASE_URL: '',
      REDIS_URL: '',
      PUBLIC_URL: 'https://warroom.example.org/',
      TRUST_PROXY: '10.0.0.0/8, ::1',
      SESSION_SECRET: SECRET,
      ADMIN_EMAIL: 'admin@example.org',
      ADMIN_PASSWORD: 'ten characters',
      SMTP_URL: 'smtp://mail.example.org:587',
      MAIL_FROM: 'Example status <incidents@example.org>',
      ALLOW_PRIVATE_TARGETS: '10.20.0.0/16 fd12::7',
      LOG_LEVEL: 'debug',
      LIMIT_COMMANDS_PER_SECOND: '5',
      PATH: '/usr/bin',
    });
    expect(config).toMatchObject({
      port: 8080,
      publicUrl: 'https://warroom.example.org',
      trustProxy: ['10.0.0.0/8', '::1'],
      firstAdmin: { email: 'admin@example.org', password: 'ten characters' },
      mail: { from: { name: 'Example status', address: 'incidents@example.org' } },
      allowPrivateTargets: ['10.20.0.0/16', 'fd12::7'],
      limits: { ...defaultLimits, commandsPerSecond: 5 },
    });
    expect(config.notes).toEqual([]);
  });

  test('[E1] PostgreSQL with and without Redis are taken, and only what has an effect nobody expects is noted', () => {
    const polling = readConfig({ DATABASE_URL: POSTGRES });
    expect(polling).toMatchObject({ databaseUrl: POSTGRES, redis: null });
    expect(polling.notes).toEqual([expect.stringMatching(/^DATABASE_URL is set without REDIS_URL/)]);
    const both = readConfig({ DATABASE_URL: POSTGRES, REDIS_URL: 'redis://cache' });
    expect(both).toMatchObject({ redis: { isCluster: false, nodes: [{ host: 'cache', port: 6379 }] } });
    expect(both.notes).toEqual([]);
  });

  test('[E1] mail without a sender is from the host of this server, and says so', () => {
    const SMTP_URL = 'smtp://mail.example.org';
    const config = readConfig({ SMTP_URL, PUBLIC_URL: 'https://warroom.example.org' });
    expect(config.mail).toEqual({
      smtpUrl: SMTP_URL,
      from: { name: null, address: 'warroom@warroom.example.org' },
    });
    expect(config.notes).toEqual([expect.stringContaining('sent from warroom@warroom.example.org')]);
    expect(readConfig({ MAIL_FROM: 'a@b.org' })).toMatchObject({
      mail: null,
      notes: [expect.stringMatching(/^MAIL_FROM is set without SMTP_URL/)],
    });
  });

  test.each(Object.keys(defaultLimits) as LimitName[])('[E1] the limit %s has its variable', (name) => {
    expect(readConfig({ [limitVariable(name)]: '77' }).limits[name]).toBe(77);
  });

  test('[E1] a value may come from a file, without its last line break', () => {
    const config = readConfig(
      { SESSION_SECRET_FILE: '/run/secrets/session' },
      (path) => `${path}-0123456789-0123456789\n`,
    );
    expect(config.sessionSecret).toBe('/run/secrets/session-0123456789-0123456789');
  });

  test.each([
    [{ PORT: 'http' }, /^PORT must be a port number/],
    [{ PORT: '70000' }, /^PORT must be/],
    [{ PORT: '-1' }, /^PORT must be/],
    [{ HOST: 'two words' }, /^HOST must be/],
    [{ SESSION_SECRET: 'x'.repeat(31) }, /^SESSION_SECRET must be at least 32 characters/],
    [{ SESSION_SECRET: ` ${SECRET}` }, /^SESSION_SECRET must be/],
    [{ ADMIN_EMAIL: 'admin@example.org' }, /^ADMIN_EMAIL is set without ADMIN_PASSWORD/],
    [{ ADMIN_PASSWORD: 'ten characters' }, /^ADMIN_PASSWORD is set without ADMIN_EMAIL/],
    [{ ADMIN_EMAIL: 'a@b, c@d', ADMIN_PASSWORD: 'ten characters' }, /^ADMIN_EMAIL must be an e-mail address/],
    [{ ADMIN_EMAIL: 'a@b.test', ADMIN_PASSWORD: 'ninechars' }, /^ADMIN_PASSWORD must have at least 10/],
    [{ DATABASE_URL: 'mysql://db/warroom' }, /^DATABASE_URL must be an address like postgresql:/],
    [{ DATABASE_URL: 'postgresql://[db/warroom' }, /^DATABASE_URL must be an address like postgresql:/],
    [{ DATABASE_URL: '/var/lib/warroom' }, /^DATABASE_URL must be/],
    [{ REDIS_URL: 'redis://x' }, /^REDIS_URL is set without DATABASE_URL/],
    [{ DATABASE_URL: POSTGRES, REDIS_URL: 'cache:6379' }, /^REDIS_URL must be an address like redis:/],
    [{ DATABASE_URL: POSTGRES, REDIS_URL: 'redis://a,b' }, /^REDIS_URL must be an address like redis:/],
    [{ DATABASE_URL: POSTGRES, REDIS_URL: 'redis://a:70000' }, /^REDIS_URL must be an address like redis:/],
    [{ PUBLIC_URL: 'warroom.example.org' }, /^PUBLIC_URL must be an address/],
    [{ PUBLIC_URL: 'https://example.org/warroom' }, /^PUBLIC_URL must be an address .* without a path/],
    [{ PUBLIC_URL: 'javascript:alert(1)' }, /^PUBLIC_URL must be an address/],
    [{ PUBLIC_URL: 'https://user:word@example.org' }, /^PUBLIC_URL must be an address/],
    [{ TRUST_PROXY: 'true' }, /^TRUST_PROXY must be a list of addresses/],
    [{ TRUST_PROXY: '10.0.0.0/33' }, /^TRUST_PROXY must be/],
    [{ TRUST_PROXY: '1' }, /^TRUST_PROXY must be/],
    [{ ALLOW_PRIVATE_TARGETS: 'chat.internal' }, /^ALLOW_PRIVATE_TARGETS must be a list of addresses/],
    [{ ALLOW_PRIVATE_TARGETS: '10.0.0.0/8;10.1.0.0/16' }, /^ALLOW_PRIVATE_TARGETS must be/],
    [{ SMTP_URL: 'mail.example.org' }, /^SMTP_URL must be/],
    [{ SMTP_URL: 'smtp://mail:port' }, /^SMTP_URL must be/],
    [{ SMTP_URL: 'smtp://mail', PUBLIC_URL: 'http://127.0.0.1' }, /^SMTP_URL is set without MAIL_FROM/],
    [{ MAIL_FROM: 'a@b.org, c@d.org' }, /^MAIL_FROM must be an address like/],
    [{ MAIL_FROM: 'A <a@b.org>\r\nBcc: c@d.org' }, /^MAIL_FROM must be/],
    [{ LOG_LEVEL: 'loud' }, /^LOG_LEVEL must be one of/],
    [{ LIMIT_COMMANDS_PER_SECOND: '0' }, /^LIMIT_COMMANDS_PER_SECOND must be a whole number/],
    [{ LIMIT_COMMANDS_PER_SECOND: '1.5' }, /^LIMIT_COMMANDS_PER_SECOND must be/],
    [{ LIMIT_COMANDS_PER_SECOND: '5' }, /^LIMIT_COMANDS_PER_SECOND is not a limit/],
    [{ PORT: '1', PORT_FILE: '/port' }, /^Set PORT or PORT_FILE, not both/],
    [{ PORT_FILE: '/nowhere' }, /^PORT_FILE names a file that cannot be read/],
  ])('[E2] %o is no start, with one sentence that names it', (env, sentence) => {
    expect(() => readConfig(env, noFile)).toThrow(ConfigError);
    expect(() => readConfig(env, noFile)).toThrow(sentence);
  });

  test('[E2] neither a refusal nor the printed configuration shows a secret', () => {
    const secrets = {
      SESSION_SECRET: SECRET,
      ADMIN_PASSWORD: 'hunter2hunter2',
      SMTP_URL: 'smtp://u:hunter2@mail',
      DATABASE_URL: POSTGRES,
      REDIS_URL: 'rediss://:another-word@cache.example.org',
    };
    const printed = printConfig(readConfig({ ...secrets, ADMIN_EMAIL: 'admin@example.org' }));
    for (const secret of [...Object.values(secrets), 'secret-word', 'another-word']) {
      expect(printed).not.toContain(secret);
    }
    for (const name of ['SESSION_SECRET', 'DATABASE_URL', 'REDIS_URL']) {
      expect(printed).toMatch(new RegExp(`^${name}=\\(hidden\\)$`, 'm'));
    }
    expect(() => readConfig({ DATABASE_URL: 'mysql://u:secret-word@db' })).not.toThrow(/secret-word/);
    expect(() => readConfig({ REDIS_URL: 'cache:another-word' })).not.toThrow(/another-word/);
    expect(() => readConfig({ SESSION_SECRET: 'short-secret' })).not.toThrow(/short-secret/);
  });

  test('[E1] .env.example is what the schema says today', () => {
    expect(readFileSync(ENV_EXAMPLE, 'utf8')).toBe(envExample());
    for (const name of Object.keys(defaultLimits) as LimitName[])
      expect(envExample()).toContain(limitVariable(name));
  });
});
