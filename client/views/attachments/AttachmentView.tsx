import { useState } from 'react';
import type { ReactNode } from 'react';
import { asKnown } from '#shared/contract/entries.ts';
import type { Entry } from '#shared/contract/entries.ts';
import { useTranslation } from '../../i18n/index.ts';
import { attachmentAddress } from './upload.ts';
import './attachments.css';

/** What an entry attached, as a picture where it is one, and to be saved; nothing when the entry attached no file. */
export function AttachmentView({ entry }: { entry: Entry }): ReactNode {
  const { t } = useTranslation('records');
  const [broken, setBroken] = useState(false);
  const known = asKnown(entry);
  if (known?.type !== 'attachment.added' || entry.redacted) return null;
  const { hash, name, type, size } = known.body;
  const address = attachmentAddress(entry.incidentId, hash, name);
  const isPicture = type.startsWith('image/') && !broken;
  return (
    <a className="attachment" href={address} download={name} aria-label={t('save', { name })}>
      {isPicture ? (
        <img src={address} alt={name} loading="lazy" onError={() => setBroken(true)} />
      ) : (
        <span>
          <bdi>{name}</bdi> <span className="muted meta">{t('size', { size: Math.ceil(size / 1024) })}</span>
        </span>
      )}
    </a>
  );
}
