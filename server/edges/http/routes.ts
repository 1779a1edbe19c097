import { healthRoutes } from './health.ts';
import { deliveriesRoutes } from './incidents/deliveries.ts';
import { documentRoutes } from './incidents/document.ts';
import { importsRoutes } from './incidents/imports.ts';
import { incidentRoutes } from './incidents/incident.ts';
import { incidentsRoutes } from './incidents/incidents.ts';
import { linksRoutes } from './incidents/links.ts';
import { questionsRoutes } from './incidents/questions.ts';
import { replayRoutes } from './incidents/replay.ts';
import { replayDocumentRoutes } from './incidents/replayDocument.ts';
import { replayTimesRoutes } from './incidents/replayTimes.ts';
import { updatesRoutes } from './incidents/updates.ts';
import { insightsRoutes } from './insights.ts';
import { openapiRoute } from './openapi.ts';
import type { App, HttpParts } from './parts.ts';
import { outsideEventsRoutes } from './outsideEvents.ts';
import { peopleRoutes } from './people.ts';
import { searchRoutes } from './search.ts';
import { sessionRoutes } from './session.ts';
import { settingsRoutes } from './settings.ts';
import { setUpRoutes } from './setup.ts';
import { createSubscribing } from '../../broadcast/subscribing.ts';
import type { Subscribing } from '../../broadcast/subscribing.ts';
import { stakeholderRoutes } from './stakeholder.ts';
import { createInsights } from '../../review/insights.ts';
import { statusRoutes } from './status.ts';
import { subscriptionRoutes } from './subscriptions.ts';
import { targetsRoutes } from './targets.ts';

/** Every route of the API, a file for each part of its address. */
export function registerRoutes(app: App, parts: HttpParts): void {
  sessionRoutes(app, parts);
  setUpRoutes(app, parts);
  peopleRoutes(app, parts);
  incidentsRoutes(app, parts);
  incidentRoutes(app, parts);
  documentRoutes(app, parts);
  replayRoutes(app, parts);
  replayDocumentRoutes(app, parts);
  replayTimesRoutes(app, parts);
  importsRoutes(app, parts);
  outsideEventsRoutes(app, parts);
  linksRoutes(app, parts);
  questionsRoutes(app, parts);
  updatesRoutes(app, parts);
  deliveriesRoutes(app, parts);
  settingsRoutes(app, parts);
  targetsRoutes(app, parts);
  searchRoutes(app, parts);
  const insights = createInsights(parts);
  insightsRoutes(app, parts, insights);
  const subscribing = startSubscribing(app, parts);
  stakeholderRoutes(app, parts, subscribing);
  subscriptionRoutes(app, parts, subscribing);
  statusRoutes(app, parts, subscribing);
  openapiRoute(app);
  healthRoutes(app, parts);
}

/** Subscriptions by readers themselves; they end with the app, and with the link that they came through. */
function startSubscribing(app: App, parts: HttpParts): Subscribing {
  const subscribing = createSubscribing({
    ...parts,
    links: parts.outgoingLinks,
    onFailure: (detail) => app.log.warn({ detail }, 'a subscription could not be asked to be confirmed'),
  });
  parts.links.onRevoked((linkId, incidentId) => {
    subscribing.endLink(incidentId, linkId).catch((error: unknown) => {
      app.log.error({ err: error, incidentId }, 'subscriptions of a revoked link could not be ended');
    });
  });
  app.addHook('onClose', async () => subscribing.close());
  return subscribing;
}
