import type { CommandType } from '#shared/contract/commands.ts';
import type { ClientToServer } from '#shared/contract/wire.ts';
import type { documentNames } from '#shared/document.ts';

/**
 * Who may do what, once more and as a whole: every route, event, command and document action against everybody who
 * could try. Nothing runs by this table; it is what the access test holds every transport to, and it fails when
 * something new has no row here.
 */
export const subjects = [
  /** Nobody is signed in. */
  'visitor',
  /** Signed out a moment ago, still with the token. */
  'revoked',
  /** Signed in, but enters no incident. */
  'stakeholder',
  /** In an incident open to all responders, without a role there; wrote the entry that corrections are tried on. */
  'responder',
  'operations',
  'communications',
  /** Named next commander. */
  'deputy',
  /** The person a handoff is offered to. */
  'named',
  'commander',
  /** An administrator without a role in the incident. */
  'admin',
  /** Member of a private incident, without a role there. */
  'member',
  /** A responder who is not a member of that private incident. */
  'outsider',
  /** An administrator who is not a member of that private incident. */
  'adminOutside',
] as const;
export type Subject = (typeof subjects)[number];

/** `allowed`: not kept from it; a rule may still say no for another reason. Else the HTTP status of the refusal. */
export type Outcome = 'allowed' | 401 | 403 | 404;
export type Row = Readonly<Record<Subject, Outcome>>;

const inside = [
  'responder',
  'operations',
  'communications',
  'deputy',
  'named',
  'commander',
  'admin',
  'member',
] as const;
type Insider = (typeof inside)[number];

function row(of: (subject: Subject) => Outcome): Row {
  return Object.fromEntries(subjects.map((subject) => [subject, of(subject)])) as Record<Subject, Outcome>;
}

const everybody = row(() => 'allowed');
const nobodyKnows = row(() => 404);
const readingOnly = row(() => 403);

/** Who is signed in, except those named. */
function signedIn(except: Partial<Record<Subject, Outcome>> = {}): Row {
  return row(
    (subject) => except[subject] ?? (subject === 'visitor' || subject === 'revoked' ? 401 : 'allowed'),
  );
}

const admins = signedIn({
  stakeholder: 403,
  outsider: 403,
  ...Object.fromEntries(inside.filter((subject) => subject !== 'admin').map((subject) => [subject, 403])),
});

/** In an incident: those named; for the others in it 403, for everybody else the incident does not exist. */
function inRoom(allowed: readonly Insider[] = inside): Row {
  return signedIn({
    stakeholder: 404,
    outsider: 404,
    adminOutside: 404,
    ...Object.fromEntries(
      inside.filter((subject) => !allowed.includes(subject)).map((subject) => [subject, 403]),
    ),
  });
}

const linkMakers = inRoom(['communications', 'commander', 'admin']);
const responders = signedIn({ stakeholder: 403 });
const communicators = inRoom(['communications', 'commander']);
/** Administrators; and Communications and the commander of an incident that the audience belongs to. */
const readersOfAddresses = signedIn({
  ...Object.fromEntries(inside.map((subject) => [subject, 403])),
  ...{ stakeholder: 403, outsider: 403 },
  ...{ admin: 'allowed', communications: 'allowed', commander: 'allowed' },
});

/** Every HTTP route, as `METHOD pattern`. What a command may do is in `commandRows`. */
export const routeRows: ReadonlyMap<string, Row> = new Map([
  ['POST /api/session', everybody],
  ['GET /api/session', signedIn()],
  ['DELETE /api/session', signedIn()],
  ['POST /api/session/password', signedIn()],
  // There is an administrator already: no set-up link works any more.
  ['GET /api/setup/:token', nobodyKnows],
  ['POST /api/setup/:token', nobodyKnows],
  ['GET /api/invitations/:token', everybody],
  ['POST /api/invitations/:token', everybody],
  ['GET /api/people', responders],
  ['POST /api/people', admins],
  ['PATCH /api/people/:id', admins],
  ['POST /api/people/:id/invitation', admins],
  ['DELETE /api/people/:id/sessions', admins],
  ['POST /api/incidents', responders],
  ['GET /api/incidents', signedIn()],
  ['GET /api/incidents/number/:number', inRoom()],
  ['GET /api/incidents/:id', inRoom()],
  ['GET /api/incidents/:id/log', inRoom()],
  ['POST /api/incidents/:id/commands', inRoom()],
  ['POST /api/incidents/:id/ticket', inRoom()],
  ['GET /api/incidents/:id/document', inRoom()],
  ['GET /api/incidents/:id/replay', inRoom()],
  ...['document', 'batches', 'authors', 'at', 'activity', 'outside'].map(
    (name) => [`GET /api/incidents/:id/replay/${name}`, inRoom()] as const,
  ),
  ['POST /api/incidents/:id/imports', inRoom()],
  ['GET /api/incidents/:id/links', linkMakers],
  ['POST /api/incidents/:id/links', linkMakers],
  ['DELETE /api/incidents/:id/links/:link', linkMakers],
  ['POST /api/incidents/:id/updates/preview', inRoom()],
  ['GET /api/incidents/:id/deliveries', inRoom()],
  ['GET /api/incidents/:id/deliveries/:seq', communicators],
  ['POST /api/incidents/:id/deliveries/:seq/retry', communicators],
  ['POST /api/deploys', admins],
  ['POST /api/alerts', admins],
  ['GET /api/settings/:kind', responders],
  ['PUT /api/settings/:kind/:id', admins],
  ['DELETE /api/settings/:kind/:id', admins],
  ['GET /api/audiences/:audience/targets', readersOfAddresses],
  ['POST /api/audiences/:audience/targets', admins],
  ['DELETE /api/audiences/:audience/targets/:target', admins],
  ['GET /api/incidents/:id/questions', inRoom(['communications', 'commander'])],
  ['GET /api/search', signedIn()],
  ['GET /api/insights', responders],
  ['GET /api/insights.csv', responders],
  ['GET /api/s/:token', everybody],
  ['GET /api/s/:token/events', everybody],
  ['GET /s/:token', everybody],
  ['POST /api/s/:token', readingOnly],
  ['POST /api/s/:token/events', readingOnly],
  ['POST /s/:token', readingOnly],
  // Questions to Communications are all that is taken from a reader.
  ['POST /api/s/:token/questions', everybody],
  ['POST /s/:token/questions', everybody],
  ['POST /s/:token/subscribe', everybody],
  ['GET /s/:token/feed.rss', everybody],
  ['GET /s/:token/feed.atom', everybody],
  ['GET /s/:token/feed.json', everybody],
  // Tokens of these are signed for one address; another one is not found.
  ['GET /subscriptions/confirm/:token', nobodyKnows],
  ['POST /subscriptions/confirm/:token', nobodyKnows],
  ['GET /subscriptions/unsubscribe/:token', nobodyKnows],
  ['POST /subscriptions/unsubscribe/:token', nobodyKnows],
  // The public page is everybody's; an incident of which nothing went there is not on it.
  ...['/status', '/status/history', '/status/feed.rss', '/status/feed.atom', '/status/feed.json'].map(
    (url) => [`GET ${url}`, everybody] as const,
  ),
  ...['summary', 'incidents', 'status'].map((name) => [`GET /api/v2/${name}.json`, everybody] as const),
  ['GET /status/i/:number', nobodyKnows],
  ['POST /status/subscribe', everybody],
  ['GET /stakeholder/incidents', signedIn()],
  // Stakeholders read what went to an audience with their address; here none did.
  ['GET /updates/:number', inRoom()],
  ['GET /updates/:number/events', inRoom()],
  ['POST /updates/:number/questions', inRoom()],
  ['GET /stakeholder.js', everybody],
  ['GET /icon.svg', everybody],
  ['GET /theme.js', everybody],
  ['GET /assets/:file', everybody],
  ['GET /api/openapi.json', everybody],
  ['GET /healthz', everybody],
  ['GET /readyz', everybody],
  ['GET /metrics', everybody],
  ['HEAD /healthz', everybody],
  ['HEAD /readyz', everybody],
  ['HEAD /metrics', everybody],
  ['GET /', everybody],
  ['GET /board', everybody],
  ['GET /declare', everybody],
  ['GET /i/:number', everybody],
  ['GET /i/:number/*', everybody],
  ['GET /actions', everybody],
  ['GET /insights', everybody],
  ['GET /signin', everybody],
  ['GET /setup/:token', everybody],
  ['GET /invite/:token', everybody],
  ['GET /settings', everybody],
  ['GET /settings/*', everybody],
]);

const commanderAlone = inRoom(['commander']);

/** Every command, on every transport that takes commands. */
export const commandRows: Readonly<Record<CommandType, Row>> = {
  'chat.post': inRoom(),
  'chat.correct': inRoom(['responder']),
  'entry.redact': commanderAlone,
  'entry.pin': inRoom(),
  'entry.unpin': inRoom(),
  'doing.set': inRoom(),
  'role.assign': commanderAlone,
  'role.delegate': inRoom(['operations']),
  'role.release': inRoom(['operations', 'commander']),
  'deputy.set': commanderAlone,
  'handoff.offer': commanderAlone,
  'handoff.accept': inRoom(['named']),
  'handoff.decline': inRoom(['named']),
  'handoff.withdraw': commanderAlone,
  'handoff.force': inRoom(['deputy', 'admin']),
  'handoff.confirm': inRoom(),
  'severity.set': commanderAlone,
  'status.set': commanderAlone,
  'incident.rename': commanderAlone,
  'incident.reopen': inRoom(),
  'member.add': commanderAlone,
  'member.remove': commanderAlone,
  'update.send': inRoom(['communications', 'commander']),
  'audience.attach': inRoom(['communications', 'commander']),
  'audience.detach': inRoom(['communications', 'commander']),
  'service.set': inRoom(['communications', 'commander']),
  'question.answer': inRoom(['communications', 'commander']),
  'records.import': inRoom(),
  'records.withdraw': inRoom(),
  'fact.record': inRoom(),
  'milestone.set': inRoom(),
  'comment.add': inRoom(),
  'why.add': inRoom(),
  'why.revise': inRoom(),
  'why.ground': inRoom(),
  'why.remove': inRoom(),
  'action.add': inRoom(),
  'action.reword': inRoom(),
  'action.change': inRoom(),
  'action.set': inRoom(),
  'incident.link': inRoom(),
  'incident.unlink': inRoom(),
  'review.sign': inRoom(),
  'review.reopen': inRoom(),
  'access.break': { ...inRoom(['admin']), adminOutside: 'allowed' },
};

/**
 * Every Socket.IO event. Who may not connect at all has 401 for each. `leave`, `away` and `progress` say something of
 * where one is; from who is nowhere they are heard and change nothing.
 */
export const eventRows: Readonly<Record<keyof ClientToServer, Row>> = {
  join: inRoom(),
  leave: signedIn(),
  command: inRoom(),
  away: signedIn(),
  progress: signedIn(),
};

/** What a document socket can do. Refused at the upgrade: 401, 403, 404; once open: 403. */
export const documentActions = ['read', 'edit', 'awareness'] as const;
export type DocumentAction = (typeof documentActions)[number];
export type DocumentName = (typeof documentNames)[number];

/** Every document action on every document, in an incident that is not closed. */
export const documentRows: Readonly<Record<DocumentName, Readonly<Record<DocumentAction, Row>>>> = {
  main: { read: inRoom(), edit: inRoom(), awareness: inRoom() },
  // Many draft an update; who sends it stands at `update.send`.
  update: { read: inRoom(), edit: inRoom(), awareness: inRoom() },
  review: { read: inRoom(), edit: inRoom(), awareness: inRoom() },
};
