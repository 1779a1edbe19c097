import Type from 'typebox';
import { refuse } from '#shared/contract/refusals.ts';
import { channels as channelNames } from '#shared/contract/settings.ts';
import type { Locale } from '#shared/contract/wire.ts';
import { hasMalformedText } from '#shared/incident/text.ts';
import type { Attempt, Channel } from '../../broadcast/channel.ts';
import { testNotice } from '../../broadcast/testNotice.ts';
import type { App, HttpParts } from './parts.ts';
import { localeOf, refuseWith, signedIn } from './replies.ts';
import { answers, strict } from './schemas.ts';

/** A test that has no answer by then is told so. Milliseconds. */
const ATTEMPT_MILLISECONDS = 20_000;

/** `/api/channels`: the ways out of the house that this server has, and a test message by which one sees whether they work. */
export function channelsRoutes(app: App, parts: HttpParts): void {
  const { channels, audit, clock, chance } = parts;

  app.get(
    '/api/channels',
    {
      config: { access: 'responder' },
      schema: {
        summary: 'The channels that updates can go out by, and whether this server has what each needs',
        response: answers({
          200: Type.Object({
            channels: Type.Array(Type.Object({ name: Type.String(), configured: Type.Boolean() })),
          }),
        }),
      },
    },
    () => ({ channels: channelNames.map((name) => ({ name, configured: channels.has(name) })) }),
  );

  app.post(
    '/api/channels/:channel/test',
    {
      config: { access: 'admin' },
      schema: {
        summary:
          'Send one test message now and say what came of it; a webhook is signed with the secret answered',
        params: Type.Object({ channel: Type.String() }),
        body: Type.Object({ address: Type.String({ maxLength: 2_000 }) }, strict),
        response: answers({
          200: Type.Object({
            outcome: Type.Enum(['delivered', 'refused', 'gone', 'later', 'lost']),
            detail: Type.Union([Type.String(), Type.Null()]),
            milliseconds: Type.Integer(),
            secret: Type.Optional(Type.String()),
          }),
        }),
      },
    },
    async (request, reply) => {
      const name = channelNames.find((each) => each === request.params.channel);
      if (name === undefined) return refuseWith(request, reply, refuse('not_found'));
      const channel = channels.get(name);
      if (!channel) return refuseWith(request, reply, refuse('channel_missing', { channel: name }));
      if (hasMalformedText(request.body)) return refuseWith(request, reply, refuse('malformed_text'));
      const address = channel.addressOf(request.body.address.trim());
      if (address === null) return refuseWith(request, reply, refuse('bad_address', { channel: name }));
      const secret = name === 'webhook' ? `whsec_${Buffer.from(chance.secret()).toString('base64')}` : null;
      // Written down first: that somebody made this server send something must not hang on what came of it.
      await audit.record(signedIn(request).person.id, 'channel.tested', { channel: name });
      const began = clock.elapsed();
      const attempt = await attemptOf(channel, { address, secret, locale: localeOf(request) });
      reply.header('cache-control', 'no-store');
      return {
        outcome: attempt.kind,
        detail: attempt.kind === 'delivered' ? null : attempt.detail,
        milliseconds: Math.round(clock.elapsed() - began),
        ...(secret === null ? {} : { secret }),
      };
    },
  );

  /** One attempt. Ends in time, whatever the channel does. */
  async function attemptOf(
    channel: Channel,
    about: { address: string; secret: string | null; locale: Locale },
  ): Promise<Attempt> {
    const id = chance.id();
    const outgoing = {
      ...{ deliveryId: id, notice: testNotice(id, about.locale, clock.now()), name: null, ...about },
      links: { page: null, unsubscribe: null },
    };
    const limit = new AbortController();
    const ended = Promise.withResolvers<Attempt>();
    const cancel = clock.after(ATTEMPT_MILLISECONDS, () => {
      limit.abort();
      ended.resolve({ kind: 'lost', detail: 'no answer in time' });
    });
    try {
      const sent = channel
        .send(outgoing, limit.signal)
        .catch((): Attempt => ({ kind: 'lost', detail: 'the attempt failed' }));
      return await Promise.race([sent, ended.promise]);
    } finally {
      cancel();
    }
  }
}
