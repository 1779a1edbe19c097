import * as Y from 'yjs';
import { documentRoots } from '#shared/document.ts';
import type { DocumentMark, TracedDocument } from './tracedDocument.ts';

/** What became of a piece of the document: it stands, it was deleted, or it is new since a marked moment. */
export type Change = 'same' | 'gone' | 'new';

/** Text of one form, of one author, with one fate. */
export interface Run {
  text: string;
  /** Marks of the schema by name, with the address of a link. */
  marks: Readonly<Record<string, string>>;
  /** The Yjs client that wrote it. */
  client: number;
  change: Change;
  /** Who deleted it, where that is known. */
  goneBy: string | null;
}

export interface Block {
  name: string;
  attributes: Readonly<Record<string, unknown>>;
  change: Change;
  children: readonly (Block | Run)[];
}

export function isRun(part: Block | Run): part is Run {
  return 'text' in part;
}

/** Which history is shown: none, all that was deleted, or what happened since a mark. */
export type Trace = { kind: 'none' } | { kind: 'deleted' } | { kind: 'since'; mark: DocumentMark };

/** Blocks nested deeper than this are left out: a hostile document must not exhaust the stack. */
const MOST_DEPTH = 60;

/** The document as blocks: its rich text, then the lines of the scratch pad. What it does not know it shows as text. */
export function documentTree(
  traced: TracedDocument,
  trace: Trace,
): { content: Block[]; scratch: (readonly Run[])[] } {
  const { doc } = traced;
  const reader: Reader = { traced, trace };
  const content = blocksOf(reader, doc.getXmlFragment(documentRoots.content), 0).filter(
    (part): part is Block => !isRun(part),
  );
  return { content, scratch: lines(runsOf(reader, doc.getText(documentRoots.scratch))) };
}

interface Reader {
  traced: TracedDocument;
  trace: Trace;
}

interface Piece {
  offset: number;
  length: number;
  change: Change | 'hidden';
  goneBy: string | null;
}

/** What became of an item, cut where its fate changes. */
function piecesOf({ traced, trace }: Reader, item: Y.Item): Piece[] {
  const { client, clock } = item.id;
  if (trace.kind === 'none') {
    return [{ offset: 0, length: item.length, change: item.deleted ? 'hidden' : 'same', goneBy: null }];
  }
  const cuts = item.deleted ? traced.edgesIn(client, clock, item.length) : [];
  const seen = trace.kind === 'since' ? (trace.mark.vector.get(client) ?? 0) : Infinity;
  if (seen > clock && seen < clock + item.length) cuts.push(seen);
  const edges = [clock, ...cuts.toSorted((a, b) => a - b), clock + item.length];
  return edges.slice(0, -1).map((from, index) => {
    const deletion = item.deleted ? traced.deletionOf(client, from) : undefined;
    const isOld = from < seen;
    let change: Piece['change'] = isOld ? 'same' : 'new';
    if (item.deleted) {
      const isLater = trace.kind === 'deleted' || (deletion?.nth ?? 0) > trace.mark.deletions;
      change = isOld && isLater ? 'gone' : 'hidden';
    }
    return {
      offset: from - clock,
      length: (edges[index + 1] ?? from) - from,
      change,
      goneBy: deletion?.by ?? null,
    };
  });
}

function* itemsOf(type: Y.XmlFragment | Y.Text): Generator<Y.Item> {
  for (let item = type._start; item !== null; item = item.right) yield item;
}

function blocksOf(reader: Reader, parent: Y.XmlFragment, depth: number): (Block | Run)[] {
  if (depth > MOST_DEPTH) return [];
  const parts: (Block | Run)[] = [];
  for (const item of itemsOf(parent)) {
    if (!(item.content instanceof Y.ContentType)) continue;
    const { type } = item.content;
    if (type instanceof Y.XmlElement) {
      const [piece] = piecesOf(reader, item);
      if (!piece || piece.change === 'hidden') continue;
      parts.push({
        name: type.nodeName,
        attributes: attributesOf(type),
        change: piece.change,
        children: blocksOf(reader, type, depth + 1),
      });
    } else if (type instanceof Y.XmlText || type instanceof Y.Text) {
      parts.push(...runsOf(reader, type));
    }
  }
  return parts;
}

/** Also those of an element that was deleted: with it, all its attributes count as deleted. */
function attributesOf(element: Y.XmlElement): Record<string, unknown> {
  const attributes: Record<string, unknown> = {};
  for (const [name, item] of element._map) {
    const values = item.content.getContent();
    if (!item.deleted || element._item?.deleted) attributes[name] = values.at(-1);
  }
  return attributes;
}

function runsOf(reader: Reader, text: Y.Text): Run[] {
  const runs: Run[] = [];
  let marks: Readonly<Record<string, string>> = {};
  for (const item of itemsOf(text)) {
    const { content } = item;
    if (content instanceof Y.ContentFormat) {
      if (!item.deleted) marks = withMark(marks, content.key, content.value as unknown);
    } else if (content instanceof Y.ContentString) {
      for (const { offset, length, change, goneBy } of piecesOf(reader, item)) {
        if (change === 'hidden') continue;
        const said = content.str.slice(offset, offset + length);
        addRun(runs, { text: said, marks, client: item.id.client, change, goneBy });
      }
    }
  }
  return runs;
}

/** Marks that may overlap have a hash behind their name. */
function withMark(
  marks: Readonly<Record<string, string>>,
  key: string,
  value: unknown,
): Readonly<Record<string, string>> {
  const [name = key] = key.split('--');
  const { [name]: _, ...others } = marks;
  if (value === null || value === undefined) return others;
  const href = typeof value === 'object' && 'href' in value ? String(value.href) : '';
  return { ...others, [name]: href };
}

function addRun(runs: Run[], run: Run): void {
  const before = runs.at(-1);
  const isSame =
    before?.client === run.client &&
    before.change === run.change &&
    before.goneBy === run.goneBy &&
    before.marks === run.marks;
  if (before && isSame) before.text += run.text;
  else runs.push(run);
}

/** The runs of the scratch pad by lines, so that a change touches one line. */
function lines(runs: readonly Run[]): (readonly Run[])[] {
  const found: Run[][] = [[]];
  for (const run of runs) {
    for (const [index, text] of run.text.split('\n').entries()) {
      if (index > 0) found.push([]);
      if (text !== '') found.at(-1)?.push({ ...run, text });
    }
  }
  if (found.at(-1)?.length === 0) found.pop();
  return found;
}
