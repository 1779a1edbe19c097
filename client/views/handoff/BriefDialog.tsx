import type { ReactNode } from 'react';
import { briefOf } from '#shared/incident/brief.ts';
import { useNow } from '../../design/Clock.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { useIncident, useRoom } from '../../room/RoomContext.tsx';
import { RoomDialog } from '../room/RoomDialog.tsx';
import { BriefPartView } from './BriefPartView.tsx';
import { briefParts } from './briefParts.ts';
import './handoff.css';

/** Where things stand, made from the log: for those who join late, and before an offer. */
export function BriefDialog({ onClose }: { onClose: () => void }): ReactNode {
  const { t } = useTranslation(['handoff', 'common']);
  const last = useRoom((snapshot) => snapshot.log.last);
  return (
    <RoomDialog
      title={t('handoff:brief.title')}
      aside={<span className="muted tabular">#{last}</span>}
      onClose={onClose}
      closeLabel={t('common:action.close')}
      width={640}
    >
      <BriefNow />
    </RoomDialog>
  );
}

/** The brief as of now, in its four parts. */
export function BriefNow(): ReactNode {
  const { t } = useTranslation('handoff');
  const brief = briefOf(useIncident(), useNow());
  return (
    <div className="brief">
      {briefParts.map((part, index) => (
        <section key={part} className="brief-part">
          <h3>
            {index + 1} {t(`part.${part}`)}
          </h3>
          <BriefPartView brief={brief} part={part} />
        </section>
      ))}
    </div>
  );
}
