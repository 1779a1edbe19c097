import { useLayoutEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import { messageFragment } from '../../room/markdown.ts';

interface MessageTextProps {
  text: string;
  /** Names that a mention may have, longest first; they are set apart where `@name` stands. */
  names: readonly string[];
  /** My own name, whose mention stands out. */
  myName: string;
}

/** A message as its author meant it: the allowed Markdown, names isolated from the direction of the text around them. */
export function MessageText({ text, names, myName }: MessageTextProps): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = place.current;
    if (!element) return;
    const fragment = messageFragment(text);
    markMentions(fragment, names, myName);
    for (const block of fragment.querySelectorAll('pre')) block.tabIndex = 0;
    element.replaceChildren(fragment);
  }, [text, names, myName]);
  return <div className="message-text" dir="auto" ref={place} />;
}

function markMentions(fragment: DocumentFragment, names: readonly string[], myName: string): void {
  if (names.length === 0) return;
  const walker = document.createTreeWalker(fragment, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  while (walker.nextNode()) {
    const node = walker.currentNode as Text;
    if (node.data.includes('@') && !node.parentElement?.closest('code, pre, a')) texts.push(node);
  }
  for (const node of texts) splitAtMentions(node, names, myName);
}

function splitAtMentions(node: Text, names: readonly string[], myName: string): void {
  let rest: Text = node;
  for (let at = rest.data.indexOf('@'); at >= 0; at = rest.data.indexOf('@', at)) {
    const after = rest.data.slice(at + 1);
    const name = names.find((each) => after.startsWith(each));
    if (name === undefined) {
      at += 1;
      continue;
    }
    const mention = rest.splitText(at);
    rest = mention.splitText(name.length + 1);
    const mark = document.createElement('bdi');
    mark.className = name === myName ? 'mention mention-me' : 'mention';
    mark.textContent = mention.data;
    mention.replaceWith(mark);
    at = 0;
  }
}
