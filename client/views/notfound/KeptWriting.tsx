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
  const putAway = (one: Kept): void => {
    setKept((before) => before.filter((other) => other !== one));
    void import('../../room/keptWriting.ts')
      .then(({ forgetWriting }) => forgetWriting(id ?? '', one.incident))
      // Not forgotten now: it is shown again at the next visit.
      .catch(() => undefined);
  };
  return kept.map((one) => (
    <KeptText key={one.incident} text={one.texts.join('\n\n')} onPutAway={() => putAway(one)} />
  ));
}

function KeptText({ text, onPutAway }: { text: string; onPutAway: () => void }): ReactNode {
  const { t } = useTranslation('room');
  const [copied, setCopied] = useState(false);
  return (
    <section className="kept-writing" aria-label={t('kept.label')}>
      <p>{t('kept.lost')}</p>
      <pre className="kept-text">{text}</pre>
      <p className="kept-acts">
        <Button variant="default" onClick={() => void copyText(text).then(setCopied)}>
          {copied ? t('phase.copied') : t('phase.copy')}
        </Button>
        <Button variant="default" onClick={onPutAway}>
          {t('kept.putAway')}
        </Button>
      </p>
    </section>
  );
}
