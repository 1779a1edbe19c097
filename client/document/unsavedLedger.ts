/** Counts one's own document changes from typing to durable. Times are milliseconds since 1970. */
export interface UnsavedLedger {
  /** A change was made that no socket has carried yet. */
  changed(at: number): void;
  /** Everything waiting, and `changes` more made just now, went out as one message of this socket. */
  sent(at: number, changes: number): void;
  /** The server says how many messages of this socket are durable. Answers true when that settled anything. */
  acknowledged(messages: number): boolean;
  /** The socket is gone: what was not acknowledged waits again. */
  lineLost(): void;
  /** Changes of an earlier visit that are known to wait, `at` when this one began. */
  remember(changes: number, at: number): void;
  count(): number;
  oldest(): number | null;
}

interface Message {
  at: number;
  changes: number;
}

/** An empty ledger for one document instance. */
export function unsavedLedger(): UnsavedLedger {
  let waiting: Message = { at: 0, changes: 0 };
  let inFlight: Message[] = [];
  let messagesAcknowledged = 0;

  function wait(more: Message): void {
    if (more.changes === 0) return;
    const at = waiting.changes === 0 ? more.at : Math.min(waiting.at, more.at);
    waiting = { at, changes: waiting.changes + more.changes };
  }

  function unsettled(): Message[] {
    return [waiting, ...inFlight].filter((message) => message.changes > 0);
  }

  return {
    changed: (at) => wait({ at, changes: 1 }),
    remember: (changes, at) => wait({ at, changes }),
    sent(at, changes) {
      const whole = waiting.changes === 0 ? at : waiting.at;
      inFlight.push({ at: whole, changes: waiting.changes + changes });
      waiting = { at: 0, changes: 0 };
    },
    acknowledged(messages) {
      const settled = Math.min(messages - messagesAcknowledged, inFlight.length);
      if (settled <= 0) return false;
      messagesAcknowledged += settled;
      inFlight = inFlight.slice(settled);
      return true;
    },
    lineLost() {
      for (const message of inFlight) wait(message);
      inFlight = [];
      messagesAcknowledged = 0;
    },
    count: () => unsettled().reduce((sum, message) => sum + message.changes, 0),
    oldest: () => unsettled().reduce<number | null>((first, { at }) => Math.min(first ?? at, at), null),
  };
}
