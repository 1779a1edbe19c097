import Type from 'typebox';
import type { KnownEntry } from '#shared/contract/entries.ts';
import { channels as channelNames } from '#shared/contract/settings.ts';
import type { ChannelName } from '#shared/contract/settings.ts';
import { PUBLIC_PAGE, UpdateBody } from '#shared/contract/updates.ts';
import type { Locale } from '#shared/contract/wire.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import { hasMalformedText } from '#shared/incident/text.ts';
import { refuse } from '#shared/contract/refusals.ts';
import { sendUpdate } from '#shared/incident/updates.ts';
import { isOfReaders, noticeForReaders, noticeOf } from '../../../broadcast/notice.ts';
import type { Notice } from '../../../broadcast/notice.ts';
import type { TargetRecord } from '../../../rooms/ports.ts';
import type { App, HttpParts } from '../parts.ts';
import { enteredRoom, refuseWith, signedIn } from '../replies.ts';
import { PathId, answers } from '../schemas.ts';

/** Addresses read in one go. */
const PAGE = 500;
/** Stands where the identity of a message will stand; it is made from an entry that is not there yet. */
const NOT_SENT = '0'.repeat(32);

const Counted = Type.Object({ channel: Type.String(), count: Type.Integer() });
const OrNone = Type.Union([Type.String(), Type.Null()]);

/** What of an address decides what its message looks like. */
type Kind = { channel: ChannelName; locale: Locale };
/** `toReaders`: all of them subscribed by themselves, and are told less. */
type Reached = Kind & { count: number; toReaders: boolean };

/** `/api/incidents/:id/updates/preview`: what an update would say, on every channel and in every language it goes out in. */
export function updatesRoutes(app: App, parts: HttpParts): void {
  const { settings, store, channels, clock, chance, limits, directory, outgoingLinks } = parts;

  app.post(
    '/api/incidents/:id/updates/preview',
    {
      config: { access: 'incident' },
      schema: {
        summary: 'An update as each channel would send it now, and to how many; nothing is sent',
        params: Type.Object({ id: PathId }),
        body: UpdateBody,
        response: answers({
          200: Type.Object({
            audiences: Type.Array(
              Type.Object({ id: Type.String(), name: Type.String(), targets: Type.Array(Counted) }),
            ),
            previews: Type.Array(
              Type.Object({
                channel: Type.String(),
                locale: Type.String(),
                count: Type.Integer(),
                subject: OrNone,
                text: Type.String(),
                html: OrNone,
              }),
            ),
            recipients: Type.Integer(),
          }),
        }),
      },
    },
    async (request, reply) => {
      const { state, incidentId } = enteredRoom(request);
      if (hasMalformedText(request.body)) return refuseWith(request, reply, refuse('malformed_text'));
      const actor = { kind: 'person', id: signedIn(request).person.id } as const;
      const decision = sendUpdate(request.body, state, {
        ...{ actor, limits, target: null, commanderAbsentSince: null, newId: chance.id() },
        now: clock.now(),
        people: directory.facts,
        outside: settings.outside,
      });
      if ('refusal' in decision) return refuseWith(request, reply, decision.refusal);
      const [happened] = decision.entries;
      if (happened?.type !== 'update.sent') throw new Error('An update that is sent makes its entry.');
      const notice = noticeToBe(happened.body, state);
      const lists = happened.body.audiences ?? [];
      const found = await readTargets(lists, incidentId);
      reply.header('cache-control', 'no-store');
      return {
        audiences: lists.map((id) => ({
          id,
          name: nameOfList(id),
          targets: found.byList.get(id) ?? [],
        })),
        previews: found.kinds.map(({ count, toReaders, ...kind }) => ({
          ...{ ...kind, count },
          ...render(toReaders ? (noticeForReaders(notice) ?? notice) : notice, kind),
        })),
        recipients: found.recipients,
      };

      /** The notice of the entry that sending would make; its hash is not known before. */
      function noticeToBe(body: Extract<KnownEntry, { type: 'update.sent' }>['body'], before: IncidentState) {
        const entry = {
          ...{ incidentId, seq: before.seq + 1, type: 'update.sent', version: 1, body },
          at: new Date(clock.now()).toISOString(),
          actor: actor.id,
          hash: NOT_SENT.repeat(2),
        } as unknown as KnownEntry;
        const made = noticeOf(entry, before, before);
        if (!made) throw new Error('An update goes out.');
        return made;
      }
    },
  );

  function nameOfList(id: string): string {
    return settings.get('audience', id)?.body.name ?? settings.get('page', PUBLIC_PAGE)?.body.name ?? id;
  }

  function render(notice: Notice, { channel, locale }: Kind) {
    const rendered = channels.get(channel)?.render({
      ...{ deliveryId: NOT_SENT, notice, address: 'reader@example.org', name: null, locale, secret: null },
      links: { page: null, unsubscribe: outgoingLinks.url('unsubscribe', NOT_SENT) },
    });
    return rendered ?? { subject: null, text: '', html: null };
  }

  /** Whom lists reach: by list and channel, and each address once by channel and language. */
  async function readTargets(audiences: readonly string[], incidentId: string) {
    const lists = [...audiences, incidentId];
    const byList = new Map<string, { channel: ChannelName; count: number }[]>();
    const kinds = new Map<string, Reached>();
    const seen = new Set<string>();
    let after = '';
    for (;;) {
      const page = await store.listTargets(lists, { after, limit: PAGE });
      for (const target of page) take(target);
      const last = page.at(-1);
      if (!last || page.length < PAGE) break;
      after = last.id;
    }
    const order = (channel: ChannelName): number => channelNames.indexOf(channel);
    const sorted = [...kinds.values()].toSorted(
      (one, other) =>
        order(one.channel) - order(other.channel) || one.locale.localeCompare(other.locale, 'en'),
    );
    return { byList, kinds: sorted, recipients: seen.size };

    function take({ list, channel, address, locale, state }: TargetRecord): void {
      if (state !== 'active' || !channels.has(channel)) return;
      const ofList = byList.get(list) ?? [];
      byList.set(list, ofList);
      countUp(ofList, channel);
      // As deliveries are made: one mailbox is one, however it is written.
      const same = `${channel} ${channel === 'mail' ? address.normalize('NFC').toLowerCase() : address}`;
      if (seen.has(same)) return;
      seen.add(same);
      const language = locale ?? settings.localeOf(list);
      const { count = 0, toReaders = true } = kinds.get(`${channel} ${language}`) ?? {};
      kinds.set(`${channel} ${language}`, {
        ...{ channel, locale: language, count: count + 1 },
        toReaders: toReaders && isOfReaders(list, incidentId),
      });
    }
  }
}

function countUp(counts: { channel: ChannelName; count: number }[], channel: ChannelName): void {
  const found = counts.find((one) => one.channel === channel);
  if (found) found.count += 1;
  else counts.push({ channel, count: 1 });
}
