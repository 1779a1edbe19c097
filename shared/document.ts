import * as Y from 'yjs';
import type { Locale } from './contract/wire.ts';
import { draftRoots, REVIEW_DOCUMENT, UPDATE_DOCUMENT } from './draft.ts';

/**
 * Version of the node schema of `content` (docs/document.md). A client that knows less opens the document read-only.
 * 1 (2026-11): first.
 */
export const DOCUMENT_SCHEMA_VERSION = 1;

/** The document that every incident has from its declaration on. */
export const MAIN_DOCUMENT = 'main';

/** The documents that every incident has. */
export const documentNames = [MAIN_DOCUMENT, UPDATE_DOCUMENT, REVIEW_DOCUMENT] as const;

/** The form of a document's name in addresses. */
export const DOCUMENT_NAME_PATTERN = /^[a-z0-9][a-z0-9_-]{0,39}$/;

/** Root types of a document: rich text, plain scratch pad, and what the server says about it. */
export const documentRoots = {
  /** Y.XmlFragment. */
  content: 'content',
  /** Y.Text. */
  scratch: 'scratch',
  /** Y.Map, written by the server only: `schemaVersion`. */
  meta: 'meta',
} as const;

const mainRoots: ReadonlySet<string> = new Set([documentRoots.content, documentRoots.scratch]);

/** The roots of a document that people write in. */
export function openRootsOf(name: string): ReadonlySet<string> {
  return name === UPDATE_DOCUMENT ? draftRoots : mainRoots;
}

/**
 * The one client id that writes templates. Above every id that Yjs draws by chance (they have 32 bits), so that no
 * person can have it.
 */
export const TEMPLATE_CLIENT_ID = 2 ** 32;

/** How many of the template's first clock values are `meta`, which nobody may delete or build on. */
export const TEMPLATE_META_LENGTH = 1;

type Block =
  { kind: 'heading'; text: string } | { kind: 'paragraph' } | { kind: 'tasks' } | { kind: 'bullets' };

interface Headings {
  summary: string;
  status: string;
  command: string;
  impact: string;
  exitCriteria: string;
  work: string;
  timeline: string;
}

const headings: Readonly<Record<Locale, Headings>> = {
  en: {
    summary: 'Summary',
    status: 'Status',
    command: 'Command',
    impact: 'Impact',
    exitCriteria: 'Exit criteria',
    work: 'To do and bugs',
    timeline: 'Timeline',
  },
  ko: {
    summary: '요약',
    status: '상태',
    command: '지휘',
    impact: '영향',
    exitCriteria: '종료 기준',
    work: '할 일과 버그',
    timeline: '타임라인',
  },
};

/** The parts of an incident state document, in the order people ask for them. */
function blocksOf(text: Headings): Block[] {
  return [
    { kind: 'heading', text: text.summary },
    { kind: 'paragraph' },
    { kind: 'heading', text: text.status },
    { kind: 'paragraph' },
    { kind: 'heading', text: text.command },
    { kind: 'paragraph' },
    { kind: 'heading', text: text.impact },
    { kind: 'paragraph' },
    { kind: 'heading', text: text.exitCriteria },
    { kind: 'tasks' },
    { kind: 'heading', text: text.work },
    { kind: 'tasks' },
    { kind: 'heading', text: text.timeline },
    { kind: 'bullets' },
  ];
}

/** The element as the editor's binding writes it, so that opening a fresh document changes nothing. */
function elementOf(block: Block): Y.XmlElement {
  switch (block.kind) {
    case 'heading': {
      const heading = element('heading', [new Y.XmlText(block.text)]);
      // The binding writes attributes with their own type; the declared type of Yjs knows strings only.
      setAttribute(heading, 'level', 2);
      return heading;
    }
    case 'paragraph':
      return element('paragraph', []);
    case 'tasks': {
      const item = element('taskItem', [element('paragraph', [])]);
      setAttribute(item, 'checked', false);
      return element('taskList', [item]);
    }
    case 'bullets':
      return element('bulletList', [element('listItem', [element('paragraph', [])])]);
    default:
      return block satisfies never;
  }
}

function element(name: string, children: (Y.XmlElement | Y.XmlText)[]): Y.XmlElement {
  const made = new Y.XmlElement(name);
  if (children.length > 0) made.insert(0, children);
  return made;
}

function setAttribute(target: Y.XmlElement, name: string, value: number | boolean): void {
  (target as unknown as Y.XmlElement<Record<string, number | boolean>>).setAttribute(name, value);
}

/** The document that a new incident begins with, as one V1 update. The same bytes for the same locale. */
export function templateUpdate(locale: Locale = 'en'): Uint8Array {
  const doc = new Y.Doc();
  doc.clientID = TEMPLATE_CLIENT_ID;
  doc.transact(() => {
    doc.getMap(documentRoots.meta).set('schemaVersion', DOCUMENT_SCHEMA_VERSION);
    doc.getXmlFragment(documentRoots.content).insert(0, blocksOf(headings[locale]).map(elementOf));
  });
  const update = Y.encodeStateAsUpdate(doc);
  doc.destroy();
  return update;
}

/** The schema version that a document says it has; 0 when it says none. */
export function schemaVersionOf(doc: Y.Doc): number {
  const version = doc.getMap(documentRoots.meta).get('schemaVersion');
  return typeof version === 'number' ? version : 0;
}
