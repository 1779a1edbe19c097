import type { MarkType, NodeType, Schema } from '@tiptap/pm/model';
import * as Y from 'yjs';

/**
 * Why a piece of the document cannot go into the editor.
 * - `unknown`: made by a newer version or another program: a node, mark or attribute this version does not have.
 * - `misplaced`: known nodes in an order that the schema does not allow, as edits that met may leave behind.
 */
export interface Obstacle {
  kind: 'unknown' | 'misplaced';
  /** The name that stands in the way, for the person and for support. */
  name: string;
  /** The outermost block that holds it, for turning it into plain text; null when the whole document is in the way. */
  block: Y.XmlElement | Y.XmlText | null;
}

const HASHED_MARK = /--[a-zA-Z0-9+/=]{8}$/;

/**
 * The first thing in `fragment` that the editor cannot show, or null when it can show everything.
 *
 * The editor binding deletes what it cannot turn into an editor node, for everybody. So this is asked before an editor
 * is bound, and again for every change from elsewhere before the binding sees it. Elements without any text in them are
 * let through: what the binding would drop there holds nothing.
 */
export function findObstacle(fragment: Y.XmlFragment, schema: Schema): Obstacle | null {
  const misplaced = childrenFit(fragment, schema.topNodeType, schema);
  if (!misplaced && fragment.length > 0) return { kind: 'misplaced', name: 'doc', block: null };
  for (const child of fragment.toArray()) {
    const obstacle = obstacleIn(child, schema);
    if (obstacle) return obstacle;
  }
  return null;
}

/** The same for what one transaction changed, judging only the changed types and what was put into them. */
export function findObstacleInChanges(
  events: readonly Y.YEvent<Y.AbstractType<unknown>>[],
  schema: Schema,
): Obstacle | null {
  for (const { target } of events) {
    if (!(target instanceof Y.XmlFragment || target instanceof Y.XmlText)) continue;
    if (target._item?.deleted) continue;
    const obstacle =
      target instanceof Y.XmlElement || target instanceof Y.XmlText
        ? obstacleIn(target, schema)
        : findObstacle(target, schema);
    if (obstacle) return obstacle;
  }
  return null;
}

function obstacleIn(type: unknown, schema: Schema): Obstacle | null {
  if (type instanceof Y.XmlText) return obstacleInText(type, schema);
  if (!(type instanceof Y.XmlElement)) return { kind: 'unknown', name: 'hook', block: null };
  const nodeType = schema.nodes[type.nodeName];
  if (!nodeType || nodeType.isText) return { kind: 'unknown', name: type.nodeName, block: outermost(type) };
  for (const attribute of Object.keys(type.getAttributes())) {
    if (nodeType.spec.attrs?.[attribute] === undefined) {
      return { kind: 'unknown', name: `${type.nodeName}.${attribute}`, block: outermost(type) };
    }
  }
  for (const child of type.toArray()) {
    const obstacle = obstacleIn(child, schema);
    if (obstacle) return obstacle;
  }
  if (childrenFit(type, nodeType, schema) || !holdsText(type)) return null;
  return { kind: 'misplaced', name: type.nodeName, block: outermost(type) };
}

function obstacleInText(text: Y.XmlText, schema: Schema): Obstacle | null {
  const { parent } = text;
  const holder = parent instanceof Y.XmlElement ? schema.nodes[parent.nodeName] : undefined;
  if (!holder) return { kind: 'misplaced', name: 'text', block: outermost(text) };
  for (const { insert, attributes } of text.toDelta() as {
    insert: unknown;
    attributes?: Record<string, unknown>;
  }[]) {
    if (typeof insert !== 'string') return { kind: 'unknown', name: 'embed', block: outermost(text) };
    for (const [written, value] of Object.entries(attributes ?? {})) {
      const name = written.replace(HASHED_MARK, '');
      const mark = schema.marks[name];
      if (!mark || !marksAttributes(mark, value)) return { kind: 'unknown', name, block: outermost(text) };
      if (!holder.allowsMarkType(mark)) return { kind: 'misplaced', name, block: outermost(text) };
    }
  }
  return null;
}

/** Would every attribute of the mark survive being read and written back? */
function marksAttributes(mark: MarkType, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value === true;
  return Object.keys(value).every((name) => mark.spec.attrs?.[name] !== undefined);
}

/** Does the sequence of children match the content expression of their parent? */
function childrenFit(parent: Y.XmlFragment, type: NodeType, schema: Schema): boolean {
  let match: NodeType['contentMatch'] | null = type.contentMatch;
  for (const child of parent.toArray()) {
    if (child instanceof Y.XmlText) {
      if (child.length === 0) continue;
      match = match.matchType(schema.nodes['text'] as NodeType);
    } else if (child instanceof Y.XmlElement) {
      const childType: NodeType | undefined = schema.nodes[child.nodeName];
      // Named as unknown where that child is looked at itself.
      if (!childType) return true;
      match = match.matchType(childType);
    }
    if (match === null) return false;
  }
  return match.validEnd;
}

/** Is there anything in it that a person wrote? */
export function holdsText(type: Y.XmlElement | Y.XmlText): boolean {
  if (type instanceof Y.XmlText) return type.length > 0;
  return type
    .toArray()
    .some((child) => (child instanceof Y.XmlElement || child instanceof Y.XmlText) && holdsText(child));
}

function outermost(type: Y.XmlElement | Y.XmlText): Y.XmlElement | Y.XmlText {
  let block: Y.XmlElement | Y.XmlText = type;
  while (block.parent instanceof Y.XmlElement) block = block.parent;
  return block;
}

/**
 * Replaces the block in the way by paragraphs with its plain text, one for each line. A person's own decision: it costs
 * the block's form, and only its form.
 */
export function flattenBlock(fragment: Y.XmlFragment, block: Y.XmlElement | Y.XmlText): void {
  const index = fragment.toArray().indexOf(block);
  if (index < 0) return;
  const lines = linesOf(block);
  fragment.doc?.transact(() => {
    fragment.delete(index, 1);
    fragment.insert(
      index,
      lines.map((line) => {
        const paragraph = new Y.XmlElement('paragraph');
        if (line !== '') paragraph.insert(0, [new Y.XmlText(line)]);
        return paragraph;
      }),
    );
  });
}

function linesOf(type: Y.XmlElement | Y.XmlText): string[] {
  if (type instanceof Y.XmlText) {
    return (type.toDelta() as { insert: unknown }[])
      .map(({ insert }) => (typeof insert === 'string' ? insert : JSON.stringify(insert)))
      .join('')
      .split('\n');
  }
  const children = type
    .toArray()
    .filter((child) => child instanceof Y.XmlElement || child instanceof Y.XmlText);
  return children.flatMap((child) => linesOf(child));
}
