import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import type { IncidentSummary } from '#shared/contract/wire.ts';
import { StarShape } from '../design/shapes.tsx';
import { useTranslation } from '../i18n/index.ts';
import { announce } from './announce.ts';
import { useIncidentList } from './incidentNews.ts';
import { useNewVersion } from './newVersion.ts';
import { roomNumberIn } from './recentRooms.ts';
import { useMe } from './session.tsx';
import { VersionNote } from './VersionNote.tsx';

const NONE: readonly IncidentSummary[] = [];

/** The incidents whose command is offered to me, but for the one whose room is shown: that room says so itself. */
export function useOffersElsewhere(): readonly IncidentSummary[] {
  const me = useMe().id;
  const [location] = useLocation();
  const open = useIncidentList('open');
  const offered = open.data?.incidents.filter((incident) => incident.offeredTo === me) ?? NONE;
  const shown = /\/review(?:\/|$)/.test(location) ? null : roomNumberIn(location);
  useSaidOnce(offered, shown);
  return offered.filter((incident) => incident.number !== shown);
}

/** Says each offer once, at once; what its own room says is not said again. */
function useSaidOnce(offered: readonly IncidentSummary[], shown: number | null): void {
  const { t } = useTranslation('common');
  const said = useRef<ReadonlySet<number>>(new Set());
  useEffect(() => {
    for (const { number } of offered)
      if (number !== shown && !said.current.has(number)) announce('assertive', t('offer.toYou', { number }));
    said.current = new Set(offered.map(({ number }) => number));
  }, [offered, shown, t]);
}

/**
 * Stands above every view but the offer's own room for as long as command is offered to me; its place is kept free. While
 * none is, it may tell of a new version of the page; in rooms their own strip does.
 */
export function OfferBar({ offers }: { offers: readonly IncidentSummary[] }): ReactNode {
  const { t } = useTranslation('common');
  const [first, ...others] = offers;
  const { shown } = useNewVersion();
  if (!first && shown) {
    return (
      <section className="offer-bar version-bar" aria-label={t('version.label')} data-region="version">
        <VersionNote />
      </section>
    );
  }
  if (!first) return <div className="offer-bar" />;
  return (
    <section className="offer-bar" aria-label={t('offer.label')} data-region="offer">
      <StarShape />
      <span className="offer-bar-words">{t('offer.toYou', { number: first.number })}</span>
      {others.length > 0 ? <span>{t('offer.more', { count: others.length })}</span> : null}
      <Link className="offer-bar-open" href={`/i/${first.number}`}>
        {t('offer.open')}
      </Link>
    </section>
  );
}
