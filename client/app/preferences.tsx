import { createContext, use, useCallback, useEffect, useMemo, useState } from 'react';
import type { ReactNode } from 'react';

/** What a person chose on this device. */
export interface Preferences {
  /** Single letters act outside of text. */
  singleKeys: boolean;
  /** One short tone for what must be answered. */
  sound: boolean;
}

const KEY = 'warroom.preferences';
const DEFAULTS: Preferences = { singleKeys: true, sound: false };

/** Reads stored preferences; whatever is not understood is as if it had not been chosen. */
export function readPreferences(text: string | null): Preferences {
  if (text === null) return DEFAULTS;
  try {
    const stored: unknown = JSON.parse(text);
    if (typeof stored !== 'object' || stored === null) return DEFAULTS;
    return {
      singleKeys: 'singleKeys' in stored && stored.singleKeys === false ? false : DEFAULTS.singleKeys,
      sound: 'sound' in stored && stored.sound === true ? true : DEFAULTS.sound,
    };
  } catch {
    return DEFAULTS;
  }
}

interface PreferencesAccess {
  preferences: Preferences;
  change: (part: Partial<Preferences>) => void;
}

const PreferencesContext = createContext<PreferencesAccess | null>(null);

export function PreferencesProvider({ children }: { children: ReactNode }): ReactNode {
  const [preferences, setPreferences] = useState<Preferences>(() => readPreferences(stored()));

  // Another tab of the same person changed them.
  useEffect(() => {
    const changed = (event: StorageEvent): void => {
      if (event.key === KEY) setPreferences(readPreferences(event.newValue));
    };
    window.addEventListener('storage', changed);
    return () => window.removeEventListener('storage', changed);
  }, []);

  const change = useCallback((part: Partial<Preferences>) => {
    setPreferences((before) => {
      const next = { ...before, ...part };
      try {
        localStorage.setItem(KEY, JSON.stringify(next));
      } catch {
        // Storage is switched off: the choice holds until the page is left.
      }
      return next;
    });
  }, []);

  const value = useMemo(() => ({ preferences, change }), [preferences, change]);
  return <PreferencesContext value={value}>{children}</PreferencesContext>;
}

function stored(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

export function usePreferences(): PreferencesAccess {
  const access = use(PreferencesContext);
  if (!access) throw new Error('usePreferences outside of PreferencesProvider');
  return access;
}
