import { sha256 } from '../rooms/hashing.ts';
import type { ChannelName } from '#shared/contract/settings.ts';
import { PUBLIC_PAGE } from '#shared/contract/updates.ts';
import { audiencesOf } from '#shared/incident/audiences.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import type { KnownEntry } from '#shared/contract/entries.ts';
import type { Broadcast, Clock, NewDelivery, Store, TargetRecord } from '../rooms/ports.ts';
import type { Channels } from './channel.ts';
import { isOfReaders, readNotice } from './notice.ts';
import type { Settings } from './settings.ts';

/** Targets that are read, and deliveries that are added, in one go: a commit of the room waits for one of them at most. */
const PAGE = 256;

/** The part of the store that turns entries into deliveries. */
type ExpanderStore = Pick<
  Store,
  'stateAt' | 'readEntry' | 'listTargets' | 'addDeliveries' | 'finishBroadcast'
>;

/** The same for the same entry and address, so that adding it again adds nothing, and receivers know it again. */
export function deliveryId(incidentId: string, seq: number, channel: ChannelName, address: string): string {
  // One mailbox that stands in two lists in two spellings is one.
  const same = channel === 'mail' ? address.normalize('NFC').toLowerCase() : address;
  return sha256(JSON.stringify([incidentId, seq, channel, same])).slice(0, 32);
}

/** One delivery for every active address of every list that the entry reaches; done again after a crash, it adds the rest. */
export async function expand(
  broadcast: Broadcast,
  parts: { store: ExpanderStore; channels: Channels; settings: Settings; clock: Clock },
): Promise<void> {
  const { store, channels, settings, clock } = parts;
  const { incidentId, seq } = broadcast;
  const found = await readNotice(store, incidentId, seq);
  const lists = found ? listsOf(found.entry, found.state, settings) : [];
  const readers = lists.filter((list) => isOfReaders(list, incidentId));
  // Who is listed and subscribed, too, gets what those get who are listed: the first row of an address is the one.
  await expandLists(lists.filter((list) => !readers.includes(list)));
  await expandLists(readers);
  await store.finishBroadcast(broadcast);

  async function expandLists(some: readonly string[]): Promise<void> {
    let after = '';
    for (;;) {
      const page = await store.listTargets(some, { after, limit: PAGE });
      const deliveries = page.flatMap((target) => deliveryOf(target, broadcast, parts, clock.now()));
      if (deliveries.length > 0) await store.addDeliveries(deliveries);
      const last = page.at(-1);
      if (!last || page.length < PAGE) return;
      after = last.id;
    }
  }

  function deliveryOf(
    target: TargetRecord,
    { incidentId: incident, seq: of }: Broadcast,
    { settings: known }: { settings: Settings },
    now: number,
  ): NewDelivery[] {
    const channel = channels.get(target.channel);
    if (target.state !== 'active' || !channel) return [];
    const { list, address } = target;
    return [
      {
        id: deliveryId(incident, of, target.channel, address),
        ...{ incidentId: incident, seq: of, list, address },
        target: target.id,
        channel: target.channel,
        locale: target.locale ?? known.localeOf(list),
        queue: `${target.channel} ${channel.queueOf(address)}`,
        createdAt: now,
      },
    ];
  }
}

/** Whose targets hear of an entry: its audiences, and who subscribed to this incident. */
function listsOf(entry: KnownEntry, state: IncidentState, { outside }: Settings): string[] {
  if (entry.type === 'update.sent') return [...(entry.body.audiences ?? []), entry.incidentId];
  return audiencesOf(state, outside.audiences).filter(
    (audience) => audience !== PUBLIC_PAGE && outside.audiences.get(audience)?.tellsHandoff === true,
  );
}
