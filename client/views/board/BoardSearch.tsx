import { TextInput } from '@mantine/core';
import { useQueries, useQuery } from '@tanstack/react-query';
import { useEffect, useId, useState } from 'react';
import type { ReactNode, RefObject } from 'react';
import { Link } from 'wouter';
import type { IncidentSummary } from '#shared/contract/wire.ts';
import { announce } from '../../app/announce.ts';
import { apiOrThrow } from '../../app/api.ts';
import { bestMatch } from '../../app/hangul.ts';
import { INCIDENTS_KEY } from '../../app/incidents.ts';
import type { IncidentPage } from '../../app/incidents.ts';
import { useTimeStyle } from '../../design/Clock.tsx';
import { SearchIcon } from '../../design/icons.tsx';
import { formatDate, formatTime } from '../../design/time.ts';
import { useTranslation } from '../../i18n/index.ts';
import { BoardRow } from './BoardRow.tsx';

const PAUSE = 250;
const TITLES_MOST = 10;

/** A place where the words of a search stand, in a log or a document. */
interface Hit {
  incidentId: string;
  seq?: number;
  docSeq?: number;
  text: string;
  at: string;
}

interface SearchFieldProps {
  value: string;
  onChange: (text: string) => void;
  field: RefObject<HTMLInputElement | null>;
}

/** The field; its results are a component of their own, `BoardSearch.Results`. */
export function BoardSearch({ value, onChange, field }: SearchFieldProps): ReactNode {
  const { t } = useTranslation('board');
  return (
    <search className="board-search">
      <TextInput
        ref={field}
        type="search"
        aria-label={t('search.label')}
        placeholder={t('search.placeholder')}
        leftSection={<SearchIcon />}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || event.nativeEvent.isComposing) return;
          if (value === '') event.currentTarget.blur();
          else onChange('');
        }}
      />
    </search>
  );
}

/** The text once it has not changed for a moment. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(text), PAUSE);
    return () => window.clearTimeout(timer);
  }, [text]);
  return settled;
}

function Results({ query, incidents }: { query: string; incidents: readonly IncidentSummary[] }): ReactNode {
  const { t } = useTranslation(['board', 'common']);
  const titleId = useId();
  const settled = useSettled(query.trim());
  const older = useQuery({
    queryKey: [...INCIDENTS_KEY, 'search', settled],
    queryFn: ({ signal }) =>
      apiOrThrow<IncidentPage>('/api/incidents', {
        query: { status: 'all', query: settled, limit: 20 },
        signal,
      }),
    enabled: settled !== '',
  });
  const texts = useQuery({
    queryKey: ['search', settled],
    queryFn: ({ signal }) =>
      apiOrThrow<{ hits: Hit[] }>('/api/search', { query: { query: settled }, signal }),
    enabled: settled !== '',
  });
  const known = [
    ...new Map([...(older.data?.incidents ?? []), ...incidents].map((one) => [one.id, one])).values(),
  ];
  const byTitle = known
    .map((incident) => ({ incident, quality: bestMatch(query, [incident.title, `INC-${incident.number}`]) }))
    .filter(({ quality }) => quality > 0)
    .toSorted((a, b) => b.quality - a.quality || b.incident.number - a.incident.number)
    .slice(0, TITLES_MOST);
  const hits = texts.data?.hits ?? [];
  const numbers = useNumbersOf(hits, known);
  const busy = older.isFetching || texts.isFetching || settled !== query.trim();
  const count = byTitle.length + hits.length;

  useEffect(() => {
    if (!busy) announce('polite', t('search.count', { count }));
  }, [busy, count, t]);

  return (
    <section className="board-results" aria-labelledby={titleId} aria-busy={busy}>
      <h2 id={titleId}>{t('search.results', { query })}</h2>
      {byTitle.length > 0 ? (
        <ul className="board-list">
          {byTitle.map(({ incident }) => (
            <BoardRow key={incident.id} incident={incident} />
          ))}
        </ul>
      ) : null}
      {hits.length > 0 ? (
        <ul className="board-hits">
          {hits.map((hit) => (
            <HitRow
              key={`${hit.incidentId}/${hit.seq ?? ''}/${hit.docSeq ?? ''}`}
              hit={hit}
              number={numbers.get(hit.incidentId)}
            />
          ))}
        </ul>
      ) : null}
      {texts.isError ? <p className="refused">{t('search.failed')}</p> : null}
      {!busy && count === 0 ? <p className="muted">{t('common:palette.none', { query })}</p> : null}
    </section>
  );
}

/** The numbers of the incidents that hits stand in; those no list has are asked for. */
function useNumbersOf(hits: readonly Hit[], known: readonly IncidentSummary[]): ReadonlyMap<string, number> {
  const numbers = new Map(known.map((incident) => [incident.id, incident.number]));
  const missing = [...new Set(hits.map((hit) => hit.incidentId))].filter((id) => !numbers.has(id));
  const found = useQueries({
    queries: missing.map((id) => ({
      queryKey: ['incident', id, 'number'],
      queryFn: async () =>
        (await apiOrThrow<{ state: { number: number } }>(`/api/incidents/${id}`)).state.number,
      staleTime: Infinity,
    })),
  });
  missing.forEach((id, index) => {
    const number = found[index]?.data;
    if (number !== undefined) numbers.set(id, number);
  });
  return numbers;
}

function HitRow({ hit, number }: { hit: Hit; number: number | undefined }): ReactNode {
  const { t } = useTranslation('board');
  const style = useTimeStyle();
  if (number === undefined) return null;
  const place = hit.seq === undefined ? '?show=document' : `#e${hit.seq}`;
  return (
    <li>
      <Link className="board-hit" href={`/i/${number}${place}`}>
        <span className="meta muted">
          INC-{number} · {hit.seq === undefined ? t('search.document') : t('search.entry', { seq: hit.seq })}{' '}
          ·{' '}
          <time dateTime={hit.at}>
            {formatDate(hit.at, style)} {formatTime(hit.at, style)}
          </time>
        </span>
        <span className="board-hit-text">{hit.text}</span>
      </Link>
    </li>
  );
}

BoardSearch.Results = Results;
