import { Button } from '@mantine/core';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useParams } from 'wouter';
import type { IncidentSummary } from '#shared/contract/wire.ts';
import { useIncidentByNumber } from '../../app/incidents.ts';
import { useRefusal } from '../../app/refusal.ts';
import { useMe } from '../../app/session.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { RoomContext } from '../../room/RoomContext.tsx';
import { useOpenedRoom } from '../../room/useOpenedRoom.ts';
import { NotFoundPage } from '../notfound/NotFoundPage.tsx';
import { Room } from './Room.tsx';
import './room.css';

/** The room of an incident, by the number in the address. */
export default function RoomPage(): ReactNode {
  const { number } = useParams<{ number: string }>();
  const { t } = useTranslation('common');
  const sentence = useRefusal();
  const lookup = useIncidentByNumber(Number(number));
  const me = useMe();
  const [seen, setSeen] = useState<IncidentSummary | null>(null);
  if (lookup.state === 'found' && lookup.incident !== seen) setSeen(lookup.incident);
  // A room that was open tells itself why it is not any more, with what was written in it.
  if (seen?.number === Number(number)) return <OpenedRoom key={`${seen.id}/${me.id}`} summary={seen} />;
  switch (lookup.state) {
    case 'loading':
      return <main className="lone" aria-busy="true" />;
    case 'missing':
      return <NotFoundPage number={Number(number)} />;
    case 'failed':
      return (
        <main className="lone" role="alert">
          <h1>{t('load.failed')}</h1>
          <p>{sentence(lookup.error)}</p>
          <Button onClick={lookup.retry}>{t('action.retry')}</Button>
        </main>
      );
    case 'found':
      // Drawn again with what was just found.
      return null;
    default:
      return lookup satisfies never;
  }
}

/** Joins the room while it is shown. */
function OpenedRoom({ summary }: { summary: IncidentSummary }): ReactNode {
  const handle = useOpenedRoom(summary.id);
  if (!handle) return <main className="lone" aria-busy="true" />;
  return (
    <RoomContext value={handle}>
      <Room summary={summary} />
    </RoomContext>
  );
}
