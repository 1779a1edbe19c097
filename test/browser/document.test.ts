import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { templateUpdate } from '#shared/document.ts';
import {
  COMMANDER,
  OPS,
  copied,
  ready,
  saved,
  textOf,
  until,
  documentStage,
} from '../support/documentStage.ts';

const { content, doc, open, profile, server, xml } = documentStage();

/** What a syllable looks like while it is composed from its letters: 한 is ㅎ, 하, 한. */
function stepsOf(syllable: string): string[] {
  const letters = syllable.normalize('NFD');
  return Array.from(letters, (_, index) => letters.slice(0, index + 1).normalize('NFC'));
}

describe('two people in one document', () => {
  test('opening changes nothing; concurrent typing converges; carets carry name and role', async () => {
    const before = Y.encodeStateAsUpdate(doc());
    const [kim, ada] = await Promise.all([open(COMMANDER).then(ready), open(OPS).then(ready)]);
    expect(Y.encodeStateAsUpdate(doc())).toEqual(before);
    await kim.locator('.ProseMirror p').nth(0).click();
    await ada.locator('.ProseMirror p').nth(1).click();
    await Promise.all([
      kim.keyboard.type('Card payments fail since 10:42.', { delay: 5 }),
      ada.keyboard.type('Rolling back to v41.', { delay: 5 }),
    ]);
    await Promise.all([saved(kim), saved(ada)]);
    await until('both texts on both pages', async () => {
      const texts = await Promise.all([kim, ada].map(textOf));
      return texts.every((text) => text.includes('since 10:42.') && text.includes('to v41.'));
    });
    expect(xml()).toContain('<paragraph>Card payments fail since 10:42.</paragraph>');
    await ada.waitForSelector('.caret-moved .caret-label[data-label="IC Kim Minji"]', { state: 'attached' });
    await kim.waitForSelector('.caret .caret-label[data-label="OPS Ada Park"]', { state: 'attached' });
    expect(await ada.getByRole('list', { name: 'Writing in the document' }).innerText()).toBe('IC Kim Minji');
    await until(
      'the label goes after two seconds',
      async () => (await ada.locator('.caret-moved').count()) === 0,
    );
  });

  test('what is typed after a click beside a line that ends in the caret of somebody else is all there', async () => {
    const [kim, ada] = await Promise.all([open(COMMANDER).then(ready), open(OPS).then(ready)]);
    let line = '';
    for (const [round, word] of [
      'one',
      ' two',
      ' three',
      ' four',
      ' five',
      ' six',
      ' seven',
      ' eight',
      ' nine',
      ' ten',
      ' eleven',
    ].entries()) {
      const [writer, other] = round % 2 === 0 ? [kim, ada] : [ada, kim];
      await writer.bringToFront();
      const own = writer.locator('.ProseMirror p').first();
      const box = await own.boundingBox();
      // Each time elsewhere: two clicks on one place within half a second select the word.
      const x = (box?.width ?? 0) - 20 * (round + 1);
      await own.click({ position: { x, y: (box?.height ?? 0) / 2 } });
      await writer.keyboard.type(word);
      line += word;
      await until(`“${line}” on the server`, () => xml().includes(`<paragraph>${line}<`));
      await other.locator('.caret').waitFor({ state: 'attached' });
      await other.locator('.ProseMirror', { hasText: line }).waitFor();
    }
    expect(xml()).toContain(`<paragraph>${line}</paragraph>`);
  });

  test.each([
    ['at the beginning of the line', 0],
    ['in the middle of it', 3],
    ['just before the caret', 6],
  ])('a Hangul composition survives what somebody else inserts %s', async (_, place) => {
    const [kim, ada] = await Promise.all([open(COMMANDER).then(ready), open(OPS).then(ready)]);
    await kim.locator('.ProseMirror p').nth(0).click();
    await kim.keyboard.type('start ');
    await saved(kim);
    const line = (content().get(1) as Y.XmlElement).get(0) as Y.XmlText;
    const ime = await kim.context().newCDPSession(kim);
    let inserted = 0;
    for (const word of ['한글', '조합']) {
      // As an input method does it: syllable by syllable, each from its letters.
      for (const syllable of word) {
        for (const text of stepsOf(syllable)) {
          await ime.send('Input.imeSetComposition', {
            text,
            selectionStart: text.length,
            selectionEnd: text.length,
          });
          line.insert(place + inserted, 'x');
          inserted += 1;
        }
        await ime.send('Input.insertText', { text: syllable });
      }
    }
    await kim.keyboard.type(' end');
    await saved(kim);
    const expected = `${'start '.slice(0, place)}${'x'.repeat(inserted)}${'start '.slice(place)}한글조합 end`;
    await until('all of it on both pages', async () => {
      const texts = await Promise.all([kim, ada].map(textOf));
      return texts.every((text) => text.includes(expected));
    });
    expect(xml()).toContain(`<paragraph>${expected}</paragraph>`);
  });

  test('an edit above the view leaves my line where it is', async () => {
    doc().transact(() => {
      const blocks = Array.from({ length: 80 }, (_, index) => {
        const paragraph = new Y.XmlElement('paragraph');
        paragraph.insert(0, [new Y.XmlText(`line ${index}`)]);
        return paragraph;
      });
      content().insert(content().length, blocks);
    });
    const kim = await ready(await open(COMMANDER));
    const mine = kim.getByText('line 70', { exact: true });
    await mine.click();
    const before = await mine.boundingBox();
    const above = new Y.XmlElement('paragraph');
    above.insert(0, [new Y.XmlText('new at the top '.repeat(60))]);
    content().insert(0, [above]);
    await kim.waitForSelector('text=new at the top');
    expect(Math.abs(((await mine.boundingBox())?.y ?? 0) - (before?.y ?? 0))).toBeLessThan(2);
    await kim.keyboard.type('!');
    await until(
      'the caret stayed in its line',
      () => xml().includes('line 70!') || /line \d*!?70/.test(xml()),
    );
  });

  test('the scratch pad keeps the caret while others write before it', async () => {
    const kim = await ready(await open(COMMANDER));
    await kim.getByRole('tab', { name: 'Scratch pad' }).click();
    const pad = kim.getByRole('textbox', { name: 'Scratch pad' });
    await pad.click();
    await kim.keyboard.type('mine');
    await until('it arrived', () => doc().getText('scratch').toJSON() === 'mine');
    doc().getText('scratch').insert(0, 'theirs\n');
    await until('theirs arrived', async () => (await pad.inputValue()) === 'theirs\nmine');
    await kim.keyboard.type('!');
    await saved(kim);
    expect(doc().getText('scratch').toJSON()).toBe('theirs\nmine!');
  });
});

describe('saved means durable', () => {
  test('[16] with the acknowledgement held back it is never "saved": Saving at 1 s, Not saved at 3 s; released, saved', async () => {
    const kim = await ready(await open(COMMANDER));
    await saved(kim);
    server().holdAcknowledgements(true);
    await kim.locator('.ProseMirror p').nth(0).click();
    await kim.keyboard.type('x');
    await kim.waitForSelector('.save-mark[data-save=editing]');
    await kim.waitForSelector('.save-mark[data-save=saving]');
    await kim.waitForSelector('.save-mark[data-save=not_saved]');
    const seen = await kim.evaluate(() =>
      (window as unknown as { saveStates: { kind: string; unsaved: number }[] }).saveStates.map(
        ({ kind, unsaved }) => `${kind} ${unsaved}`,
      ),
    );
    expect(seen.slice(seen.lastIndexOf('saved 0') + 1)).toEqual(['saved 1', 'saving 1', 'not_saved 1']);
    server().holdAcknowledgements(false);
    await saved(kim);
  });

  test('[17] what is typed offline survives a reload and arrives once', async () => {
    const context = await profile();
    const kim = await ready(await open(COMMANDER, {}, context));
    await saved(kim);
    server().refuseUpgrades(true);
    server().closeAll(1012);
    await kim.waitForSelector('.save-mark[data-save=offline]', { timeout: 15_000 });
    await kim.locator('.ProseMirror p').nth(0).click();
    await kim.keyboard.type('typed in the dark');
    await kim.getByRole('tab', { name: 'Scratch pad' }).click();
    await kim.getByRole('textbox', { name: 'Scratch pad' }).fill('raw output');
    await until('it counts', async () => /waiting/.test(await kim.locator('.save-mark').innerText()));
    expect(xml()).not.toContain('dark');
    await copied(kim);
    kim.on('dialog', (dialog) => void dialog.accept());
    await kim.reload();
    await ready(kim);
    expect(await kim.locator('.ProseMirror').innerText()).toContain('typed in the dark');
    await kim.waitForSelector('.save-mark[data-save=offline]', { timeout: 15_000 });
    expect(await kim.locator('.save-mark').innerText()).not.toContain(' 0 ');
    server().refuseUpgrades(false);
    await saved(kim);
    expect(xml().match(/typed in the dark/g)).toHaveLength(1);
    expect(doc().getText('scratch').toJSON()).toBe('raw output');
  });

  test('another person on the same browser gets nothing of it', async () => {
    const context = await profile();
    const kim = await ready(await open(COMMANDER, {}, context));
    await saved(kim);
    server().refuseUpgrades(true);
    server().closeAll(1012);
    await kim.locator('.ProseMirror p').nth(0).click();
    await kim.keyboard.type('mine alone');
    await copied(kim);
    await kim.close();
    server().refuseUpgrades(false);
    const ada = await ready(await open(OPS, {}, context));
    await saved(ada);
    expect(await ada.locator('.ProseMirror').innerText()).not.toContain('mine alone');
    expect(xml()).not.toContain('mine alone');
  });

  test('[4409] a refused document gives its text back and is replaced, with a new client id', async () => {
    const context = await profile();
    const kim = await ready(await open(COMMANDER, {}, context));
    await kim.locator('.ProseMirror p').nth(0).click();
    await kim.keyboard.type('before ');
    await saved(kim);
    const clientsBefore = new Set(doc().store.clients.keys());
    server().closeAll(4409);
    await kim.waitForSelector('.document-kept');
    expect(await kim.locator('.document-kept textarea').inputValue()).toContain('before ');
    await ready(kim);
    await kim.locator('.ProseMirror p').nth(0).click();
    await kim.keyboard.press('End');
    await kim.keyboard.type('after');
    await until('the new instance writes', () => xml().includes('before after'));
    expect([...doc().store.clients.keys()].filter((id) => !clientsBefore.has(id))).toHaveLength(1);
    await kim.getByRole('button', { name: 'Put away' }).click();
    await saved(kim);
  });

  test('a server restored from a backup gets nothing of the old history; the person gets the text', async () => {
    const context = await profile();
    const kim = await ready(await open(COMMANDER, {}, context));
    await kim.locator('.ProseMirror p').nth(0).click();
    await kim.keyboard.type('of the old history');
    await saved(kim);
    await copied(kim);
    await kim.close();
    content().delete(0, content().length);
    Y.applyUpdate(doc(), templateUpdate('en'));
    const fresh = new Y.XmlElement('heading');
    (fresh as unknown as Y.XmlElement<{ level: number }>).setAttribute('level', 2);
    fresh.insert(0, [new Y.XmlText('Restored')]);
    content().insert(0, [fresh]);
    server().setStorageEpoch('epoch-2');
    const again = await open(COMMANDER, {}, context);
    await ready(again);
    await again.waitForSelector('.document-kept');
    expect(await again.locator('.document-kept textarea').inputValue()).toContain('of the old history');
    expect(await again.locator('.ProseMirror').innerText()).not.toContain('old history');
    const copies = async (): Promise<(string | undefined)[]> => {
      const names = await again.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
      return names.filter((name) => name?.startsWith('warroom.document/'));
    };
    await until('only the copy of the new history is left', async () => {
      const names = await copies();
      return names.length === 1 && names[0]?.endsWith('epoch-2') === true;
    });
    // What is handed back outlives the page, until it is put away.
    await again.reload();
    await again.waitForSelector('.document-kept');
    const kept = again.locator('.document-kept textarea');
    expect(await kept.inputValue()).toContain('of the old history');
    await again.getByRole('button', { name: 'Put away' }).click();
    await again.waitForSelector('.document-kept', { state: 'detached' });
    await again.reload();
    await ready(again);
    await saved(again);
    expect(await again.locator('.document-kept').count()).toBe(0);
  });
});
