import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { IncidentSummary } from '#shared/contract/wire.ts';
import type { Account } from '../support/client.ts';
import { answers, startHookReceiver } from '../support/hookReceiver.ts';
import type { HookReceiver } from '../support/hookReceiver.ts';
import { root } from '../support/serverProcess.ts';
import { startSmtpServer } from '../support/smtpServer.ts';
import type { SmtpServer } from '../support/smtpServer.ts';
import { axe, coveringLooks, inRoom, lookName, openStage, patiently } from './stage.ts';
import type { Look, Stage } from './stage.ts';

/** Pictures for people to look at; nothing in here is compared by a machine. */
const PICTURES = join(root, 'test-results', 'updates');

let smtp: SmtpServer;
let hooks: HookReceiver;
let stage: Stage;
let commander: Account;
let comms: Account;
let responder: Account;
let incident: IncidentSummary;

beforeAll(async () => {
  [smtp, hooks] = await Promise.all([startSmtpServer(), startHookReceiver()]);
  stage = await openStage({
    env: {
      SMTP_URL: smtp.url,
      MAIL_FROM: 'status@example.org',
      ALLOW_PRIVATE_TARGETS: '127.0.0.0/8',
    },
  });
  commander = await stage.person('Dana Commander');
  comms = await stage.person('Kim Comms');
  responder = await stage.person('Olu Responder');
  incident = await stage.declare(commander, { title: 'Checkout returns 500', severity: 'SEV1' });
  await stage.command(
    commander,
    incident.id,
    'role.assign',
    { role: 'comms', person: comms.id },
    { epoch: 1 },
  );
  await mkdir(PICTURES, { recursive: true });
});

afterEach(() => stage.clear());
afterAll(async () => {
  await stage.stop();
  await Promise.all([smtp.stop(), hooks.close()]);
});

function picture(page: Page, name: string, look?: Look) {
  const file = `${name}${look ? ` ${lookName(look)}` : ''}.png`.replaceAll(' ', '-').replace('×', 'x');
  return page.screenshot({ path: join(PICTURES, file), fullPage: true });
}

/** The composer, with its draft open. */
async function composer(who: Account, look: Partial<Look> = {}): Promise<Page> {
  const page = await stage.open(who, `/i/${incident.number}/update`, look);
  await page.locator('.words-field textarea').first().waitFor();
  return page;
}

describe('in the settings', () => {
  test('an administrator makes an audience with a mailbox and a webhook, whose secret is shown once', async () => {
    const page = await stage.open(stage.admin, '/settings/audiences');
    await page.getByLabel('New audience').fill('Leadership');
    await page.getByRole('button', { name: 'Add audience' }).click();
    const row = page.locator('.setting-row', { hasText: 'Leadership' });
    await row.locator('summary').click();
    await row.getByLabel('SEV1', { exact: true }).check();
    await row.getByRole('button', { name: 'Save' }).click();
    await row.locator('summary', { hasText: 'SEV1' }).waitFor();
    const form = row.locator('.addresses form');
    if (!(await form.isVisible())) await row.locator('summary').click();
    await form.getByLabel('E-mail').fill('lead@example.org');
    await form.getByRole('button', { name: 'Add address' }).click();
    await row.locator('.person-row', { hasText: 'lead@example.org' }).waitFor();
    await form.getByLabel('Channel').selectOption('webhook');
    await form.getByLabel('Web address').fill(`${hooks.url}/hook`);
    await form.getByRole('button', { name: 'Add address' }).click();
    await expect.poll(() => form.locator('.copy-once input').inputValue(), patiently).toMatch(/^whsec_/);
    await form.getByLabel('Web address').fill('nowhere');
    await form.getByRole('button', { name: 'Add address' }).click();
    await form.locator('.form-answer.refused').waitFor();
    stage.forgive(/status of 400/);
    await row.locator('summary', { hasText: 'Mail 1 · Webhook 1' }).waitFor();
    expect(await axe(page)).toEqual([]);
    await picture(page, 'settings audiences');
  });

  test('services, the cadence and a template with a required field are kept', async () => {
    const page = await stage.open(stage.admin, '/settings/services');
    await page.getByLabel('Name in English').fill('Checkout');
    await page.getByLabel('Name in Korean').fill('결제');
    await page.getByRole('button', { name: 'Add service' }).click();
    await page.locator('.setting-row', { hasText: '결제' }).waitFor();
    await page.goto(`${stage.url}/settings/severity`);
    await page.getByLabel('SEV1, minutes').fill('20');
    await page
      .getByRole('region', { name: /^How often/ })
      .getByRole('button', { name: 'Save' })
      .click();
    await page.locator('.form-answer.done').first().waitFor();
    await page.getByLabel('Name', { exact: true }).fill('First words');
    await page.getByLabel('What happened').fill('{{services}} has failed since {{since}}.');
    await page.getByRole('checkbox', { name: 'Impact' }).check();
    await page.getByRole('button', { name: 'Add template' }).click();
    await page.locator('.setting-row', { hasText: 'First words' }).waitFor();
    await page.getByLabel('Name', { exact: true }).last().fill('While we repair');
    await page.getByLabel('State', { exact: true }).last().selectOption('mitigating');
    await page.getByLabel('Severity', { exact: true }).last().selectOption('SEV1');
    await page.getByLabel('What happened').last().fill('We repair {{title}}.');
    await page.getByRole('button', { name: 'Add template' }).click();
    await page.locator('.setting-row', { hasText: 'While we repair' }).waitFor();
    expect(await axe(page)).toEqual([]);
    await picture(page, 'settings updates');
  });

  test('an administrator tries a channel by a message, and is told plainly what came of it', async () => {
    const page = await stage.open(stage.admin, '/settings/channels');
    const row = (name: string) => page.locator('.setting-row', { hasText: name }).first();
    await row('Mail').locator('summary').click();
    await row('Mail').getByLabel('E-mail').fill('ida@example.org');
    await row('Mail').getByRole('button', { name: 'Send a test message' }).click();
    await row('Mail').locator('.form-answer.done').waitFor();
    expect(smtp.taken.map(({ to }) => to)).toEqual([['ida@example.org']]);
    hooks.answer = answers(500);
    await row('Webhook').locator('summary').click();
    await row('Webhook').getByLabel('Web address').fill(`${hooks.url}/tried`);
    await row('Webhook').getByRole('button', { name: 'Send a test message' }).click();
    await row('Webhook').getByText('Not taken now. An update would be tried again. (HTTP 500)').waitFor();
    expect(await axe(page)).toEqual([]);
    await picture(page, 'settings channels');
  });

  test.each(coveringLooks.map((look) => [lookName(look), look] as const))(
    'they can be read and used at %s',
    async (_, look) => {
      for (const section of ['audiences', 'services', 'severity']) {
        const page = await stage.open(stage.admin, `/settings/${section}`, look);
        await page.locator('.setting-row').first().waitFor();
        await page.locator('.setting-row summary').first().click();
        expect(await axe(page)).toEqual([]);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(wide).toBeLessThanOrEqual(0);
        await picture(page, `settings ${section}`, look);
      }
    },
  );
});

describe('an update', () => {
  test('is drafted by two, previewed, sent to mail and webhook, and what became of it is seen live', async () => {
    hooks.answer = answers(500);
    const before = smtp.taken.length;
    const one = await composer(comms);
    const other = await composer(responder);
    await one.locator('.update-services select').selectOption('major_outage');
    await one.getByRole('radio', { name: 'Being repaired' }).check();
    await one.getByRole('button', { name: 'While we repair' }).waitFor();
    await one.getByRole('radio', { name: 'Being investigated' }).check();
    await one.getByRole('button', { name: 'While we repair' }).waitFor({ state: 'detached' });
    await one.getByRole('button', { name: 'First words' }).click();
    const happened = other.locator('.words-field[data-part=text] textarea');
    await expect.poll(() => happened.inputValue(), patiently).toMatch(/^Checkout has failed since \d/);
    await one.locator('#missing, .update-form').getByText('Still needed: Impact').waitFor();
    await other.locator('.words-field[data-part=impact] textarea').fill('Nobody can pay.');
    const send = one.locator('.update-acts button[type=submit]');
    await expect.poll(() => send.textContent(), patiently).toBe('Send to 1 person and 1 hook');
    await other.getByRole('button', { name: 'Ask Communications to send' }).waitFor();
    await one.getByRole('button', { name: /^Mail · English · 1/ }).click();
    const frame = one.locator('.preview-frame');
    // The page of the mail may do nothing: no scripts, no forms, no way out.
    expect(await frame.getAttribute('sandbox')).toBe('');
    await frame.contentFrame().getByText('Nobody can pay.').waitFor();
    await one.getByRole('button', { name: 'Plain text' }).click();
    await one.locator('.preview-text', { hasText: 'Nobody can pay.' }).waitFor();
    expect(await axe(one)).toEqual([]);
    await picture(one, 'composer');
    await send.click();
    await one.locator('.words-field').first().waitFor({ state: 'detached' });
    const line = one.locator('.delivery-line').first();
    await line.getByText('Delivered 1').waitFor();
    await expect.poll(() => smtp.taken.length - before, patiently).toBe(1);
    await expect.poll(() => happened.inputValue(), patiently).toBe('');
    await line.getByText('1 on its way').waitFor();
    await picture(one, 'room after sending');
    await line.getByRole('button', { name: 'Show' }).click();
    await one.locator('.delivery-list', { hasText: '/hook' }).waitFor();
    expect(await axe(one)).toEqual([]);
    await picture(one, 'deliveries');
  });

  test('with nothing new is one click, also from the message box, and a correction quotes what it corrects', async () => {
    hooks.answer = answers(204);
    const page = await inRoom(await stage.open(comms, `/i/${incident.number}`));
    await page.locator('.composer-field').fill('/same');
    await page.keyboard.press('Enter');
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.textContent), patiently)
      .toMatch(/^Nothing new, next at/);
    await page.keyboard.press('Enter');
    await page.locator('.words-field').first().waitFor({ state: 'detached' });
    await page.locator('.row-event', { hasText: 'sent update 2' }).waitFor();
    const first = page.locator('.row-event', { hasText: 'sent update 1' });
    await first.getByRole('button', { name: 'Correct' }).click();
    const happened = page.locator('.words-field[data-part=text] textarea');
    await expect.poll(() => happened.inputValue(), patiently).toMatch(/^Checkout has failed/);
    await page.getByText('Corrects update 1.').waitFor();
    await happened.fill('Card payments fail.');
    await page.locator('.update-acts button[type=submit]').click();
    await page.locator('.row-event', { hasText: 'sent update 3, correcting update 1' }).waitFor();
  });

  test('leaves an audience out this once, or for good, which the log says by name', async () => {
    const page = await composer(comms);
    await page.locator('.words-field[data-part=text] textarea').fill('For the page alone.');
    await page.locator('.words-field[data-part=impact] textarea').fill('Nobody can pay.');
    await page.getByRole('checkbox', { name: /^Leadership/ }).uncheck();
    const send = page.locator('.update-acts button[type=submit]');
    await expect.poll(() => send.textContent(), patiently).toBe('Send update');
    await send.click();
    await page.locator('.words-field').first().waitFor({ state: 'detached' });
    const sent = page.locator('.row-event', { hasText: 'For the page alone.' });
    await sent.waitFor();
    expect(await sent.textContent()).not.toContain('Leadership');
    await page.goto(`${stage.url}/i/${incident.number}/update`);
    expect(await page.getByRole('checkbox', { name: /^Leadership/ }).isChecked()).toBe(true);
    await page.getByRole('button', { name: 'Detach: Leadership' }).click();
    await page.getByRole('button', { name: 'Attach: Leadership' }).waitFor();
    await page.getByLabel('Close').click();
    await page.locator('.row-event', { hasText: 'detached the audience' }).getByText('Leadership').waitFor();
    await stage.command(comms, incident.id, 'audience.attach', { audience: await audience() });
  });

  test.each(coveringLooks.map((look) => [lookName(look), look] as const))(
    'is written at %s',
    async (_, look) => {
      const page = await composer(comms, look);
      await page.locator('.words-field textarea').first().fill('카드 결제가 실패합니다.');
      await page.locator('.preview-tabs button').nth(1).waitFor();
      expect(await axe(page)).toEqual([]);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(wide).toBeLessThanOrEqual(0);
      await picture(page, 'composer', look);
      await page.locator('.words-field textarea').first().fill('');
    },
  );
});

test('words of a draft that are not saved hold the page back', async () => {
  const page = await composer(comms);
  await page.context().setOffline(true);
  await page.locator('.words-field textarea').first().fill('Half a sent');
  await page.getByText('Saving the draft…').waitFor();
  const asked = new Promise<string>((resolve) => {
    page.once('dialog', (dialog) => {
      resolve(dialog.type());
      void dialog.dismiss();
    });
    page.once('close', () => resolve('closed'));
  });
  await page.close({ runBeforeUnload: true });
  expect(await asked).toBe('beforeunload');
  await page.context().setOffline(false);
  await page.getByText('Draft saved, shared with the room').waitFor();
  await page.locator('.words-field textarea').first().fill('');
  await page.getByText('Draft saved, shared with the room').waitFor();
  stage.forgive(/ERR_INTERNET_DISCONNECTED|WebSocket connection/);
});

test('a message tells when its matter happened, by the clock button or by a word', async () => {
  const page = await inRoom(await stage.open(responder, `/i/${incident.number}`));
  const box = page.locator('.composer-field');
  await page.getByRole('button', { name: 'It happened at' }).click();
  await expect.poll(() => box.inputValue(), patiently).toMatch(/^\/at \d\d:\d\d $/);
  await page.keyboard.type('00:00');
  await page.keyboard.press('End');
  await page.keyboard.type('the first customer called');
  await page.keyboard.press('Enter');
  await page
    .locator('.row', { hasText: 'the first customer called' })
    .getByText('happened at 00:00')
    .waitFor();
  await box.fill('/at soon it rang');
  await page.keyboard.press('Enter');
  await page.locator('.composer-note', { hasText: 'Give a time that has passed' }).waitFor();
  expect(await box.inputValue()).toBe('/at soon it rang');
  await box.fill('');
});

test('who only reads finds the updates for their address from the board', async () => {
  const reader = await stage.person('Olivia Reader', { access: 'stakeholder' });
  const page = await stage.open(reader, '/board', { size: 'one', locale: 'ko' });
  await page.getByRole('link', { name: '나에게 온 공지' }).click();
  await page.locator('h1', { hasText: '나에게 온 공지' }).waitFor();
  expect(new URL(page.url()).pathname).toBe('/stakeholder/incidents');
});

test('an administrator enters a private incident by its number, with a reason that its log keeps', async () => {
  const hidden = await stage.declare(commander, { title: 'Keys were seen', private: true });
  const page = await stage.open(stage.admin, `/i/${hidden.number}`);
  await page.getByText('Emergency access to a private incident').click();
  await page.getByRole('button', { name: 'Enter and write it in the log' }).click();
  await page.getByText('Give a reason for the log.').waitFor();
  await page.getByLabel('Reason').fill('Nobody inside answers.');
  await page.getByRole('button', { name: 'Enter and write it in the log' }).click();
  await inRoom(page);
  const entry = page.locator('.row-event', { hasText: 'Nobody inside answers.' });
  await entry.waitFor();
  expect(await entry.textContent()).toContain('entered by emergency access');
  stage.forgive(/status of 404/);
});

async function audience(): Promise<string> {
  const answer = await fetch(`${stage.url}/api/settings/audience`, {
    headers: { authorization: `Bearer ${comms.token}` },
  });
  const { settings } = (await answer.json()) as { settings: { id: string }[] };
  return settings[0]?.id ?? '';
}

describe('what did not reach anybody', () => {
  test('is shown with the reason, and arrives after it is tried again by hand', async () => {
    hooks.answer = answers(400);
    await stage.command(comms, incident.id, 'update.send', { state: 'mitigating', text: 'Repairing.' });
    const page = await inRoom(await stage.open(comms, `/i/${incident.number}`));
    const row = page.locator('.row-event', { hasText: 'Repairing.' });
    await row.getByText('Delivered 1 · failed 1').waitFor();
    await row.getByRole('button', { name: 'Show' }).click();
    await page.locator('.delivery-list li', { hasText: 'HTTP 400' }).waitFor();
    hooks.answer = answers(204);
    await page.locator('.delivery-list').getByRole('button', { name: 'Try again' }).click();
    await page.locator('.preview-tabs', { hasText: 'Delivered 2' }).waitFor();
    const other = await inRoom(await stage.open(responder, `/i/${incident.number}`));
    const seen = other.locator('.row-event', { hasText: 'Repairing.' });
    await seen.getByText('Delivered 2 · failed 0').waitFor();
    expect(await seen.getByRole('button', { name: 'Show' }).count()).toBe(0);
  });
});

describe('an update that was promised', () => {
  test('and does not come is said to Communications first, and to the commander', async () => {
    const nextUpdateAt = new Date(Date.now() + 2_000).toISOString();
    const body = { state: 'mitigating', text: 'Soon more.', nextUpdateAt };
    await stage.command(comms, incident.id, 'update.send', body);
    const [first, second] = await Promise.all(
      [comms, commander].map(async (who) => inRoom(await stage.open(who, `/i/${incident.number}`))),
    );
    for (const [page, level] of [
      [first, '3'],
      [second, '2'],
    ] as const) {
      const waiting = page?.locator('.strip-waiting', { hasText: 'Update 1 min late' });
      await waiting?.waitFor();
      expect(await waiting?.getAttribute('data-level')).toBe(level);
    }
    await first?.locator('.row-event', { hasText: 'The update promised for' }).waitFor();
  });
});

describe('a question from outside', () => {
  test('waits for Communications, who answers it; responders see how many there are', async () => {
    const link = await stage.link(comms, incident.id);
    const asked = await fetch(`${stage.url}/api${link}/questions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: 'When can we sell again?', name: 'Sales' }),
    });
    expect(asked.status).toBe(201);
    const page = await inRoom(await stage.open(comms, `/i/${incident.number}`));
    await page.locator('.questions-line').waitFor();
    await page.locator('.strip-more').click();
    await page.getByRole('button', { name: 'Read and answer' }).last().click();
    await page.locator('.question', { hasText: 'When can we sell again?' }).waitFor();
    expect(await axe(page)).toEqual([]);
    await picture(page, 'questions');
    await page.getByLabel('Answer', { exact: true }).fill('By noon.');
    await page.getByText('to everybody who reads the page').click();
    await page.getByRole('button', { name: 'Send answer' }).click();
    await page.locator('.question-answer', { hasText: 'By noon.' }).waitFor();
    const other = await inRoom(await stage.open(responder, `/i/${incident.number}`));
    await other.locator('.questions-line', { hasText: '1 question from outside' }).waitFor();
    expect(await other.content()).not.toContain('When can we sell again?');
  });
});
