import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { documentRoots } from '#shared/document.ts';
import { googleDocsTable, terminalLog, wordTable } from '../support/clipboardSamples.ts';
import {
  COMMANDER,
  OPS,
  paste,
  ready,
  saved,
  unknownElement,
  until,
  documentStage,
} from '../support/documentStage.ts';

const { content, doc, open, xml } = documentStage();

describe('what the editor cannot read', () => {
  test('a document with an unknown node is shown for reading and not one byte of it changes', async () => {
    content().insert(2, [unknownElement()]);
    const before = Y.encodeStateAsUpdate(doc());
    const kim = await open(COMMANDER);
    await kim.waitForSelector('.document-reason');
    expect(await kim.locator('.document-reason').innerText()).toContain('hologram');
    expect(await kim.locator('[role=document]').innerText()).toContain('from the future');
    await until(
      'the line settled',
      async () => (await kim.locator('.save-mark[data-save=saved]').count()) === 1,
    );
    expect(Y.encodeStateAsUpdate(doc())).toEqual(before);
  });

  test('an unknown mark, attribute and embed are as safe as an unknown node', async () => {
    const paragraph = content().get(1) as Y.XmlElement;
    const text = new Y.XmlText();
    paragraph.insert(0, [text]);
    text.insert(0, 'glowing', { glow: { power: 3 } });
    content().insert(0, [new Y.XmlElement('paragraph')]);
    (content().get(0) as Y.XmlElement).setAttribute('mood', 'calm');
    const before = Y.encodeStateAsUpdate(doc());
    const kim = await open(COMMANDER);
    await kim.waitForSelector('.document-reason');
    expect(Y.encodeStateAsUpdate(doc())).toEqual(before);
    expect(await kim.locator('[role=document]').innerText()).toContain('glowing');
  });

  test('one that arrives while somebody writes takes the editor away before its binding can delete it, and gives it back', async () => {
    const kim = await ready(await open(COMMANDER));
    await kim.locator('.ProseMirror p').nth(0).click();
    await kim.keyboard.type('before ');
    await saved(kim);
    content().insert(2, [unknownElement()]);
    await kim.waitForSelector('.document-reason');
    expect(xml()).toContain('<hologram>from the future</hologram>');
    await kim.keyboard.type('lost?');
    content().delete(2, 1);
    await ready(kim);
    expect(xml()).toContain('before ');
    await kim.locator('.ProseMirror p').nth(0).click();
    await kim.keyboard.press('End');
    await kim.keyboard.type('after');
    await saved(kim);
    expect(xml()).toContain('<paragraph>before after</paragraph>');
  });

  test('a person may turn such a part into plain text and go on', async () => {
    content().insert(2, [unknownElement()]);
    const kim = await open(COMMANDER);
    await kim.getByRole('button', { name: 'Turn that part into plain text' }).click();
    await ready(kim);
    await saved(kim);
    expect(xml()).toContain('<paragraph>from the future</paragraph>');
    expect(xml()).not.toContain('hologram');
  });

  test('a newer document schema opens read-only and asks for a reload', async () => {
    doc().getMap(documentRoots.meta).set('schemaVersion', 2);
    const before = Y.encodeStateAsUpdate(doc());
    const kim = await open(COMMANDER);
    await kim.waitForSelector('.document-reason');
    expect(await kim.locator('.document-reason').innerText()).toContain('newer version');
    expect(await kim.getByRole('button', { name: 'Reload the page' }).count()).toBe(1);
    expect(await kim.locator('.ProseMirror').count()).toBe(0);
    expect(Y.encodeStateAsUpdate(doc())).toEqual(before);
  });

  test('two people who change one table at once do not make it grow without end', async () => {
    const [kim, ada] = await Promise.all([open(COMMANDER).then(ready), open(OPS).then(ready)]);
    await kim.locator('.ProseMirror p').nth(0).click();
    await kim.getByRole('button', { name: 'Table', exact: true }).click();
    await ada.waitForSelector('.ProseMirror table');
    await kim.locator('.ProseMirror td').nth(0).click();
    await saved(kim);
    await ada.locator('.ProseMirror td').nth(5).click();
    await ada.getByRole('button', { name: 'Add column to the right' }).waitFor();
    await Promise.all([
      kim.getByRole('button', { name: 'Add row below' }).click(),
      ada.getByRole('button', { name: 'Add column to the right' }).click(),
    ]);
    await Promise.all([saved(kim), saved(ada)]);
    const cells = (): number => (xml().match(/<table(?:cell|header)/g) ?? []).length;
    const count = cells();
    expect(count).toBeGreaterThanOrEqual(13);
    expect(count).toBeLessThanOrEqual(16);
    await kim.waitForTimeout(1_000);
    expect(cells()).toBe(count);
  });
});

describe('pasting', () => {
  test('a terminal log keeps its lines in a code block, without escape sequences or halves of characters', async () => {
    const kim = await ready(await open(COMMANDER));
    await kim.locator('.ProseMirror p').nth(0).click();
    await paste(kim, { 'text/plain': terminalLog });
    await saved(kim);
    const block = content()
      .toArray()
      .find((node) => node instanceof Y.XmlElement && node.nodeName === 'codeBlock');
    expect(((block as Y.XmlElement).get(0) as Y.XmlText).toJSON()).toBe(
      '2026-03-14T03:06:31Z ERROR pool exhausted\n  at acquire (pool.ts:41)\nprogress 90%\n2026-03-14T03:06:32Z  INFO  retrying 😀 half \uFFFD end',
    );
  });

  test('several lines of prose stay paragraphs', async () => {
    const kim = await ready(await open(COMMANDER));
    await kim.locator('.ProseMirror p').nth(0).click();
    await paste(kim, { 'text/plain': 'We looked at the pool.\n\nIt was full.' });
    await saved(kim);
    expect(xml()).not.toContain('codeblock');
    expect(xml()).toContain('<paragraph>It was full.</paragraph>');
  });

  test('a Google Docs table stays a table, with its header', async () => {
    const kim = await ready(await open(COMMANDER));
    await kim.locator('.ProseMirror p').nth(0).click();
    await paste(kim, {
      'text/html': googleDocsTable,
      'text/plain': 'Service\tState\ncheckout\tdown\n검색\t정상',
    });
    await saved(kim);
    expect(await kim.locator('.ProseMirror th').allInnerTexts()).toEqual(['Service', 'State']);
    expect(await kim.locator('.ProseMirror td').allInnerTexts()).toEqual([
      'checkout',
      'down',
      '검색',
      '정상',
    ]);
    expect(xml()).not.toContain('bold');
  });

  test('a Word table and list stay a table and a list', async () => {
    const kim = await ready(await open(COMMANDER));
    await kim.locator('.ProseMirror p').nth(0).click();
    await paste(kim, { 'text/html': wordTable, 'text/plain': 'Time\tFinding' });
    await saved(kim);
    expect(await kim.locator('.ProseMirror th').allInnerTexts()).toEqual(['Time', 'Finding']);
    expect(await kim.locator('.ProseMirror td').allInnerTexts()).toEqual([
      '11:58',
      'rolled back to v41',
      'both cells',
    ]);
    expect(await kim.locator('.ProseMirror td').nth(2).getAttribute('colspan')).toBe('2');
    expect((await kim.locator('.ProseMirror ul:not([data-type]) li p').allInnerTexts()).slice(0, 2)).toEqual([
      'first point',
      'second point',
    ]);
  });

  test('links lead to http, https and mailto only', async () => {
    const kim = await ready(await open(COMMANDER));
    await kim.locator('.ProseMirror p').nth(0).click();
    await paste(kim, {
      'text/html': '<p><a href="javascript:alert(1)">bad</a> <a href="https://example.org/x">good</a></p>',
      'text/plain': 'bad good',
    });
    await saved(kim);
    expect(await kim.locator('.ProseMirror a').allInnerTexts()).toEqual(['good']);
    expect(xml()).not.toContain('javascript');
  });

  test('too large a paste is refused in place', async () => {
    const kim = await ready(await open(COMMANDER));
    await kim.locator('.ProseMirror p').nth(0).click();
    await paste(kim, { 'text/plain': 'x'.repeat(300_000) });
    await kim.waitForSelector('.document-note');
    expect(xml()).not.toContain('xxx');
  });
});
