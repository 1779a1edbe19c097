/** The names under which the instances of one storage talk. */
export interface Channels {
  /** The one that everybody hears. */
  readonly all: string;
  of(incidentId: string): string;
  /** The incident of a channel; null for `all` and for what is not ours. */
  incidentOf(channel: string): string | null;
}

/**
 * Channels of one storage epoch: what runs on another storage, or on this one from before a restore, is not heard at all.
 * Without braces, so that a cluster spreads them over its nodes.
 */
export function channelsOf(storageEpoch: string): Channels {
  const incidents = `warroom:${storageEpoch}:incident:`;
  return {
    all: `warroom:${storageEpoch}:all`,
    of: (incidentId) => incidents + incidentId,
    incidentOf: (channel) => (channel.startsWith(incidents) ? channel.slice(incidents.length) : null),
  };
}
