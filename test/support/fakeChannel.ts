import type { ChannelName } from '#shared/contract/settings.ts';
import type { Attempt, Channel, Outgoing } from '../../server/broadcast/channel.ts';

/** A channel that keeps what it is given, and answers what a test wants. */
export interface FakeChannel extends Channel {
  /** Everything that was tried, in order. */
  readonly tried: Outgoing[];
  /** Decides what becomes of an attempt; by default it is delivered. */
  answer: (outgoing: Outgoing, signal: AbortSignal) => Attempt | Promise<Attempt>;
}

/** Its queue is the part of the address behind the `@`. */
export function createFakeChannel(name: ChannelName = 'mail', atOnce = 3): FakeChannel {
  const tried: Outgoing[] = [];
  const channel: FakeChannel = {
    ...{ name, atOnce, tried },
    answer: () => ({ kind: 'delivered' }),
    addressOf: (text) => text,
    queueOf: (address) => address.slice(address.indexOf('@') + 1),
    render: ({ notice }) => ({ subject: notice.title, text: notice.update?.text ?? '', html: null }),
    async send(outgoing, signal) {
      tried.push(outgoing);
      return channel.answer(outgoing, signal);
    },
    close: () => Promise.resolve(),
  };
  return channel;
}
