import '../../../client/design/tokens.css';
import '../../../client/design/mantine.css';
import '../../../client/design/base.css';
import '../../../client/design/badges.css';
import './page.css';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode, useState } from 'react';
import type { ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import type { IncidentState } from '#shared/incident/state.ts';
import { standingRoleTree } from '#shared/incident/roles.ts';
import { SessionProvider, useSession } from '../../../client/app/session.tsx';
import { cssVariablesResolver, theme } from '../../../client/design/theme.ts';
import { setLocale, startTranslations } from '../../../client/i18n/index.ts';
import DocumentPane from '../../../client/views/document/DocumentPane.tsx';
import type { DocumentSaveState } from '../../../client/views/document/DocumentPane.tsx';

/**
 * The document pane alone, for browser tests. The address names who is here: `?me=…&name=…&status=…&locale=…&theme=…`.
 * Save states are kept in `window.saveStates`.
 */
const query = new URLSearchParams(window.location.search);
const saveStates: DocumentSaveState[] = [];
Object.assign(window, { saveStates });

function state(): IncidentState {
  const roles = standingRoleTree().map((role) =>
    role.role === 'ops' ? { ...role, holder: 'person-ops-0001' } : role,
  );
  return {
    id: 'incident-0001',
    number: 42,
    title: 'Checkout returns 500',
    severity: 'SEV1',
    status: (query.get('status') ?? 'mitigating') as IncidentState['status'],
    private: false,
    drill: false,
    declaredAt: '2026-03-14T03:00:00.000Z',
    declaredBy: 'person-ic-0001',
    commander: 'person-ic-0001',
    commanderSince: '2026-03-14T03:00:00.000Z',
    epoch: 1,
    deputy: null,
    roles,
    offer: null,
    confirmation: null,
    pinned: [],
    doing: [],
    expiredOffer: null,
    lastUpdate: null,
    updateCount: 0,
    nextUpdateAt: null,
    resolvedAt: null,
    closedAt: null,
    overdueAt: null,
    lastSignificantSeq: 1,
    seq: 1,
  };
}

function Page(): ReactNode {
  const { person } = useSession();
  const [incident] = useState(state);
  if (!person) return null;
  return (
    <main className="test-page">
      <h1 className="visually-hidden">Room</h1>
      <DocumentPane
        incidentId={incident.id}
        state={incident}
        me={person}
        onSaveState={(one) => saveStates.push(one)}
      />
    </main>
  );
}

document.documentElement.setAttribute('data-mantine-color-scheme', query.get('theme') ?? 'light');
startTranslations();
void setLocale(query.get('locale') === 'ko' ? 'ko' : 'en', false);
const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={cssVariablesResolver}
        forceColorScheme={query.get('theme') === 'dark' ? 'dark' : 'light'}
      >
        <QueryClientProvider client={new QueryClient()}>
          <SessionProvider>
            <Page />
          </SessionProvider>
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  );
}
