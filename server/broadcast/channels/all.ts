import type { Clock } from '../../rooms/ports.ts';
import type { Channel, Channels } from '../channel.ts';
import { createGuard } from '../guard.ts';
import { createAddressRules } from '../guardAddresses.ts';
import type { Mailbox } from '../mailAddress.ts';
import type { NameOf } from '../message.ts';
import { createDiscordChannel } from './discord.ts';
import { createMailChannel } from './mail.ts';
import { createMattermostChannel } from './mattermost.ts';
import { createNtfyChannel } from './ntfy.ts';
import { createSlackChannel } from './slack.ts';
import { createTeamsChannel } from './teams.ts';
import { createWebhookChannel } from './webhook.ts';

/** What channels are made of. */
export interface ChannelParts {
  nameOf: NameOf;
  /** `origin`: where people reach this server. Null: no mail is sent. */
  mail: { smtpUrl: string; from: Mailbox; origin: string } | null;
  /** Addresses and networks that requests may go to although they are not public. */
  allowPrivateTargets: readonly string[];
  clock: Clock;
}

/** Every channel that this server has. One that needs what is not configured is left out. */
export function createChannels({ nameOf, mail, allowPrivateTargets, clock }: ChannelParts): Channels {
  const guard = createGuard({ rules: createAddressRules(allowPrivateTargets), clock });
  const publicGuard = createGuard({ rules: createAddressRules([]), clock });
  const parts = { guard, clock, nameOf };
  const channels: Channel[] = [
    ...(mail ? [createMailChannel({ ...mail, nameOf })] : []),
    createWebhookChannel({ ...parts, publicGuard }),
    createSlackChannel(parts),
    createMattermostChannel(parts),
    createDiscordChannel(parts),
    createTeamsChannel(parts),
    createNtfyChannel(parts),
  ];
  return new Map(channels.map((channel) => [channel.name, channel]));
}
