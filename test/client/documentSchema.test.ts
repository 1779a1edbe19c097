import { initProseMirrorDoc, updateYFragment } from '@tiptap/y-tiptap';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { documentRoots, templateUpdate } from '#shared/document.ts';
import { findObstacle, findObstacleInChanges, flattenBlock } from '../../client/document/parsable.ts';
import { isLinkAllowed } from '../../client/document/links.ts';
import { documentSchema } from '../../client/document/schema.ts';

const schema = documentSchema();

/** An element told in short: name, attributes, children; text is text, text with marks an array. */
type Told =
  string | { text: unknown; marks: Record<string, unknown> } | [string, Record<string, unknown>, ...Told[]];

function make(told: Told): Y.XmlElement | Y.XmlText {
  if (typeof told === 'string') return new Y.XmlText(told);
  if (!Array.isArray(told)) {
    const text = new Y.XmlText();
    if (typeof told.text === 'string') text.insert(0, told.text, told.marks);
    else text.insertEmbed(0, told.text as object);
    return text;
  }
  const [name, attributes, ...children] = told;
  const element = new Y.XmlElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value as string);
  element.insert(0, children.map(make));
  return element;
}

function fragmentOf(...blocks: Told[]): Y.XmlFragment {
  const fragment = new Y.Doc().getXmlFragment(documentRoots.content);
  fragment.insert(0, blocks.map(make));
  return fragment;
}

/** What the binding does with a document when an editor is mounted on it. */
function bind(fragment: Y.XmlFragment): void {
  const { doc, meta } = initProseMirrorDoc(fragment, schema);
  updateYFragment(fragment.doc as Y.Doc, fragment, doc, meta);
}

const everything: Told[] = [
  ['heading', { level: 1 }, 'Summary'],
  ['paragraph', {}, { text: 'bold', marks: { bold: {} } }],
  ['paragraph', {}, { text: 'all', marks: { italic: {}, strike: {}, underline: {} } }],
  ['paragraph', {}, { text: 'code', marks: { code: {} } }, ['hardBreak', {}]],
  ['paragraph', {}, { text: 'link', marks: { link: { href: 'https://example.org' } } }],
  [
    'bulletList',
    {},
    [
      'listItem',
      {},
      ['paragraph', {}, 'a'],
      ['orderedList', { start: 3 }, ['listItem', {}, ['paragraph', {}, 'b']]],
    ],
  ],
  [
    'taskList',
    {},
    ['taskItem', { checked: true }, ['paragraph', {}, 'done']],
    ['taskItem', { checked: false }, ['paragraph', {}]],
  ],
  ['codeBlock', { language: 'sh' }, 'one\ntwo'],
  ['blockquote', {}, ['paragraph', {}, 'said']],
  ['horizontalRule', {}],
  [
    'table',
    {},
    ['tableRow', {}, ['tableHeader', { colspan: 1, rowspan: 1 }, ['paragraph', {}, 'H']]],
    ['tableRow', {}, ['tableCell', { colspan: 1, rowspan: 1 }, ['paragraph', {}, 'c']]],
  ],
  [
    'bulletList',
    {},
    ['listItem', {}, ['bulletList', {}, ['listItem', {}, ['paragraph', {}, 'a list without its paragraph']]]],
  ],
];

describe('a document that the editor can show', () => {
  test('has no obstacle, and mounting an editor on it loses none of its text', () => {
    const fragment = fragmentOf(...everything);
    expect(findObstacle(fragment, schema)).toBeNull();
    const before = fragment.toJSON().replaceAll(/<[^>]*>/g, '');
    bind(fragment);
    expect(fragment.toJSON().replaceAll(/<[^>]*>/g, '')).toBe(before);
  });

  test('the template of a new incident has none, and mounting writes nothing at all', () => {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, templateUpdate('ko'));
    const before = Y.encodeStateAsUpdate(doc);
    expect(findObstacle(doc.getXmlFragment(documentRoots.content), schema)).toBeNull();
    bind(doc.getXmlFragment(documentRoots.content));
    expect(Y.encodeStateAsUpdate(doc)).toEqual(before);
  });

  test('no node needs an attribute to be given, so a missing one never makes it unreadable', () => {
    expect(Object.values(schema.nodes).filter((type) => type.hasRequiredAttrs())).toEqual([]);
  });
});

describe('what the editor would delete is found before it is bound', () => {
  const cases: [string, string, Told][] = [
    ['an unknown node', 'unknown', ['hologram', {}, 'text']],
    ['an unknown node without text', 'unknown', ['hologram', {}]],
    [
      'an unknown node deep inside',
      'unknown',
      ['blockquote', {}, ['paragraph', {}, 'a'], ['hologram', {}, 'text']],
    ],
    ['an unknown mark', 'unknown', ['paragraph', {}, { text: 'x', marks: { glow: {} } }]],
    ['an unknown attribute of a node', 'unknown', ['paragraph', { mood: 'calm' }, 'x']],
    [
      'an unknown attribute of a mark',
      'unknown',
      ['paragraph', {}, { text: 'x', marks: { bold: { weight: 900 } } }],
    ],
    ['an embed', 'unknown', ['paragraph', {}, { text: { image: 'x' }, marks: {} }]],
    ['text outside of any block', 'misplaced', 'loose text'],
    ['a block in a paragraph', 'misplaced', ['paragraph', {}, ['heading', { level: 2 }, 'x']]],
    ['a cell without a table', 'misplaced', ['tableCell', {}, ['paragraph', {}, 'x']]],
    ['an item outside of a list', 'misplaced', ['listItem', {}, ['paragraph', {}, 'x']]],
    ['a list item in a check list', 'misplaced', ['taskList', {}, ['listItem', {}, ['paragraph', {}, 'x']]]],
    ['bold text in a code block', 'misplaced', ['codeBlock', {}, { text: 'x', marks: { bold: {} } }]],
    ['text directly in a list item', 'misplaced', ['bulletList', {}, ['listItem', {}, 'x']]],
  ];

  test.each(cases)('%s', (_, kind, told) => {
    const fragment = fragmentOf(['paragraph', {}, 'fine'], told);
    expect(findObstacle(fragment, schema)?.kind).toBe(kind);
  });

  test.each(cases)('also when it arrives in a change: %s', (_, kind, told) => {
    const fragment = fragmentOf(['paragraph', {}, 'fine'], ['blockquote', {}, ['paragraph', {}, 'quoted']]);
    const found: (string | undefined)[] = [];
    fragment.observeDeep((events) => found.push(findObstacleInChanges(events, schema)?.kind));
    fragment.insert(1, [make(told)]);
    expect(found).toEqual([kind]);
  });

  test('is no false alarm for ordinary changes', () => {
    const fragment = fragmentOf(...everything);
    const found: unknown[] = [];
    fragment.observeDeep((events) => found.push(findObstacleInChanges(events, schema)));
    (fragment.get(0) as Y.XmlElement).insert(0, [new Y.XmlText('x')]);
    ((fragment.get(1) as Y.XmlElement).get(0) as Y.XmlText).format(0, 2, { italic: {} });
    fragment.delete(3, 1);
    expect(found).toEqual([null, null, null]);
  });

  test('lets an empty shell pass: what would go there holds nothing of anybody', () => {
    expect(findObstacle(fragmentOf(['paragraph', {}, 'a'], ['bulletList', {}]), schema)).toBeNull();
  });

  test('the check is needed: the binding really deletes what it does not know', () => {
    const fragment = fragmentOf(['paragraph', {}, 'fine'], ['hologram', {}, 'text']);
    bind(fragment);
    expect(fragment.toJSON()).not.toContain('hologram');
  });
});

test.each([
  [
    ['hologram', {}, ['paragraph', {}, 'one'], ['paragraph', {}, 'two']] as Told,
    '<paragraph>one</paragraph><paragraph>two</paragraph>',
  ],
  ['loose\ntext', '<paragraph>loose</paragraph><paragraph>text</paragraph>'],
])('a part turned into plain text keeps every line of it', (told, result) => {
  const fragment = fragmentOf(['paragraph', {}, 'a'], told, ['paragraph', {}, 'z']);
  const block = findObstacle(fragment, schema)?.block ?? (fragment.get(1) as Y.XmlElement);
  flattenBlock(fragment, block);
  expect(fragment.toJSON()).toBe(`<paragraph>a</paragraph>${result}<paragraph>z</paragraph>`);
  expect(findObstacle(fragment, schema)).toBeNull();
});

test.each([
  ['https://example.org/a?b#c', true],
  ['http://localhost:3000', true],
  ['mailto:kim@example.org', true],
  ['javascript:alert(1)', false],
  ['JaVaScRiPt:alert(1)', false],
  ['data:text/html,x', false],
  ['file:///etc/passwd', false],
  ['/relative', false],
  ['', false],
])('a link to %s is allowed: %s', (address, allowed) => {
  expect(isLinkAllowed(address)).toBe(allowed);
});

test('docs/document.md names every node, mark and attribute of the schema', () => {
  const page = readFileSync(new URL('../../docs/document.md', import.meta.url), 'utf8');
  const names = [
    ...Object.values(schema.nodes).filter(({ name }) => name !== 'doc' && name !== 'text'),
    ...Object.values(schema.marks),
  ].flatMap(({ name, spec }) => [name, ...Object.keys(spec.attrs ?? {}).map((attribute) => attribute)]);
  expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});
