import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import { environment } from '../../server/environment.ts';
import { root } from '../support/serverProcess.ts';

interface Service {
  image: string;
  profiles: string[];
  restart?: string;
  environment?: Record<string, string>;
  secrets?: string[];
  ports?: string[];
  volumes?: string[];
  networks?: string[] | Record<string, { ipv4_address?: string }>;
  healthcheck?: { test: string[] };
  depends_on?: Record<string, { condition: string }>;
  stop_grace_period?: string;
  cap_drop?: string[];
}

interface Compose {
  services: Record<string, Service>;
  volumes: Record<string, null>;
  secrets: Record<string, { file: string }>;
  networks: Record<string, { internal?: boolean; ipam?: { config: { subnet: string }[] } } | null>;
}

const compose = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), { merge: true }) as Compose;
const services = new Map(Object.entries(compose.services));
const instances = ['warroom', 'warroom-1', 'warroom-2'];
const service = (name: string): Service => {
  const found = services.get(name);
  if (!found) throw new Error(`There is no service ${name}.`);
  return found;
};
const namesOf = (profile: string): string[] =>
  [...services].filter(([, it]) => it.profiles.includes(profile)).map(([name]) => name);

describe('docker-compose.yml', () => {
  test('has a minimal and a full profile, and nothing outside of both', () => {
    expect(namesOf('minimal')).toEqual(['warroom']);
    expect(namesOf('full')).toEqual(['warroom-1', 'warroom-2', 'nginx', 'postgres', 'redis', 'mail']);
    expect([...services.values()].every(({ profiles }) => profiles.length === 1)).toBe(true);
  });

  test('names every image with an exact version', () => {
    for (const { image } of services.values())
      expect(image).toMatch(/^[\w./-]+:v?\d+\.\d+(\.\d+)?(-[a-z]+)?$/);
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    for (const name of instances) expect(service(name).image).toBe(`warroom:${version}`);
  });

  test('sets only variables that the server knows, and no secret as a plain value', () => {
    const schemas = environment.properties as Readonly<Record<string, { secret?: true }>>;
    for (const name of instances) {
      for (const [variable, value] of Object.entries(service(name).environment ?? {})) {
        const plain = variable.replace(/_FILE$/, '');
        expect(Object.keys(schemas)).toContain(plain);
        expect(`${variable}=${value}`).not.toMatch(/:\/\/[^/]*:[^/]*@/);
        if (variable.endsWith('_FILE')) expect(value).toMatch(/^\/run\/secrets\//);
      }
    }
  });

  test('every secret that is used is declared, and none of them can be committed', () => {
    const used = [...services.values()].flatMap(({ secrets = [] }) => secrets);
    expect(new Set(used)).toEqual(new Set(Object.keys(compose.secrets)));
    const gitignore = readFileSync(join(root, '.gitignore'), 'utf8').split('\n');
    for (const { file } of Object.values(compose.secrets)) expect(file).toMatch(/^\.\/deploy\/secrets\//);
    expect(gitignore).toContain('deploy/secrets/');
    for (const { environment: settings = {}, secrets = [] } of services.values()) {
      const files = Object.values(settings).filter((value) => value.startsWith('/run/secrets/'));
      expect(files.toSorted()).toEqual(secrets.map((name) => `/run/secrets/${name}`).toSorted());
    }
  });

  test('every volume and every network that is used is declared, and the files that are mounted exist', () => {
    const mounts = [...services.values()].flatMap(({ volumes = [] }) =>
      volumes.map((it) => it.split(':')[0] ?? ''),
    );
    const [files, volumes] = [
      mounts.filter((it) => it.startsWith('.')),
      mounts.filter((it) => !it.startsWith('.')),
    ];
    expect(volumes.toSorted()).toEqual(Object.keys(compose.volumes).toSorted());
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
    const networks = [...services.values()].flatMap(({ networks: it = [] }) =>
      Array.isArray(it) ? it : Object.keys(it),
    );
    expect(new Set(networks)).toEqual(new Set(Object.keys(compose.networks)));
  });

  test('waits for what has to be there, by health checks that exist', () => {
    for (const [name, { depends_on: needed = {} }] of services) {
      for (const [other, { condition }] of Object.entries(needed)) {
        expect([name, condition]).toEqual([name, 'service_healthy']);
        // The instances' own check is in their image.
        expect(instances.includes(other) || service(other).healthcheck !== undefined).toBe(true);
      }
    }
    expect(Object.keys(service('warroom-1').depends_on ?? {})).toEqual(['postgres', 'redis']);
    expect(Object.keys(service('nginx').depends_on ?? {})).toEqual(['warroom-1', 'warroom-2']);
  });

  test('gives instances time to end, no rights, and a folder each', () => {
    for (const name of instances) {
      expect(service(name)).toMatchObject({
        stop_grace_period: '25s',
        cap_drop: ['ALL'],
        restart: 'unless-stopped',
      });
    }
    const folders = instances.map((name) => service(name).volumes?.[0]);
    expect(new Set(folders).size).toBe(instances.length);
  });

  test('opens only the proxy (and, to this machine, the mail catcher) in the full profile', () => {
    const open = namesOf('full').flatMap((name) => service(name).ports ?? []);
    expect(open).toEqual(['${WARROOM_PORT:-8080}:8080', '127.0.0.1:8025:8025']);
    expect(compose.networks['services']).toEqual({ internal: true });
    for (const name of ['postgres', 'redis']) expect(service(name).networks).toEqual(['services']);
  });

  test('believes forwarding headers of nginx alone, at the address that it has', () => {
    const { networks = {} } = service('nginx');
    const address = Array.isArray(networks) ? undefined : networks['people']?.ipv4_address;
    for (const name of ['warroom-1', 'warroom-2']) {
      expect(service(name).environment?.['TRUST_PROXY']).toBe(address);
    }
    const subnet = compose.networks['people']?.ipam?.config[0]?.subnet ?? '';
    expect(subnet).toMatch(/\.0\/24$/);
    expect(address?.startsWith(subnet.replace(/0\/24$/, ''))).toBe(true);
  });

  test('names the instances as the proxies of deploy/ do', () => {
    const nginx = readFileSync(join(root, 'deploy/nginx/warroom.conf'), 'utf8');
    const haproxy = readFileSync(join(root, 'deploy/haproxy/haproxy.cfg'), 'utf8');
    expect(nginx.match(/warroom-\d(?=:3000)/g)).toEqual(['warroom-1', 'warroom-2']);
    expect(haproxy.match(/warroom-\d(?=:3000)/g)).toEqual(['warroom-1', 'warroom-2']);
    expect(service('nginx').ports?.[0]).toMatch(/:8080$/);
    expect(nginx).toContain('listen 8080;');
  });
});
