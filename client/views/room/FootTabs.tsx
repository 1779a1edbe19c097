import type { ReactNode } from 'react';
import { useTranslation } from '../../i18n/index.ts';
import { useRoom } from '../../room/RoomContext.tsx';

export const roomPanes = ['log', 'document', 'command'] as const;
export type RoomPane = (typeof roomPanes)[number];

/** Where there is room for one pane only: which one is shown. */
export function FootTabs({ pane, onPane }: { pane: RoomPane; onPane: (pane: RoomPane) => void }): ReactNode {
  const { t } = useTranslation('room');
  const here = useRoom((snapshot) => snapshot.presence).length;
  return (
    <nav className="foot" aria-label={t('pane.label')}>
      {roomPanes.map((each) => (
        <button
          key={each}
          type="button"
          className="foot-tab"
          aria-pressed={each === pane}
          onClick={() => onPane(each)}
        >
          {t(`pane.${each}`)}
          {each === 'command' && here > 0 ? <span className="tabular muted"> {here}</span> : null}
        </button>
      ))}
    </nav>
  );
}
