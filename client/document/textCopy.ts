import * as Y from 'yjs';
import { documentRoots } from '#shared/document.ts';

/**
 * The text of a document for a person to paste elsewhere, with the lightest marks of its form: headings, list items,
 * ticks, code fences and table rows. Shows everything, also what this version does not know.
 */
export function textCopyOf(doc: Y.Doc): string {
  const content = doc.getXmlFragment(documentRoots.content).toArray();
  const scratch = doc.getText(documentRoots.scratch).toJSON();
  const blocks = content.map((block) => blockText(block, '')).filter((text) => text.trim() !== '');
  return [...blocks, ...(scratch.trim() === '' ? [] : [`## Scratch\n\n${scratch}`])].join('\n\n');
}

function blockText(node: unknown, indent: string): string {
  if (node instanceof Y.XmlText) return indent + inlineText(node);
  if (!(node instanceof Y.XmlElement)) return '';
  const inside = node.toArray();
  switch (node.nodeName) {
    case 'heading':
      return `${'#'.repeat(Number(node.getAttribute('level') ?? 2))} ${plain(node)}`;
    case 'codeBlock':
      return `\`\`\`\n${plain(node)}\n\`\`\``;
    case 'horizontalRule':
      return '---';
    case 'hardBreak':
      return '\n';
    case 'bulletList':
    case 'orderedList':
    case 'taskList':
      return inside.map((item, index) => itemText(item, marker(node.nodeName, item, index), indent)).join('\n');
    case 'tableRow':
      return `| ${inside.map((cell) => plain(cell).replace(/\s*\n\s*/g, ' ')).join(' | ')} |`;
    case 'table':
      return inside.map((row) => blockText(row, indent)).join('\n');
    case 'paragraph':
      return indent + plain(node);
    default:
      return inside.map((child) => blockText(child, indent)).join('\n');
  }
}

function marker(list: string, item: unknown, index: number): string {
  if (list === 'orderedList') return `${index + 1}. `;
  if (list === 'bulletList' || !(item instanceof Y.XmlElement)) return '- ';
  // The binding writes real truth values, other programs may write words.
  return String(item.getAttribute('checked')) === 'true' ? '- [x] ' : '- [ ] ';
}

function itemText(item: unknown, mark: string, indent: string): string {
  if (!(item instanceof Y.XmlElement)) return indent + mark;
  const [first, ...rest] = item.toArray();
  const head = indent + mark + (first === undefined ? '' : blockText(first, '').trimStart());
  return [head, ...rest.map((child) => blockText(child, `${indent}  `))].join('\n');
}

function plain(node: unknown): string {
  if (node instanceof Y.XmlText) return inlineText(node);
  if (!(node instanceof Y.XmlElement)) return '';
  if (node.nodeName === 'hardBreak') return '\n';
  const separator = node.toArray().some((child) => child instanceof Y.XmlElement && child.nodeName !== 'hardBreak') ? '\n' : '';
  return node
    .toArray()
    .map((child) => plain(child))
    .join(separator);
}

function inlineText(text: Y.XmlText): string {
  return (text.toDelta() as { insert: unknown }[])
    .map(({ insert }) => (typeof insert === 'string' ? insert : '\uFFFC'))
    .join('');
}
