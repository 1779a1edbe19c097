import { callsNobody } from './chatText.ts';
import type { Marks } from './chatText.ts';

/** Markdown as Mattermost reads it, which knows fewer escapes than others. */
export const markdown: Marks = {
  plain: (text) =>
    callsNobody(text)
      .replace(/[\\`*_{}[\]()#>|~]/g, String.raw`\$&`)
      // What makes a list or a rule does so at the start of a line.
      .replace(/^(\s*)([-+])/gm, String.raw`$1\$2`)
      .replace(/^(\s*\d{1,9})\./gm, String.raw`$1\.`),
  strong: (text) => `**${text}**`,
  link: (words, url) => `[${words}](${url})`,
};
