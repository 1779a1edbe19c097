import { createContext, use, useEffect, useMemo, useRef, useState } from 'react';
import { browserClock } from '../connection/clock.ts';
import { getConnection } from '../connection/socket.ts';
import { watchVersion } from '../connection/versionWatch.ts';
import type { VersionWatch } from '../connection/versionWatch.ts';
import { useTranslation } from '../i18n/index.ts';
import { announce } from './announce.ts';
import { watchCalm } from './calm.ts';

/** What views show of a new version of the page. */
export interface NewVersion {
  shown: boolean;
  later: () => void;
}

const NAME = 'meta[name="warroom-build"]';

export const NewVersionContext = createContext<NewVersion>({ shown: false, later: () => undefined });

/** Whether the person is told of a new version now. */
export function useNewVersion(): NewVersion {
  return use(NewVersionContext);
}

function buildNamedIn(page: Document): string | null {
  return page.querySelector(NAME)?.getAttribute('content') ?? null;
}

/** The build that a reload would bring, read from the page as it is served now. */
async function askServed(): Promise<string | null> {
  try {
    const answer = await fetch('/', { cache: 'no-store', headers: { accept: 'text/html' } });
    if (!answer.ok) return null;
    return buildNamedIn(new DOMParser().parseFromString(await answer.text(), 'text/html'));
  } catch {
    return null;
  }
}

/** Watches for a new version while somebody is signed in, and says it once to screen readers when it is shown. */
export function useNewVersionWatch(): NewVersion {
  const { t } = useTranslation('common');
  const [watch, setWatch] = useState<VersionWatch | null>(null);
  const [shown, setShown] = useState(false);

  useEffect(() => {
    const connection = getConnection();
    const calm = watchCalm();
    const started = watchVersion({
      mine: buildNamedIn(document),
      clock: browserClock,
      chance: () => Math.random(),
      askServed,
      isCalm: calm.isCalm,
    });
    const hear = (): void => {
      const build = connection.build();
      if (build !== null) started.told(build);
    };
    const stops = [
      started.subscribe(() => setShown(started.state().kind === 'shown')),
      connection.subscribe(hear),
    ];
    hear();
    // What an effect opened has to be shown; there is no other moment for it.
    // oxlint-disable-next-line react/set-state-in-effect
    setWatch(started);
    return () => {
      for (const stop of stops) stop();
      started.stop();
      calm.stop();
      setShown(false);
    };
  }, []);

  const said = useRef(false);
  useEffect(() => {
    if (!shown || said.current) return;
    said.current = true;
    announce('polite', `${t('version.here')} ${t('version.when')}`);
  }, [shown, t]);

  return useMemo(() => ({ shown, later: () => watch?.later() }), [shown, watch]);
}
