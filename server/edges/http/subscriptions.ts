import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import type { Static } from 'typebox';
import { renderEndedPage } from '../../broadcast/stakeholderPage.ts';
import type { LinkPurpose } from '../../broadcast/outgoingLinks.ts';
import type { Subscribing } from '../../broadcast/subscribing.ts';
import { renderSubscriptionPage } from '../../broadcast/subscriptionPage.ts';
import type { App, HttpParts } from './parts.ts';
import { askedLocale, pageHeaders, pageLocale } from './readerPages.ts';

/** What is subscribed by, as a form sends it. */
export const SubscribeForm = Type.Object({
  address: Type.Optional(Type.String({ maxLength: 4_000 })),
  channel: Type.Optional(Type.Enum(['mail', 'webhook'])),
});

/** The wish in a form; an address that was left out is none that anything can be sent to. */
export function readWish({ address = '', channel = 'mail' }: Static<typeof SubscribeForm>) {
  return { address, channel };
}

const TokenPath = Type.Object({ token: Type.String() });
const purposes = ['confirm', 'unsubscribe'] as const satisfies LinkPurpose[];

/** `/subscriptions/…`: links that messages carry. One click of a mail program ends a subscription, from anywhere. */
export function subscriptionRoutes(
  app: App,
  { settings }: Pick<HttpParts, 'settings'>,
  subscribing: Subscribing,
): void {
  for (const purpose of purposes) {
    const url = `/subscriptions/${purpose}/:token`;
    const schema = { hide: true, params: TokenPath };
    app.get(url, { config: { access: 'public' }, schema }, (request, reply) =>
      answer(request, reply, purpose, false),
    );
    // Of what mail programs send with it nothing is read: the link says it all.
    const config = { access: 'public', form: true, anyOrigin: purpose === 'unsubscribe' } as const;
    app.post(url, { config, schema }, (request, reply) => answer(request, reply, purpose, true));
  }

  async function answer(
    request: FastifyRequest<{ Params: { token: string } }>,
    reply: FastifyReply,
    purpose: LinkPurpose,
    act: boolean,
  ): Promise<FastifyReply> {
    const target = await subscribing.find(purpose, request.params.token);
    pageHeaders(reply);
    if (!target) return reply.code(404).send(renderEndedPage(pageLocale(request)));
    if (act) await subscribing.apply(purpose, target);
    const locale = askedLocale(request) ?? target.locale ?? settings.localeOf(target.list);
    const done = act || target.state === (purpose === 'confirm' ? 'active' : 'ended');
    return reply.send(renderSubscriptionPage({ purpose, locale, address: target.address, done }));
  }
}
