import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { copyText } from '../../app/copy.ts';
import { useSession } from '../../app/session.tsx';
import { useTranslation } from '../../i18n/index.ts';
import type { KeptWriting as Kept } from '../../room/keptWriting.ts';

/** What this person wrote in incidents that are not open to them any more, for copying. Nothing when there is none. */
export function KeptWriting(): ReactNode {
  const { person } = useSession();
  const [kept, setKept] = useState<readonly Kept[]>([]);
  const id = person?.id;
  useEffect(() => {
    if (id === undefined) return;
    let isShown = true;
    // Loaded only here: the page that says "not found" stays small.
    void import('../../room/keptWriting.ts')
      .then(({ writingOfLostIncidents }) => writingOfLostIncidents(id))
      .then((found) => (isShown ? setKept(found) : undefined))
      .catch(() => undefined);
    return () => {
      isShown = false;
    };
  }, [id]);
  // Shown until it is gone for good: who sees it disappear may close the page.
  const putAway = async (one: Kept): Promise<void> => {
    const { forgetWriting } = await import('../../room/keptWriting.ts');
    await forgetWriting(id ?? '', one.incident);
    setKept((before) => before.filter((other) => other !== one));
  };
  return kept.map((one) => (
    <KeptText key={one.incident} text={one.texts.join('\n\n')} putAway={() => putAway(one)} />
  ));
}

function KeptText({ text, putAway }: { text: string; putAway: () => Promise<void> }): ReactNode {
  const { t } = useTranslation('room');
  const [copied, setCopied] = useState(false);
  const [deleting, setDeleting] = useState<'no' | 'now' | 'failed'>('no');
  const onPutAway = (): void => {
    setDeleting('now');
    putAway().catch(() => setDeleting('failed'));
  };
  return (
    <section className="kept-writing" aria-label={t('kept.label')} aria-busy={deleting === 'now'}>
      <p>{t('kept.lost')}</p>
      <pre className="kept-text">{text}</pre>
      <p className="kept-acts">
        <Button variant="default" onClick={() => void copyText(text).then(setCopied)}>
          {copied ? t('phase.copied') : t('phase.copy')}
        </Button>
        <Button variant="default" loading={deleting === 'now'} onClick={onPutAway}>
          {t('kept.putAway')}
        </Button>
      </p>
      {deleting === 'failed' ? (
        <p className="field-error" role="alert">
          {t('kept.notDeleted')}
        </p>
      ) : null}
    </section>
  );
}
