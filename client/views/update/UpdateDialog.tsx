import { Button, Modal } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useState } from 'react';
import type { ReactNode } from 'react';
import type { IncidentState } from '#shared/incident/state.ts';
import { TimeOf, useNow } from '../../design/Clock.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { useRoomHandle } from '../../room/RoomContext.tsx';
import type { DialogFill } from '../room/roomDialogs.ts';
import { LinksDialog } from './LinksDialog.tsx';
import { UpdateComposer } from './UpdateComposer.tsx';
import { useDraft } from './useDraft.ts';
import './update.css';

interface UpdateDialogProps {
  state: IncidentState;
  /** What it is opened for: to correct an update, or to say that nothing is new. */
  fill: DialogFill;
  onClose: () => void;
}

/** Writes an update for the people outside, together with whoever has it open; closing keeps what is written. */
export function UpdateDialog({ state, fill, onClose }: UpdateDialogProps): ReactNode {
  const { t } = useTranslation(['update', 'updates', 'common']);
  const { me } = useRoomHandle();
  const onePane = useMediaQuery('(width < 800px)') ?? false;
  const draft = useDraft(state.id, me);
  const [links, setLinks] = useState(false);
  return (
    <>
      <Modal
        opened={!links}
        keepMounted
        onClose={onClose}
        title={
          <>
            {t('title', { number: state.updateCount + 1, incident: state.number })} <Due state={state} />
          </>
        }
        size={1080}
        yOffset={48}
        fullScreen={onePane}
        closeOnClickOutside={false}
        closeButtonProps={{ 'aria-label': t('common:action.close') }}
      >
        {draft === null ? (
          <p className="muted">{t('common:load.wait')}</p>
        ) : (
          <UpdateComposer draft={draft} state={state} fill={fill} onDone={onClose}>
            <Button
              className="update-links"
              variant="default"
              size="compact-sm"
              onClick={() => setLinks(true)}
            >
              {t('linksButton')}
            </Button>
          </UpdateComposer>
        )}
      </Modal>
      {links ? (
        <LinksDialog incidentId={state.id} number={state.number} onClose={() => setLinks(false)} />
      ) : null}
    </>
  );
}

function Due({ state }: { state: IncidentState }): ReactNode {
  const { t } = useTranslation('update');
  const now = useNow();
  if (state.nextUpdateAt === null)
    return <span className="update-due muted">{state.updateCount === 0 ? t('first') : ''}</span>;
  const minutes = Math.floor((Date.parse(state.nextUpdateAt) - now) / 60_000);
  if (minutes < 0) return <span className="update-due overdue">{t('late', { count: -minutes })}</span>;
  return (
    <span className="update-due muted">
      <TimeOf at={state.nextUpdateAt} /> {t('dueIn', { count: minutes })}
    </span>
  );
}
