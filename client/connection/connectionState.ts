/** How the line to the server is; each state has its own words in the strip. */
export type ConnectionState =
  | { kind: 'connecting' }
  | { kind: 'live' }
  /** Live a moment ago, and too early to speak of trouble. `since`: as of `offline`. */
  | { kind: 'reconnecting'; since: number }
  /** `since`: milliseconds since 1970, the last sign of life of the server. */
  | { kind: 'offline'; since: number }
  /** The session ended or was never there; somebody has to sign in. */
  | { kind: 'sessionEnded' }
  /** The server speaks a newer protocol; the page has to be reloaded. */
  | { kind: 'newVersion' };

/** What happened to the line. */
export type LineEvent =
  | { kind: 'connected' }
  /** The line was closed under us, as when an instance ends. `lastSign`: when the server was last heard, milliseconds since 1970. */
  | { kind: 'dropped'; lastSign: number }
  /** There is no network, nothing was heard for long, or a line that was dropped did not come back soon. */
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
    case 'dropped':
      return state.kind === 'live' ? { kind: 'reconnecting', since: event.lastSign } : state;
    case 'lost':
      return afterLoss(state, event.lastSign);
    case 'refused':
      return afterRefusal(state, event.code, event.at);
    default:
      return event satisfies never;
  }
}

function afterLoss(state: ConnectionState, lastSign: number): ConnectionState {
  switch (state.kind) {
    case 'live':
    case 'connecting':
      return { kind: 'offline', since: lastSign };
    case 'reconnecting':
      return { kind: 'offline', since: state.since };
    case 'offline':
    case 'sessionEnded':
    case 'newVersion':
      return state;
    default:
      return state satisfies never;
  }
}

function afterRefusal(state: ConnectionState, code: string | null, at: number): ConnectionState {
  if (code === 'unauthenticated') return { kind: 'sessionEnded' };
  // The one thing of ours that a handshake can find malformed is the protocol version.
  if (code === 'invalid' || code === 'unsupported') return { kind: 'newVersion' };
  return state.kind === 'offline' || state.kind === 'reconnecting' ? state : { kind: 'offline', since: at };
}
