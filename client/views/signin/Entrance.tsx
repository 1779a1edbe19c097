import type { ReactNode } from 'react';
import { setLocale, useTranslation } from '../../i18n/index.ts';

/** The frame of the pages before sign-in: name, title, what it is, and the language. */
export function Entrance({
  title,
  lead,
  children,
}: {
  title: string;
  lead: string;
  children: ReactNode;
}): ReactNode {
  return (
    <main className="entrance">
      <div>
        <div className="entrance-card">
          <div className="entrance-head">
            <img src="/icon.svg" alt="" width="32" height="32" />
            <h1>{title}</h1>
          </div>
          <p className="muted">{lead}</p>
          {children}
        </div>
        <div className="entrance-foot">
          <LanguageSwitch />
        </div>
      </div>
    </main>
  );
}

/** Each language is named in itself, so that people find it who cannot read the present one. */
export function LanguageSwitch(): ReactNode {
  const { i18n } = useTranslation('common');
  return (
    <div className="language-switch">
      <button
        type="button"
        lang="en"
        aria-pressed={i18n.language === 'en'}
        onClick={() => void setLocale('en', true)}
      >
        English
      </button>
      <button
        type="button"
        lang="ko"
        aria-pressed={i18n.language === 'ko'}
        onClick={() => void setLocale('ko', true)}
      >
        한국어
      </button>
    </div>
  );
}
