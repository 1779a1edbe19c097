import { useId } from 'react';
import type { ReactNode } from 'react';
import { loadOf } from '#shared/review/insights.ts';
import type { IncidentInsight } from '#shared/review/insights.ts';
import { usePeople } from '../../app/people.tsx';
import { useTimeStyle } from '../../design/Clock.tsx';
import { ownTimeZone } from '../../design/time.ts';
import { useTranslation } from '../../i18n/index.ts';
import { Behind } from './Behind.tsx';
import { formatMinutes } from './duration.ts';

/** What each person carried, and how much of it at night; with the incidents it was. */
export function LoadTable({ rows }: { rows: readonly IncidentInsight[] }): ReactNode {
  const { t } = useTranslation(['insights', 'common']);
  const { locale } = useTimeStyle();
  const people = usePeople();
  const heading = useId();
  const load = loadOf(rows);
  const words = (minutes: number): string => formatMinutes(minutes, locale);
  if (load.length === 0) return null;
  return (
    <div>
      <h2 id={heading}>{t('load.title')}</h2>
      <p className="muted meta">{t('load.note', { zone: ownTimeZone() })}</p>
      {/* Focusable, so that the keyboard can scroll it. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <section className="insight-table" tabIndex={0} aria-labelledby={heading}>
        <table>
          <thead>
            <tr>
              {(['person', 'incidents', 'active', 'command', 'night'] as const).map((column) => (
                <th key={column} scope="col">
                  {t(`load.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {load.map(({ person, incidents, activeMinutes, commandMinutes, nightMinutes }) => (
              <tr key={person}>
                <th scope="row" dir="auto">
                  {people.get(person)?.name ?? t('common:people.unknown')}
                </th>
                <td>
                  <Behind label={String(incidents)} rows={behind(rows, person, words)} />
                </td>
                <td>{words(activeMinutes)}</td>
                <td>{words(commandMinutes)}</td>
                <td>{words(nightMinutes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}

function behind(rows: readonly IncidentInsight[], person: string, words: (minutes: number) => string) {
  return rows.flatMap((incident) => {
    const own = incident.people.find((each) => each.person === person);
    return own ? [{ incident, value: words(Math.max(own.activeMinutes, own.commandMinutes)) }] : [];
  });
}
