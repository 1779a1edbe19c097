import type { ReactNode } from 'react';
import type { Severity } from '#shared/contract/identifiers.ts';
import { useTranslation } from '../i18n/index.ts';
import { SeverityShape } from './shapes.tsx';

/** Severity by shape, code and, where `word` asks for it, its word. The word is always in its accessible name. */
export function SeverityBadge({ severity, word = false }: { severity: Severity; word?: boolean }): ReactNode {
  const { t } = useTranslation('common');
  const name = t(`severity.${severity}`);
  return (
    <span className={`badge severity-${severity}`}>
      <SeverityShape severity={severity} />
      {severity}
      <span className={word ? 'badge-word' : 'visually-hidden'}>{` ${name}`}</span>
    </span>
  );
}
