import { Button, Checkbox } from '@mantine/core';
import { useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { REVIEW_DOCUMENT } from '#shared/draft.ts';
import { announce } from '../../app/announce.ts';
import { copyText } from '../../app/copy.ts';
import { useTranslation } from '../../i18n/index.ts';
import { useIncident, useRoom, useRoomHandle } from '../../room/RoomContext.tsx';
import { useDocumentSession } from '../document/useDocumentSession.ts';
import { useReport } from './useReport.ts';

/** The review as one page, for printing, saving as PDF, HTML or Markdown, with or without names. */
export default function ExportPart(): ReactNode {
  const { t } = useTranslation(['review', 'common']);
  const { me } = useRoomHandle();
  const { id, number } = useIncident();
  const storageEpoch = useRoom((snapshot) => snapshot.storageEpoch) ?? undefined;
  const opened = useDocumentSession(id, me, storageEpoch, REVIEW_DOCUMENT);
  const [roles, setRoles] = useState(false);
  const [timeline, setTimeline] = useState(false);
  const [copied, setCopied] = useState<'none' | 'copied' | 'failed'>('none');
  const frame = useRef<HTMLIFrameElement>(null);
  const isReady = opened?.snapshot.phase === 'ready';
  const report = useReport(isReady ? opened.snapshot.instance.content : null, { roles, timeline });

  function save(content: string, type: string, ending: string): void {
    const address = URL.createObjectURL(new Blob([content], { type: `${type};charset=utf-8` }));
    const link = document.createElement('a');
    link.href = address;
    link.download = `INC-${number}-review.${ending}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  }

  return (
    <section className="review-body export" aria-label={t('review:tab.export')} data-region="export">
      <p>{t('review:export.what')}</p>
      {isReady ? null : <output className="review-note">{t('review:export.waits')}</output>}
      <div className="export-wishes">
        <Checkbox
          label={t('review:export.roles')}
          description={t('review:export.rolesNote')}
          checked={roles}
          onChange={(event) => setRoles(event.currentTarget.checked)}
        />
        <Checkbox
          label={t('review:export.timeline')}
          checked={timeline}
          onChange={(event) => setTimeline(event.currentTarget.checked)}
        />
      </div>
      <div className="export-acts">
        <Button onClick={() => frame.current?.contentWindow?.print()}>{t('review:export.print')}</Button>
        <Button variant="default" onClick={() => save(report.html, 'text/html', 'html')}>
          {t('review:export.html')}
        </Button>
        <Button variant="default" onClick={() => save(report.markdown, 'text/markdown', 'md')}>
          {t('review:export.markdown')}
        </Button>
        <Button
          variant="default"
          onClick={() =>
            void copyText(report.checklist).then((worked) => {
              setCopied(worked ? 'copied' : 'failed');
              announce('polite', t(worked ? 'common:action.copied' : 'common:action.copyFailed'));
            })
          }
          onBlur={() => setCopied('none')}
        >
          {copied === 'none'
            ? t('review:export.checklist')
            : t(copied === 'copied' ? 'common:action.copied' : 'common:action.copyFailed')}
        </Button>
      </div>
      {/* Its own page without scripts: what people wrote can do nothing there, and printing prints only that. */}
      <iframe
        ref={frame}
        className="export-page"
        title={t('review:export.preview')}
        sandbox="allow-same-origin allow-modals allow-popups"
        srcDoc={report.html}
      />
    </section>
  );
}
