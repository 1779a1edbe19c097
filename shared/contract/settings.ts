import Type from 'typebox';
import type { Static } from 'typebox';
import { Severity } from './schemas.ts';
import { readerStates } from './readerStates.ts';

const strict = { additionalProperties: false } as const;
const Name = Type.String({ minLength: 1, maxLength: 80 });
const Words = Type.String({ minLength: 1, maxLength: 4_000 });

/** The ways on which something leaves the house; each is one file of `server/broadcast/channels`. */
export const channels = ['mail', 'webhook', 'slack', 'mattermost', 'discord', 'teams', 'ntfy'] as const;
export type ChannelName = (typeof channels)[number];

export const LocaleName = Type.Enum(['en', 'ko']);

/** Who hears of incidents: a named list of targets, which are kept apart (`targets`), since there may be thousands. */
export const Audience = Type.Object(
  {
    name: Name,
    /** The language of its messages; a target may have its own. */
    locale: LocaleName,
    /** Incidents of these severities reach it without being attached by hand. */
    severities: Type.Array(Severity, { maxItems: 4, uniqueItems: true }),
    /** It is told of a handoff of command at once, not only with the next update. */
    tellsHandoff: Type.Boolean(),
  },
  strict,
);
export type Audience = Static<typeof Audience>;

/** What an update of a state and severity begins with. `{{variables}}` are filled from the log. */
export const Template = Type.Object(
  {
    name: Name,
    /** Null: every state. */
    state: Type.Union([Type.Enum(readerStates), Type.Null()]),
    /** Null: every severity. */
    severity: Type.Union([Severity, Type.Null()]),
    locale: LocaleName,
    fields: Type.Object(
      {
        text: Type.Optional(Words),
        impact: Type.Optional(Words),
        known: Type.Optional(Words),
        ruledOut: Type.Optional(Words),
        doing: Type.Optional(Words),
      },
      strict,
    ),
    /** Without these the composer does not send. */
    required: Type.Array(Type.Enum(['impact', 'known', 'ruledOut', 'doing', 'nextUpdateAt']), {
      maxItems: 5,
      uniqueItems: true,
    }),
  },
  strict,
);
export type Template = Static<typeof Template>;

/** What people outside know a part of the system by. */
export const Service = Type.Object(
  {
    name: Type.Object({ en: Name, ko: Name }, strict),
    /** Shown on the public page. */
    public: Type.Boolean(),
    /** Its place in lists, smallest first. */
    order: Type.Integer({ minimum: 0, maximum: 10_000 }),
  },
  strict,
);
export type Service = Static<typeof Service>;

const Minutes = Type.Union([Type.Integer({ minimum: 5, maximum: 1_440 }), Type.Null()]);

/** How many minutes may pass between updates, by severity; null: none is proposed. One row, id `update-cadence`. */
export const Cadence = Type.Object({ SEV1: Minutes, SEV2: Minutes, SEV3: Minutes, SEV4: Minutes }, strict);
export type Cadence = Static<typeof Cadence>;
export const CADENCE_ID = 'update-cadence';
export const defaultCadence: Cadence = { SEV1: 30, SEV2: 60, SEV3: 120, SEV4: null };

const ReviewRule = Type.Object(
  {
    /** How many must sign. */
    signatures: Type.Integer({ minimum: 1, maximum: 10 }),
    /** The commander must be among them. */
    commander: Type.Boolean(),
  },
  strict,
);

/** Who must sign reviews, by severity. One row, id `review-rules`. */
export const ReviewRules = Type.Object(
  { SEV1: ReviewRule, SEV2: ReviewRule, SEV3: ReviewRule, SEV4: ReviewRule },
  strict,
);
export type ReviewRules = Static<typeof ReviewRules>;
export const REVIEW_RULES_ID = 'review-rules';

/** The public status page. One row, id `public-page`; without it there is none. */
export const PublicPage = Type.Object(
  {
    name: Name,
    enabled: Type.Boolean(),
    /** Incidents of these severities are shown there without being attached by hand. */
    severities: Type.Array(Severity, { maxItems: 4, uniqueItems: true }),
    locale: LocaleName,
  },
  strict,
);
export type PublicPage = Static<typeof PublicPage>;

/** Every kind of setting with the form of its body. */
export const settingBodies = {
  audience: Audience,
  template: Template,
  service: Service,
  cadence: Cadence,
  page: PublicPage,
  review: ReviewRules,
} as const;
export type SettingKind = keyof typeof settingBodies;
export type SettingBody<K extends SettingKind> = Static<(typeof settingBodies)[K]>;
