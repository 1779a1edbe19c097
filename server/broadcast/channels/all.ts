import type { Channel, Channels } from '../channel.ts';
import type { Mailbox } from '../mailAddress.ts';
import type { NameOf } from '../message.ts';
import { createMailChannel } from './mail.ts';

/** What channels are made of. */
export interface ChannelParts {
  nameOf: NameOf;
  /** `origin`: where people reach this server. Null: no mail is sent. */
  mail: { smtpUrl: string; from: Mailbox; origin: string } | null;
}

/** Every channel that this server has. One that needs what is not configured is left out. */
export function createChannels({ nameOf, mail }: ChannelParts): Channels {
  const channels: Channel[] = [...(mail ? [createMailChannel({ ...mail, nameOf })] : [])];
  return new Map(channels.map((channel) => [channel.name, channel]));
}
