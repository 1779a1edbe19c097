import { MantineProvider, localStorageColorSchemeManager } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { cssVariablesResolver, theme } from '../design/theme.ts';
import { ApiFailure } from './api.ts';
import { KeysProvider } from './keysContext.tsx';
import { PreferencesProvider } from './preferences.tsx';
import { Routes } from './Routes.tsx';
import { SessionProvider } from './session.tsx';

const colorSchemeManager = localStorageColorSchemeManager({ key: 'warroom.theme' });

function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // A refusal is an answer: asking again gives the same one. Only trouble on the way is worth a second try.
        retry: (failures, error) =>
          failures < 2 && error instanceof ApiFailure && error.error.retryable === true,
        refetchOnWindowFocus: true,
        staleTime: 5_000,
        // The server may be reachable on an intranet while the browser believes itself offline.
        networkMode: 'always',
      },
    },
  });
}

/** Everything that is there on every page: translations are started before it, see `main.tsx`. */
export function App(): ReactNode {
  const [queries] = useState(newQueryClient);
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariablesResolver}
      colorSchemeManager={colorSchemeManager}
      defaultColorScheme="auto"
    >
      <QueryClientProvider client={queries}>
        <PreferencesProvider>
          <SessionProvider>
            <KeysProvider>
              <Routes />
            </KeysProvider>
          </SessionProvider>
        </PreferencesProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
}
