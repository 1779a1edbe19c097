import { healthRoutes } from './health.ts';
import { deliveriesRoutes } from './incidents/deliveries.ts';
import { documentRoutes } from './incidents/document.ts';
import { incidentRoutes } from './incidents/incident.ts';
import { incidentsRoutes } from './incidents/incidents.ts';
import { linksRoutes } from './incidents/links.ts';
import { questionsRoutes } from './incidents/questions.ts';
import { replayRoutes } from './incidents/replay.ts';
import { updatesRoutes } from './incidents/updates.ts';
import { openapiRoute } from './openapi.ts';
import type { App, HttpParts } from './parts.ts';
import { peopleRoutes } from './people.ts';
import { searchRoutes } from './search.ts';
import { sessionRoutes } from './session.ts';
import { settingsRoutes } from './settings.ts';
import { setUpRoutes } from './setup.ts';
import { stakeholderRoutes } from './stakeholder.ts';
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
  linksRoutes(app, parts);
  questionsRoutes(app, parts);
  updatesRoutes(app, parts);
  deliveriesRoutes(app, parts);
  settingsRoutes(app, parts);
  targetsRoutes(app, parts);
  searchRoutes(app, parts);
  stakeholderRoutes(app, parts);
  openapiRoute(app);
  healthRoutes(app, parts);
}
