import { Button } from '@mantine/core';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { ChannelName } from '#shared/contract/settings.ts';
import { announce } from '../../app/announce.ts';
import { api, apiOrThrow } from '../../app/api.ts';
import { useRefusal } from '../../app/refusal.ts';
import { settingsKey } from '../../app/settings.ts';
import { useTranslation } from '../../i18n/index.ts';
import { AddAddress } from './AddAddress.tsx';
import { Answered, useAnswered } from './Answered.tsx';
import { RemoveButton } from './fields.tsx';

interface Target {
  id: string;
  channel: ChannelName;
  address: string;
  name: string | null;
  locale: string | null;
  state: 'pending' | 'active' | 'ended';
}

/** The addresses of an audience, with adding and removing; only administrators see it. */
export function Addresses({ audience }: { audience: string }): ReactNode {
  const { t } = useTranslation(['audiences', 'updates', 'common']);
  const sentence = useRefusal();
  const queries = useQueryClient();
  const path = `/api/audiences/${audience}/targets`;
  const queryKey = ['targets', audience];
  const [answered, setAnswered] = useAnswered();
  const list = useInfiniteQuery({
    queryKey,
    queryFn: ({ signal, pageParam }) =>
      apiOrThrow<{ targets: Target[]; more: boolean }>(path, { query: { after: pageParam }, signal }),
    initialPageParam: '',
    getNextPageParam: (last) => (last.more ? last.targets.at(-1)?.id : undefined),
  });
  const changed = (): void => {
    void queries.invalidateQueries({ queryKey });
    void queries.invalidateQueries({ queryKey: settingsKey('audience') });
  };

  async function remove(id: string): Promise<void> {
    const answer = await api(`${path}/${id}`, { method: 'DELETE' });
    const said = answer.ok ? t('audiences:removed') : sentence(answer.error);
    setAnswered({ kind: answer.ok ? 'done' : 'refused', sentence: said });
    announce(answer.ok ? 'polite' : 'assertive', said);
    changed();
  }

  const targets = list.data?.pages.flatMap((page) => page.targets) ?? [];
  return (
    <div className="addresses">
      <h3>{t('audiences:addresses')}</h3>
      {list.isError ? <p className="refused">{t('common:load.failed')}</p> : null}
      {list.data !== undefined && targets.length === 0 ? (
        <p className="muted">{t('audiences:noAddresses')}</p>
      ) : null}
      <ul className="people-list">
        {targets.map((target) => (
          <li key={target.id} className="person-row">
            <div className="person-who">
              <strong dir="auto">{target.address}</strong>
              <div className="muted meta">
                {[
                  t(`updates:channel.${target.channel}`),
                  target.name,
                  target.locale === 'ko' || target.locale === 'en'
                    ? t(`updates:language.${target.locale}`)
                    : null,
                  target.state === 'active' ? null : t(`audiences:state.${target.state}`),
                ]
                  .filter((part) => part !== null)
                  .join(' · ')}
              </div>
            </div>
            <div className="person-acts">
              <RemoveButton
                effect={t('audiences:removeAddressEffect')}
                onRemove={() => void remove(target.id)}
              />
            </div>
          </li>
        ))}
      </ul>
      {list.hasNextPage ? (
        <Button variant="default" size="compact-sm" onClick={() => void list.fetchNextPage()}>
          {t('updates:more')}
        </Button>
      ) : null}
      <Answered answered={answered} />
      <AddAddress path={path} onAdded={changed} />
    </div>
  );
}
