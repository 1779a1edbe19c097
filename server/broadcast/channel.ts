import type { ChannelName } from '#shared/contract/settings.ts';
import type { Locale } from '#shared/contract/wire.ts';
import type { Notice } from './notice.ts';

/** One notice on its way to one address. */
export interface Outgoing {
  /** The same for every attempt: receivers know a repetition by it. */
  deliveryId: string;
  notice: Notice;
  address: string;
  /** Whom the address belongs to, as the list says. */
  name: string | null;
  locale: Locale;
  /** What the message is signed with, where the channel signs. */
  secret: string | null;
  links: {
    /** Where it can be read in a browser; null where there is no such page. */
    page: string | null;
    /** Ends this subscription by one POST; null for what is not unsubscribed by who reads it. */
    unsubscribe: string | null;
  };
}

/** A message as its receiver will see it, for the preview. */
export interface Rendered {
  subject: string | null;
  text: string;
  html: string | null;
}

/** What became of one attempt. `detail` is for people in the room: short, in English, without anything secret. */
export type Attempt =
  /** The receiver took it over. */
  | { kind: 'delivered' }
  /** It will never be taken: not tried again. */
  | { kind: 'refused'; detail: string }
  /** The address is no more: not tried again, and nothing else is sent there. */
  | { kind: 'gone'; detail: string }
  /** Surely not taken; tried again, not before `after` milliseconds where the receiver said so. */
  | { kind: 'later'; detail: string; after?: number }
  /** No answer: it may have arrived. Tried again under the same id. */
  | { kind: 'lost'; detail: string };

/** One way out of the house. Each is one small file of `channels/`, and knows nothing of stores and retries. */
export interface Channel {
  readonly name: ChannelName;
  /** How many attempts of one queue run at once. */
  readonly atOnce: number;
  /** The address as it is kept, or null when nothing can be sent there. */
  addressOf(text: string): string | null;
  /** What shares a line with this address. */
  queueOf(address: string): string;
  /** The message, as it is sent. Pure. */
  render(outgoing: Outgoing): Rendered;
  /** One attempt. A throw counts as `lost`; so does not to end soon after the signal. */
  send(outgoing: Outgoing, signal: AbortSignal): Promise<Attempt>;
  /** Ends its connections. */
  close(): Promise<void>;
}

/** The channels that this server has, by name. */
export type Channels = ReadonlyMap<ChannelName, Channel>;
