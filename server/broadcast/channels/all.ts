import type { Channel, Channels } from '../channel.ts';

/** Every channel that this server has. One that needs what is not configured is left out. */
export function createChannels(): Channels {
  const channels: Channel[] = [];
  return new Map(channels.map((channel) => [channel.name, channel]));
}
