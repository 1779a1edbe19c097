import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { WireError } from '#shared/contract/refusals.ts';
import type { IncidentSummary } from '#shared/contract/wire.ts';
import { copyText } from '../../app/copy.ts';
import { useTitle } from '../../app/title.ts';
import { Elapsed } from '../../design/Clock.tsx';
import { SeverityBadge } from '../../design/SeverityBadge.tsx';
import { StatusTrack } from '../../design/StatusTrack.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { useConnectionState, useRoom, useRoomHandle } from '../../room/RoomContext.tsx';
import { writtenIn } from '../../connection/outbox.ts';
import { readStored, storedKeys } from '../../room/stored.ts';

/** Words for a wait come only after it has become one. Milliseconds. */
const WORDS_AFTER = 3_000;

/** The frame and what is known, while the room is being joined. */
export function Joining({ summary }: { summary: IncidentSummary }): ReactNode {
  const { t } = useTranslation(['room', 'common']);
  const connection = useConnectionState();
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), WORDS_AFTER);
    return () => clearTimeout(timer);
  }, []);
  useTitle(`${t('common:incident.number', { number: summary.number })} ${summary.severity} ${summary.title}`);
  const offline = connection.kind === 'offline';
  return (
    <main className="room" data-layout="one" aria-busy="true">
      <header className="bar" aria-label={t('room:bar.label')}>
        <h1 className="bar-title">
          <span className="bar-number">{t('common:incident.number', { number: summary.number })}</span>
          <bdi className="bar-name">{summary.title}</bdi>
        </h1>
        <SeverityBadge severity={summary.severity} word />
        <StatusTrack status={summary.status} />
        <span className="bar-elapsed">
          <Elapsed since={summary.declaredAt} />
        </span>
      </header>
      <section className="strip" aria-label={t('room:strip.label')}>
        <span className="saved-mark" data-state="connecting">
          {late || offline ? t('room:joining.late') : t('room:saved.connecting')}
        </span>
      </section>
    </main>
  );
}

/** There is no such room for this person. What they wrote is still theirs. */
export function NoRoom({ error }: { error: WireError }): ReactNode {
  const { t } = useTranslation(['room', 'common']);
  const { store, me } = useRoomHandle();
  const pending = useRoom((snapshot) => snapshot.pending);
  const [copied, setCopied] = useState(false);
  const draft = readStored(storedKeys.draft(me.id, store.incidentId)) ?? '';
  const document = useUnsavedDocument(me.id, store.incidentId);
  const mine = [...pending.map(writtenIn), draft, ...document].filter((text) => text !== '');
  return (
    <main className="lone">
      <h1>{t('common:notFound.title')}</h1>
      <p>{error.code === 'not_found' ? t('common:notFound.text') : error.message}</p>
      {mine.length === 0 ? null : (
        <section aria-label={t('room:kept.label')}>
          <p>{t('room:kept.text')}</p>
          <pre className="kept-text">{mine.join('\n\n')}</pre>
          <Button variant="default" onClick={() => void copyText(mine.join('\n\n')).then(setCopied)}>
            {copied ? t('room:phase.copied') : t('room:phase.copy')}
          </Button>
        </section>
      )}
      <Link href="/board">{t('common:action.back')}</Link>
    </main>
  );
}

/** What was written into the document and never saved, read from this browser's copy. */
function useUnsavedDocument(person: string, incident: string): readonly string[] {
  const [texts, setTexts] = useState<readonly string[]>([]);
  useEffect(() => {
    let isShown = true;
    // Loaded only here, so that the page stays small.
    void import('../../document/unsavedText.ts')
      .then(({ unsavedText }) => unsavedText(person, incident))
      .then((read) => (isShown ? setTexts(read) : undefined))
      .catch(() => undefined);
    return () => {
      isShown = false;
    };
  }, [person, incident]);
  return texts;
}
