import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Limits } from '#shared/contract/limits.ts';
import type { Channels } from '../../broadcast/channel.ts';
import type { OutgoingLinks } from '../../broadcast/outgoingLinks.ts';
import type { Settings } from '../../broadcast/settings.ts';
import type { StakeholderLinks } from '../../broadcast/links.ts';
import type { PublicAnswers } from '../../broadcast/publicAnswers.ts';
import type { PublishedUpdates } from '../../broadcast/publishedUpdates.ts';
import type { People } from '../../rooms/directory.ts';
import type { Clock, Fanout, Room, Rooms, Store } from '../../rooms/ports.ts';
import type { AuditLog } from '../auditLog.ts';
import type { Chance } from '../../rooms/chance.ts';
import type { Invitations, SetUpLink } from '../invitations.ts';
import type { Metrics } from '../metrics.ts';
import type { OriginRule } from '../origin.ts';
import type { Passwords } from '../passwords.ts';
import type { Principal, Sessions } from '../session.ts';
import type { SignInLimits } from '../signInLimits.ts';

/** The server as routes see it: schemas give their handlers' types. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** How this instance reaches the others. `mustConnect`: being away is a fault, not the way it was set up. */
export interface FanoutReadiness {
  state: Fanout['state'];
  mustConnect: boolean;
}

/** What routes are made of. */
export interface HttpParts {
  store: Store;
  rooms: Rooms;
  directory: People;
  clock: Clock;
  chance: Chance;
  limits: Limits;
  sessions: Sessions;
  passwords: Passwords;
  signInLimits: SignInLimits;
  origins: OriginRule;
  audit: AuditLog;
  invitations: Invitations;
  setUpLink: SetUpLink;
  links: StakeholderLinks;
  settings: Settings;
  outgoingLinks: OutgoingLinks;
  channels: Channels;
  /** Something may be due to go out. */
  wakeBroadcast: () => void;
  published: PublishedUpdates;
  publicAnswers: PublicAnswers;
  metrics: Metrics;
  fanout: FanoutReadiness;
  /** True from the moment the process was asked to stop. */
  isDraining: () => boolean;
}

/**
 * Who may use a route at all. `public`: anybody. `person`: whoever is signed in. `responder`: not stakeholders (403).
 * `admin`: administrators. `incident`: who may enter the incident `:id`; to everybody else it does not exist (404).
 */
export type RouteAccess = 'public' | 'person' | 'responder' | 'admin' | 'incident';

declare module 'fastify' {
  interface FastifyInstance {
    /** Every route as `METHOD pattern`, with who may use it at all. */
    accessRules: ReadonlyMap<string, RouteAccess>;
    /** Ends live streams of stakeholder pages, which otherwise keep the server from closing. */
    endStreams: () => void;
  }
  interface FastifyContextConfig {
    access?: RouteAccess;
    /** A form of a page may be sent to it, not only JSON. */
    form?: boolean;
    /** The body is a file: bytes, sent as what they are (`application/octet-stream`), and nothing else. */
    raw?: boolean;
    /** A page that people open: who is not signed in is told so in a page. */
    page?: boolean;
    /** The same for everybody and made beforehand: neither who asks nor how often matters. */
    cached?: boolean;
    /** It may be sent from anywhere: what it carries is proof enough. */
    anyOrigin?: boolean;
  }
  interface FastifyRequest {
    /** Who asks; null on public routes when nobody is signed in. */
    principal: Principal | null;
    /** The room of `:id` on routes with access `incident`. */
    room: Room | null;
  }
}
