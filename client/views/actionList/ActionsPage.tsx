import { Button, NativeSelect } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import { useSearchParams } from 'wouter';
import type { ListedAction } from '#shared/review/actionList.ts';
import { announce } from '../../app/announce.ts';
import { api, apiOrThrow } from '../../app/api.ts';
import { usePeople } from '../../app/people.tsx';
import { useRefusal } from '../../app/refusal.ts';
import { useMe } from '../../app/session.tsx';
import { useTitle } from '../../app/title.ts';
import { useTranslation } from '../../i18n/index.ts';
import { NotFoundPage } from '../notfound/NotFoundPage.tsx';
import { ActionRow } from './ActionRow.tsx';
import { Answered, useAnswered } from '../settings/Answered.tsx';
import './actionList.css';

const shows = ['open', 'overdue', 'done', 'dropped', 'all'] as const;
type Show = (typeof shows)[number];
const ACTIONS_KEY = ['actions'] as const;

/** What reviews decided to do, over all incidents. Rendered without properties at `/actions`. */
export default function ActionsPage(): ReactNode {
  const { t } = useTranslation('actionList');
  const me = useMe();
  useTitle(t('title'));
  return me.access === 'responder' ? <List /> : <NotFoundPage />;
}

function List(): ReactNode {
  const { t } = useTranslation(['actionList', 'common']);
  const [parameters, setParameters] = useSearchParams();
  const show: Show = shows.find((one) => one === parameters.get('show')) ?? 'open';
  const owner = parameters.get('owner') ?? '';
  const { query, mark, answered } = useActions(show, owner);
  const actions = query.data?.actions;
  const late = actions?.filter(({ overdue }) => overdue).length ?? 0;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);

  function change(name: 'show' | 'owner', value: string): void {
    const next = new URLSearchParams(parameters);
    next.set(name, value);
    if (value === '' || (name === 'show' && value === 'open')) next.delete(name);
    setParameters(next, { replace: true });
  }

  return (
    <main className="action-list" data-region="actions">
      <h1 ref={heading} tabIndex={-1}>
        {t('title')}
      </h1>
      <p className="muted">{t('intro')}</p>
      <form
        className="action-filter"
        aria-label={t('filter.label')}
        onSubmit={(event) => event.preventDefault()}
      >
        <NativeSelect
          label={t('filter.show')}
          value={show}
          data={shows.map((each) => ({ value: each, label: t(`filter.${each}`) }))}
          onChange={({ currentTarget }) => change('show', currentTarget.value)}
        />
        <OwnerField value={owner} onChange={(value) => change('owner', value)} />
      </form>
      {query.isError ? (
        <p className="refused" role="alert">
          {t('common:load.failed')}{' '}
          <Button variant="default" size="compact-sm" onClick={() => void query.refetch()}>
            {t('common:action.retry')}
          </Button>
        </p>
      ) : null}
      <Answered answered={answered} />
      {actions === undefined ? (
        query.isError ? null : (
          <p className="muted">{t('common:load.wait')}</p>
        )
      ) : actions.length === 0 ? (
        <p className="action-none muted">{show === 'open' && owner === '' ? t('noneAtAll') : t('none')}</p>
      ) : (
        <>
          <p className="tabular">
            {t('counted', { count: actions.length })}
            {late > 0 ? (
              <>
                {' · '}
                <strong className="action-late">{t('overdue', { count: late })}</strong>
              </>
            ) : null}
            {query.data?.truncated ? ` · ${t('truncated')}` : null}
          </p>
          <ul className="action-rows">
            {actions.map((action) => (
              <ActionRow
                key={`${action.incident.id} ${action.action}`}
                action={action}
                onMark={(status) => void mark(action, status)}
              />
            ))}
          </ul>
        </>
      )}
    </main>
  );
}

function OwnerField({ value, onChange }: { value: string; onChange: (value: string) => void }): ReactNode {
  const { t } = useTranslation('actionList');
  const people = usePeople();
  const others = [...people.values()].filter(({ access }) => access === 'responder');
  return (
    <NativeSelect
      label={t('filter.owner')}
      value={value}
      data={[
        { value: '', label: t('filter.everybody') },
        { value: 'me', label: t('filter.me') },
        ...others.map(({ id, name }) => ({ value: id, label: name })),
      ]}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}

/** The actions asked for, and marking one of them as done or open. */
function useActions(show: Show, owner: string) {
  const { t } = useTranslation('actionList');
  const queries = useQueryClient();
  const sentence = useRefusal();
  const [answered, setAnswered] = useAnswered();
  const asked = {
    status: show === 'overdue' ? 'open' : show,
    ...(show === 'overdue' ? { overdue: true } : {}),
    ...(owner === '' ? {} : { owner }),
  };
  const query = useQuery({
    queryKey: [...ACTIONS_KEY, asked],
    queryFn: ({ signal }) =>
      apiOrThrow<{ actions: ListedAction[]; truncated: boolean }>('/api/actions', { query: asked, signal }),
    staleTime: 5_000,
  });

  async function mark(action: ListedAction, status: 'open' | 'done'): Promise<void> {
    const answer = await api(`/api/incidents/${action.incident.id}/commands`, {
      method: 'POST',
      body: { type: 'action.set', body: { action: action.action, status } },
    });
    const said = answer.ok ? t('saved') : sentence(answer.error);
    setAnswered({ kind: answer.ok ? 'done' : 'refused', sentence: said });
    announce(answer.ok ? 'polite' : 'assertive', said);
    await queries.invalidateQueries({ queryKey: ACTIONS_KEY });
  }

  return { query, mark, answered };
}
