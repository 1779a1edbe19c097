import { bestMatch } from '../app/hangul.ts';
import { pastMomentAt } from '../design/time.ts';

/** The room's commands that can be typed, with their Korean names. */
export const slashCommands = [
  { id: 'handoff', ko: '인계', argument: 'person' },
  { id: 'accept', ko: '인수', argument: null },
  { id: 'decline', ko: '거절', argument: null },
  { id: 'withdraw', ko: '철회', argument: null },
  { id: 'role', ko: '역할', argument: 'role' },
  { id: 'sev', ko: '등급', argument: 'severity' },
  { id: 'status', ko: '상태', argument: 'status' },
  { id: 'update', ko: '공지', argument: null },
  { id: 'same', ko: '변동없음', argument: null },
  { id: 'now', ko: '지금', argument: 'text' },
  { id: 'at', ko: '시각', argument: 'text' },
  { id: 'pin', ko: '고정', argument: 'entry' },
  { id: 'correct', ko: '정정', argument: 'text' },
  { id: 'find', ko: '찾기', argument: 'text' },
  { id: 'brief', ko: '브리핑', argument: null },
  { id: 'help', ko: '도움말', argument: null },
] as const;

export type SlashCommand = (typeof slashCommands)[number];
export type SlashId = SlashCommand['id'];

/** What somebody has typed into the message box. */
export type Typed =
  | { kind: 'nothing' }
  | { kind: 'message'; text: string }
  | { kind: 'command'; command: SlashId; argument: string }
  /** Starts like a command, but there is none of that name: never posted. */
  | { kind: 'unknown'; name: string };

/** Reads the message box. `//` posts a text that starts with a slash. */
export function readTyped(typed: string): Typed {
  const text = typed.trim();
  if (text === '') return { kind: 'nothing' };
  if (text.startsWith('//')) return { kind: 'message', text: text.slice(1) };
  if (!text.startsWith('/')) return { kind: 'message', text };
  const [, name = '', argument = ''] = /^\/(\S*)\s*([\s\S]*)$/.exec(text) ?? [];
  const command = commandNamed(name);
  return command
    ? { kind: 'command', command: command.id, argument: argument.trim() }
    : { kind: 'unknown', name };
}

function commandNamed(name: string): SlashCommand | undefined {
  const wanted = name.normalize('NFC').toLowerCase();
  return slashCommands.find((each) => each.id === wanted || each.ko === wanted);
}

/** What could be completed at the caret. */
export type Completing =
  | { kind: 'command'; query: string; from: number }
  | { kind: 'argument'; command: SlashCommand; query: string; from: number }
  | { kind: 'person'; query: string; from: number };

/** What the text before the caret asks to be completed; null when nothing. `from`: where the completed part starts. */
export function completingAt(before: string): Completing | null {
  const name = /^\/([^\s/]*)$/u.exec(before);
  if (name) return { kind: 'command', query: name[1] ?? '', from: 1 };
  const withArgument = /^\/([^\s/]+)[ \u00a0]+([^\n]*)$/u.exec(before);
  if (withArgument) {
    const command = commandNamed(withArgument[1] ?? '');
    const query = withArgument[2] ?? '';
    if (command?.argument === 'severity' || command?.argument === 'status' || command?.argument === 'role') {
      if (!/\s/.test(query)) return { kind: 'argument', command, query, from: before.length - query.length };
    }
    if (command?.argument === 'person') {
      return { kind: 'person', query: query.replace(/^@/, ''), from: before.length - query.length };
    }
  }
  const mention = /(?:^|[\s(])@([^\s@]{0,40})$/u.exec(before);
  if (mention)
    return { kind: 'person', query: mention[1] ?? '', from: before.length - (mention[1] ?? '').length - 1 };
  return null;
}

/** The commands that answer a query, best first; all of them for an empty one. */
export function commandsFor(query: string, titleOf: (id: SlashId) => string): SlashCommand[] {
  const rated = slashCommands.map((command) => ({
    command,
    quality: bestMatch(query, [command.id, command.ko, titleOf(command.id)]),
  }));
  return rated
    .filter(({ quality }) => quality > 0)
    .toSorted((a, b) => b.quality - a.quality)
    .map(({ command }) => command);
}

/** The severity that was typed: `1`, `sev2`, `SEV3`; null when it is none. The rest is the reason. */
export function readSeverity(argument: string): {
  severity: 'SEV1' | 'SEV2' | 'SEV3' | 'SEV4' | null;
  reason: string;
} {
  const match = /^(?:sev)?\s*([1-4])(?:\s+([\s\S]*))?$/i.exec(argument.trim());
  const digit = match?.[1] as '1' | '2' | '3' | '4' | undefined;
  return { severity: digit ? `SEV${digit}` : null, reason: match?.[2]?.trim() ?? '' };
}

/** The entry that was typed: `412`, `#412`; null when it is none. */
export function readEntryNumber(argument: string): number | null {
  const match = /^#?(\d{1,15})$/.exec(argument.trim());
  return match ? Number(match[1]) : null;
}

/**
 * What was typed after `/at`: when the matter happened (ISO time), and the message. Null when there is no time, one that is
 * still to come, or no message. `now`: milliseconds since 1970.
 */
export function readAt(argument: string, now: number): { happenedAt: string; text: string } | null {
  const match = /^((?:\d{4}-\d{1,2}-\d{1,2}\s+)?\d{1,2}[:시]\s?\d{1,2}분?(?:에)?)\s+(\S[\s\S]*)$/u.exec(
    argument.trim(),
  );
  const [, time = '', text = ''] = match ?? [];
  const moment = pastMomentAt(time.replace(/에$/, ''), now);
  return moment === null ? null : { happenedAt: new Date(moment).toISOString(), text: text.trim() };
}

/** The longest name that stands after an `@` at each place, as ids; each person once. */
export function mentionedIn(text: string, people: Iterable<{ id: string; name: string }>): string[] {
  const byLength = [...people]
    .filter(({ name }) => name !== '')
    .toSorted((a, b) => b.name.length - a.name.length);
  const found = new Set<string>();
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const rest = text.slice(at + 1);
    const person = byLength.find(({ name }) => rest.startsWith(name));
    if (person) found.add(person.id);
  }
  return [...found].slice(0, 50);
}
