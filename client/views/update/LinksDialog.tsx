import { Button, Modal, TextInput } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { announce } from '../../app/announce.ts';
import { ApiFailure, api, apiOrThrow } from '../../app/api.ts';
import { useNameOf } from '../../app/people.tsx';
import { useRefusal } from '../../app/refusal.ts';
import { useTimeStyle } from '../../design/Clock.tsx';
import { formatDate, formatTime } from '../../design/time.ts';
import { useTranslation } from '../../i18n/index.ts';
import { Answered, useAnswered } from '../settings/Answered.tsx';
import { CopyOnce } from '../settings/CopyOnce.tsx';
import './update.css';

interface ReaderLink {
  id: string;
  label: string | null;
  createdAt: string;
  createdBy: string;
  expiresAt: string | null;
  revokedAt: string | null;
}

interface LinksDialogProps {
  incidentId: string;
  number: number;
  onClose: () => void;
}

/** The links by which people outside read state and updates: make one, copy it once, end it. */
export function LinksDialog({ incidentId, number, onClose }: LinksDialogProps): ReactNode {
  const { t } = useTranslation(['update', 'common']);
  const sentence = useRefusal();
  const onePane = useMediaQuery('(width < 800px)') ?? false;
  const queries = useQueryClient();
  const path = `/api/incidents/${incidentId}/links`;
  const queryKey = ['links', incidentId];
  const list = useQuery({
    queryKey,
    queryFn: async ({ signal }) => (await apiOrThrow<{ links: ReaderLink[] }>(path, { signal })).links,
  });
  const [label, setLabel] = useState('');
  const [made, setMade] = useState<{ label: string; address: string } | null>(null);
  const [answered, setAnswered] = useAnswered();
  const failure = list.error instanceof ApiFailure ? list.error.error : null;

  async function create(): Promise<void> {
    const name = label.trim();
    const answer = await api<ReaderLink & { url: string }>(path, {
      method: 'POST',
      body: name === '' ? {} : { label: name },
    });
    if (!answer.ok) return refused(sentence(answer.error));
    setLabel('');
    setAnswered({ kind: 'nothing' });
    setMade({ label: name === '' ? t('links.noLabel') : name, address: answer.value.url });
    void queries.invalidateQueries({ queryKey });
  }

  async function end(link: ReaderLink): Promise<void> {
    const answer = await api(`${path}/${link.id}`, { method: 'DELETE' });
    if (!answer.ok) return refused(sentence(answer.error));
    setMade(null);
    setAnswered({ kind: 'done', sentence: t('links.ended') });
    announce('polite', t('links.ended'));
    void queries.invalidateQueries({ queryKey });
  }

  function refused(text: string): void {
    setAnswered({ kind: 'refused', sentence: text });
    announce('assertive', text);
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title={t('links.title', { incident: number })}
      size={560}
      yOffset={96}
      fullScreen={onePane}
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
    >
      <p className="muted">{t('links.note')}</p>
      {failure ? (
        <p className="form-answer refused">{sentence(failure)}</p>
      ) : (
        <>
          <form
            className="links-new"
            onSubmit={(event) => {
              event.preventDefault();
              void create();
            }}
          >
            <TextInput
              label={t('links.label')}
              placeholder={t('links.labelPlaceholder')}
              maxLength={80}
              value={label}
              data-autofocus
              onChange={(event) => setLabel(event.currentTarget.value)}
            />
            <Button type="submit">{t('links.create')}</Button>
          </form>
          {made ? <CopyOnce label={t('links.created', { label: made.label })} text={made.address} /> : null}
          <Answered answered={answered} />
          {list.data?.length === 0 ? <p className="muted">{t('links.none')}</p> : null}
          <ul className="people-list">
            {(list.data ?? []).map((link) => (
              <LinkRow key={link.id} link={link} onEnd={() => void end(link)} />
            ))}
          </ul>
        </>
      )}
    </Modal>
  );
}

function LinkRow({ link, onEnd }: { link: ReaderLink; onEnd: () => void }): ReactNode {
  const { t } = useTranslation(['update', 'common']);
  const nameOf = useNameOf();
  const style = useTimeStyle();
  const [asking, setAsking] = useState(false);
  const when = (at: string): string => `${formatDate(at, style)} ${formatTime(at, style)}`;
  return (
    <li className="person-row">
      <div className="person-who">
        <strong>{link.label ?? t('links.noLabel')}</strong>
        <div className="muted meta">
          {t('links.madeBy', { name: nameOf(link.createdBy), time: when(link.createdAt) })}
          {link.revokedAt === null ? '' : ` · ${t('links.revoked', { time: when(link.revokedAt) })}`}
        </div>
      </div>
      {link.revokedAt === null ? (
        <div className="person-acts">
          {asking ? (
            <>
              <span>{t('links.revokeEffect')}</span>
              <Button size="compact-sm" color="danger" onClick={onEnd}>
                {t('links.revoke')}
              </Button>
              <Button size="compact-sm" variant="default" onClick={() => setAsking(false)}>
                {t('common:action.cancel')}
              </Button>
            </>
          ) : (
            <Button size="compact-sm" variant="default" onClick={() => setAsking(true)}>
              {t('links.revoke')}
            </Button>
          )}
        </div>
      ) : null}
    </li>
  );
}
