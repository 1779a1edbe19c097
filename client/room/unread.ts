/** What of the log one has not seen. Positions are `seq`. */
export interface Unread {
  /** Everything up to here was on screen while somebody looked. */
  lastRead: number;
  /** The line stands above this entry; null while there is none. */
  line: number | null;
  /** How the log is seen: at its newest entry, with the window in front. */
  watching: boolean;
}

export type UnreadEvent =
  /** The room was opened; `lastRead` from an earlier visit, 0 for the first. */
  | { kind: 'opened'; lastRead: number; last: number }
  | { kind: 'arrived'; last: number; own: boolean }
  /** The newest entry is on screen, and the window has the focus. */
  | { kind: 'watching'; last: number }
  /** Scrolled up, or the window lost the focus. */
  | { kind: 'away'; last: number }
  /** The reader went to the line, or wrote something: it has done its work. */
  | { kind: 'cleared'; last: number };

export const nothingUnread: Unread = { lastRead: 0, line: null, watching: false };

/**
 * Opening marks nothing as read: read is what was on screen at the bottom. The line stays where it was drawn until it
 * is cleared or one leaves again, so that it does not move under the eyes.
 */
export function afterUnreadEvent(unread: Unread, event: UnreadEvent): Unread {
  switch (event.kind) {
    case 'opened': {
      const lastRead = event.lastRead === 0 ? event.last : Math.min(event.lastRead, event.last);
      return { lastRead, line: lastRead < event.last ? lastRead + 1 : null, watching: false };
    }
    case 'arrived':
      if (unread.watching || event.own) return { ...unread, lastRead: Math.max(unread.lastRead, event.last) };
      return unread.line === null ? { ...unread, line: unread.lastRead + 1 } : unread;
    case 'watching':
      return unread.watching && unread.lastRead === event.last
        ? unread
        : { ...unread, lastRead: Math.max(unread.lastRead, event.last), watching: true };
    case 'away':
      // Whoever leaves again has seen what was there: the line is drawn anew with what comes next.
      return unread.watching
        ? { lastRead: Math.max(unread.lastRead, event.last), line: null, watching: false }
        : unread;
    case 'cleared':
      return { ...unread, lastRead: Math.max(unread.lastRead, event.last), line: null };
    default:
      return event satisfies never;
  }
}

/** How many entries are unread, of those a filter shows. */
export function unreadCount(unread: Unread, seqs: readonly number[]): number {
  if (unread.watching) return 0;
  let count = 0;
  for (let index = seqs.length - 1; index >= 0 && (seqs[index] ?? 0) > unread.lastRead; index -= 1)
    count += 1;
  return count;
}
