import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { isId } from '#shared/contract/identifiers.ts';
import { refuse } from '#shared/contract/refusals.ts';
import type { Refusal } from '#shared/contract/refusals.ts';
import { CADENCE_ID, REVIEW_RULES_ID, settingBodies } from '#shared/contract/settings.ts';
import type { SettingBody, SettingKind } from '#shared/contract/settings.ts';
import { ACTION_EXPORT, PUBLIC_PAGE } from '#shared/contract/updates.ts';
import { hasMalformedText, isBlank } from '#shared/incident/text.ts';
import { ACTION_OWNERS } from '../../broadcast/actionNotice.ts';
import type { App, HttpParts } from './parts.ts';
import { refuseWith, signedIn } from './replies.ts';
import { NoContent, PathId, answers, strict } from './schemas.ts';

const Revision = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const Setting = Type.Object({
  id: Type.String(),
  body: Type.Object({}, { additionalProperties: true }),
  revision: Type.Integer(),
  changedAt: Type.String(),
  changedBy: Type.String(),
});
const Counted = Type.Object({ list: Type.String(), channel: Type.String(), count: Type.Integer() });
const SettingPath = Type.Object({ kind: Type.String(), id: PathId });

const checks = {
  audience: Compile(settingBodies.audience),
  template: Compile(settingBodies.template),
  service: Compile(settingBodies.service),
  cadence: Compile(settingBodies.cadence),
  page: Compile(settingBodies.page),
  review: Compile(settingBodies.review),
} as const satisfies Record<SettingKind, unknown>;

/** Kinds of which there is one, under this id. */
const onlyId: ReadonlyMap<SettingKind, string> = new Map([
  ['cadence', CADENCE_ID],
  ['page', PUBLIC_PAGE],
  ['review', REVIEW_RULES_ID],
]);
/** Lists of addresses that are no audiences. */
const reservedLists: ReadonlySet<string> = new Set([PUBLIC_PAGE, ACTION_EXPORT, ACTION_OWNERS]);
const ADDRESSES_AT_ONCE = 256;

/** `/api/settings/:kind`: whom updates reach and what they begin with. Responders read, administrators change. */
export function settingsRoutes(app: App, parts: HttpParts): void {
  const { settings, store, audit } = parts;

  app.get(
    '/api/settings/:kind',
    {
      config: { access: 'responder' },
      schema: {
        summary: 'Settings of a kind; audiences with how many addresses they have, never with the addresses',
        params: Type.Object({ kind: Type.String() }),
        response: answers({
          200: Type.Object({ settings: Type.Array(Setting), targets: Type.Optional(Type.Array(Counted)) }),
        }),
      },
    },
    async (request, reply) => {
      const { kind } = request.params;
      if (!isKind(kind)) return refuseWith(request, reply, refuse('not_found'));
      const list = settings.all(kind).map(({ id, body, revision, changedAt, changedBy }) => ({
        ...{ id, body, revision, changedBy },
        changedAt: new Date(changedAt).toISOString(),
      }));
      // Bodies are written as they are kept: a schema of their union would drop fields.
      reply.type('application/json; charset=utf-8').serializer(JSON.stringify);
      return kind === 'audience'
        ? { settings: list, targets: await store.countTargets() }
        : { settings: list };
    },
  );

  app.put(
    '/api/settings/:kind/:id',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Add (revision 0) or change a setting; 409 when it was changed since that revision',
        params: SettingPath,
        body: Type.Object({ body: Type.Unknown(), revision: Revision }, strict),
        response: answers({ 200: Type.Object({ revision: Type.Integer() }) }),
      },
    },
    async (request, reply) => {
      const { kind, id } = request.params;
      const { body, revision } = request.body;
      if (!isKind(kind) || !mayBe(kind, id)) return refuseWith(request, reply, refuse('not_found'));
      const wrong = problemOf(kind, body);
      if (wrong) return refuseWith(request, reply, wrong);
      const by = signedIn(request).person.id;
      const change = { kind, id, body: body as SettingBody<SettingKind>, revision, by };
      if ((await settings.save(change)) === 'stale') {
        return refuseWith(request, reply, refuse('setting_changed'));
      }
      await audit.record(by, 'setting.changed', { kind, id });
      return { revision: revision + 1 };
    },
  );

  app.delete(
    '/api/settings/:kind/:id',
    {
      config: { access: 'admin' },
      schema: {
        summary: 'Remove a setting; the addresses of an audience go with it',
        params: SettingPath,
        querystring: Type.Object({ revision: Revision }, strict),
        response: answers({ 204: NoContent }),
      },
    },
    async (request, reply) => {
      const { kind, id } = request.params;
      if (!isKind(kind) || !settings.get(kind, id)) return refuseWith(request, reply, refuse('not_found'));
      const by = signedIn(request).person.id;
      const change = { kind, id, body: null, revision: request.query.revision, by };
      if ((await settings.save(change)) === 'stale') {
        return refuseWith(request, reply, refuse('setting_changed'));
      }
      if (kind === 'audience') await removeAddresses(id);
      await audit.record(by, 'setting.removed', { kind, id });
      return reply.code(204).send(null);
    },
  );

  async function removeAddresses(list: string): Promise<void> {
    for (;;) {
      const page = await store.listTargets([list], { limit: ADDRESSES_AT_ONCE });
      for (const target of page) await store.removeTarget(target.id);
      if (page.length < ADDRESSES_AT_ONCE) return;
    }
  }
}

function isKind(kind: string): kind is SettingKind {
  return Object.hasOwn(settingBodies, kind);
}

function mayBe(kind: SettingKind, id: string): boolean {
  const only = onlyId.get(kind);
  return only === undefined ? isId(id) && !reservedLists.has(id) : id === only;
}

/** What is wrong with the body of a setting; null when it can be kept. */
function problemOf(kind: SettingKind, body: unknown): Refusal | null {
  const check = checks[kind];
  if (!check.Check(body)) {
    const [first] = check.Errors(body);
    const problem = first ? `${first.instancePath} ${first.message}`.trim() : 'not the form of this setting';
    return refuse('invalid', { problem });
  }
  if (hasMalformedText(body)) return refuse('malformed_text');
  return hasBlank(body) ? refuse('blank') : null;
}

function hasBlank(value: unknown): boolean {
  if (typeof value === 'string') return isBlank(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(hasBlank);
}
