import { createContext, use, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { createKeyRegistry } from './keys.ts';
import type { KeyBinding, KeyRegistry } from './keys.ts';
import { usePreferences } from './preferences.tsx';

const KeysContext = createContext<KeyRegistry | null>(null);

export function KeysProvider({ children }: { children: ReactNode }): ReactNode {
  const { preferences } = usePreferences();
  const [registry] = useState(() => createKeyRegistry(() => performance.now()));
  useEffect(() => {
    registry.allowSingleKeys(preferences.singleKeys);
  }, [registry, preferences.singleKeys]);
  useEffect(() => {
    document.addEventListener('keydown', registry.handle);
    return () => document.removeEventListener('keydown', registry.handle);
  }, [registry]);
  return <KeysContext value={registry}>{children}</KeysContext>;
}

export function useKeyRegistry(): KeyRegistry {
  const registry = use(KeysContext);
  if (!registry) throw new Error('useKeyRegistry outside of KeysProvider');
  return registry;
}

/**
 * Runs `run` when the combination is pressed while this component is shown; see `keys.ts` for the form and for when a
 * key acts. `when: false` switches it off.
 */
export function useKey(
  combination: string,
  run: (event: KeyboardEvent) => void,
  options: Omit<KeyBinding, 'combination' | 'run'> & { when?: boolean } = {},
): void {
  const registry = useKeyRegistry();
  const { when = true, label, inDialogs, inText } = options;
  const latest = useRef(run);
  // Before the next key can come: a key acts on what the page shows.
  useLayoutEffect(() => {
    latest.current = run;
  });
  useEffect(() => {
    if (!when) return;
    return registry.add({
      combination,
      run: (event) => latest.current(event),
      ...(label === undefined ? {} : { label }),
      ...(inDialogs ? { inDialogs } : {}),
      ...(inText ? { inText } : {}),
    });
  }, [registry, combination, when, label, inDialogs, inText]);
}
