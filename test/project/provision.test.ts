import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findChromium } from '../../scripts/chromium.ts';
import { needs, type Finding } from '../../scripts/needs.ts';
import { plan, type Installer, type Outcome } from '../../scripts/provision.ts';

const PRESENT: Finding = { state: 'present', where: 'here' };
const ABSENT: Finding = { state: 'absent', reason: 'not found' };
const MISCONFIGURED: Finding = { state: 'misconfigured', reason: 'CHROMIUM_PATH is wrong.' };

/** Every need with the same finding, but the first with its own. */
function outcomes(first: Finding, rest: Finding): Outcome[] {
  return needs.map((need, index) => ({ need, finding: index === 0 ? first : rest }));
}

function as(installer: Installer): () => Installer {
  return () => installer;
}

describe('provisioning', () => {
  test('asks for no rights and does nothing when everything is there', () => {
    const untouchable = (): Installer => {
      throw new Error('asked');
    };
    expect(plan(outcomes(PRESENT, PRESENT), 'linux', untouchable)).toEqual({ action: 'ready' });
  });

  test('as root installs exactly what is absent', () => {
    expect(plan(outcomes(ABSENT, PRESENT), 'linux', as('root'))).toEqual({
      action: 'install',
      commands: [
        ['apt-get', 'update'],
        ['apt-get', 'install', '-y', '--no-install-recommends', 'chromium'],
      ],
    });
  });

  test('with sudo that asks nobody, installs everything absent through it', () => {
    const planned = plan(outcomes(ABSENT, ABSENT), 'linux', as('sudo'));
    expect(planned).toMatchObject({ action: 'install' });
    const commands = planned.action === 'install' ? planned.commands.map((command) => command.join(' ')) : [];
    expect(commands).toEqual([
      'sudo -n apt-get update',
      'sudo -n apt-get install -y --no-install-recommends chromium fonts-noto-cjk postgresql redis-server nginx haproxy',
    ]);
  });

  test('without rights stops with the exact command, never with fewer tests', () => {
    expect(plan(outcomes(ABSENT, ABSENT), 'linux', as('none'))).toMatchObject({
      action: 'stop',
      message: expect.stringContaining(
        'sudo apt-get update && sudo apt-get install -y --no-install-recommends chromium fonts-noto-cjk postgresql redis-server nginx haproxy',
      ),
    });
    expect(plan(outcomes(ABSENT, PRESENT), 'darwin', as('none'))).toMatchObject({
      action: 'stop',
      message: expect.stringContaining('brew install --cask chromium'),
    });
  });

  test('does not install over what somebody configured wrongly', () => {
    expect(plan(outcomes(MISCONFIGURED, ABSENT), 'linux', as('root'))).toEqual({
      action: 'stop',
      message: 'CHROMIUM_PATH is wrong.',
    });
  });
});

describe('looking for the browser', () => {
  const path = ['/first', '/second'].join(delimiter);

  test('takes CHROMIUM_PATH before everything else', () => {
    expect(findChromium({ CHROMIUM_PATH: '/mine', PATH: path }, () => true)).toEqual({
      found: true,
      path: '/mine',
    });
  });

  test('refuses a CHROMIUM_PATH that is no program instead of taking another', () => {
    const lookup = findChromium({ CHROMIUM_PATH: '/mine', PATH: path }, (file) => file !== '/mine');
    expect(lookup).toMatchObject({ found: false, reason: expect.stringContaining('/mine') });
  });

  test('prefers Chromium to Chrome, then the order of PATH', () => {
    const installed = new Set([join('/first', 'google-chrome'), join('/second', 'chromium')]);
    expect(findChromium({ PATH: path }, (file) => installed.has(file))).toEqual({
      found: true,
      path: join('/second', 'chromium'),
    });
  });

  test('says so when there is none', () => {
    expect(findChromium({ PATH: path }, () => false).found).toBe(false);
  });
});
