/** How the line to the server is; each state has its own words in the strip. */
export type ConnectionState =
  | { kind: 'connecting' }
  | { kind: 'live' }
  /** `since`: milliseconds since 1970, the last sign of life of the server. */
  | { kind: 'offline'; since: number }
  /** The session ended or was never there; somebody has to sign in. */
  | { kind: 'sessionEnded' }
  /** The server speaks a newer protocol; the page has to be reloaded. */
  | { kind: 'newVersion' };

/** What happened to the line. */
export type LineEvent =
  | { kind: 'connected' }
  /** `lastSign`: when the server was last heard, milliseconds since 1970. */
  | { kind: 'lost'; lastSign: number }
  /** The server refused the handshake with this code, or null when it could not be reached. */
  | { kind: 'refused'; code: string | null; at: number }
  | { kind: 'sessionEnded' }
  | { kind: 'retrying' };

/** The state after an event. Pure. A line that was offline stays so, with its first `since`, until it is live again. */
export function afterLineEvent(state: ConnectionState, event: LineEvent): ConnectionState {
  switch (event.kind) {
    case 'connected':
      return { kind: 'live' };
    case 'sessionEnded':
      return { kind: 'sessionEnded' };
    case 'retrying':
      return { kind: 'connecting' };
    case 'lost':
      return state.kind === 'live' || state.kind === 'connecting'
        ? { kind: 'offline', since: event.lastSign }
        : state;
    case 'refused':
      return afterRefusal(state, event.code, event.at);
    default:
      return event satisfies never;
  }
}

function afterRefusal(state: ConnectionState, code: string | null, at: number): ConnectionState {
  if (code === 'unauthenticated') return { kind: 'sessionEnded' };
  // The one thing of ours that a handshake can find malformed is the protocol version.
  if (code === 'invalid' || code === 'unsupported') return { kind: 'newVersion' };
  return state.kind === 'offline' ? state : { kind: 'offline', since: at };
}
