/**
 * Every limit of the outside contract with its default and unit. Each is overridable by the environment variable
 * beside it, and each is tested at the limit and just past it.
 */
export const defaultLimits = {
  /** Bytes of an HTTP request body. */
  httpBodyBytes: 1024 * 1024,
  /** Bytes of an entry body as canonical JSON. */
  entryBodyBytes: 64 * 1024,
  /** UTF-16 code units of a chat message. */
  chatCharacters: 8_000,
  /** Bytes of a Socket.IO frame. */
  socketFrameBytes: 256 * 1024,
  /** Bytes of one document update. */
  documentUpdateBytes: 1024 * 1024,
  /** Structs in one document update. */
  documentUpdateStructs: 200_000,
  /** Bytes of a sync answer, and the transport's cap on any document frame. */
  documentFrameBytes: 8 * 1024 * 1024,
  /** Encoded bytes of a document; past it only what shrinks it is taken. */
  documentBytes: 10 * 1024 * 1024,
  /** Encoded bytes of a document from which people are warned. */
  documentWarningBytes: 2 * 1024 * 1024,
  /** Bytes of one awareness state. */
  awarenessBytes: 2 * 1024,
  /** Awareness states taken per second and socket; more are dropped. */
  awarenessPerSecond: 10,
  /** Commands per second and person, with a reserve for the commander on top. */
  commandsPerSecond: 20,
  /** Document updates per second and socket; faster senders are paused, not refused. */
  documentUpdatesPerSecond: 100,
  /** Sockets in one room, of each kind. */
  socketsPerRoom: 2_000,
  /** Sign-in attempts per minute for one account and for one address. */
  signInsPerMinute: 10,
  /** HTTP requests per second and address outside sign-in. */
  requestsPerSecond: 100,
  /** Graphemes of a name or title part shown as a name. */
  nameGraphemes: 80,
  /** Bytes of one attached file. */
  attachmentBytes: 10 * 1024 * 1024,
  /** Bytes of all files of an incident. */
  attachmentsBytes: 200 * 1024 * 1024,
  /** Bytes of a bundle that is imported. */
  bundleBytes: 256 * 1024 * 1024,
  /** Milliseconds that a request may take. */
  requestMilliseconds: 30_000,
  /** Milliseconds that an upgrade may stay without credentials. */
  upgradeMilliseconds: 5_000,
} as const;

export type LimitName = keyof typeof defaultLimits;
export type Limits = Readonly<Record<LimitName, number>>;

/** The environment variable of a limit: `commandsPerSecond` is `LIMIT_COMMANDS_PER_SECOND`. */
export function limitVariable(name: LimitName): string {
  return `LIMIT_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/** The limits that a browser has to know before it sends anything. */
const PAGE_LIMITS = ['chatCharacters', 'documentBytes', 'documentWarningBytes'] as const;

export type PageLimits = Pick<Limits, (typeof PAGE_LIMITS)[number]>;

/** The limits of a page as one line of text, for the page that carries them. */
export function writePageLimits(limits: PageLimits): string {
  return PAGE_LIMITS.map((name) => `${name}=${limits[name]}`).join(' ');
}

/** What `writePageLimits` wrote; whatever is not there, or is no such number, is as by default. */
export function readPageLimits(text: string): PageLimits {
  const parts = text.split(' ');
  const read = (name: keyof PageLimits): number => {
    const value = parts.find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
    return /^[1-9]\d{0,9}$/.test(value) ? Number(value) : defaultLimits[name];
  };
  return {
    chatCharacters: read('chatCharacters'),
    documentBytes: read('documentBytes'),
    documentWarningBytes: read('documentWarningBytes'),
  };
}
