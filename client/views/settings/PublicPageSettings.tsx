import { Button, Checkbox, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { ReactNode } from 'react';
import type { PublicPage } from '#shared/contract/settings.ts';
import { PUBLIC_PAGE } from '#shared/contract/updates.ts';
import { useSettings } from '../../app/settings.ts';
import { currentLocale, useTranslation } from '../../i18n/index.ts';
import { Answered } from './Answered.tsx';
import { LocaleField, SeverityBoxes } from './fields.tsx';
import { useSaveSetting } from './useSaveSetting.ts';

/** The public status page: whether there is one, and which incidents are shown on it by themselves. */
export function PublicPageSettings({ mayChange }: { mayChange: boolean }): ReactNode {
  const { settings, known } = useSettings('page');
  const kept = settings.find(({ id }) => id === PUBLIC_PAGE);
  const { answered, save } = useSaveSetting('page');
  const { t } = useTranslation('audiences');
  if (!known) return null;
  return (
    <section className="settings-card" aria-labelledby="settings-page">
      <h2 id="settings-page">{t('page.title')}</h2>
      <p className="muted">{t('page.note')}</p>
      {kept?.body.enabled ? (
        <p>
          <a href="/status">{new URL('/status', window.location.href).href}</a>
        </p>
      ) : null}
      <PageForm
        key={kept?.revision ?? 0}
        kept={kept?.body ?? null}
        mayChange={mayChange}
        onSave={(body) => void save(PUBLIC_PAGE, body, kept?.revision ?? 0)}
      />
      <Answered answered={answered} />
    </section>
  );
}

function PageForm(props: {
  kept: PublicPage | null;
  mayChange: boolean;
  onSave: (body: PublicPage) => void;
}): ReactNode {
  const { kept, mayChange, onSave } = props;
  const { t } = useTranslation(['audiences', 'signin']);
  const [body, setBody] = useState<PublicPage>(
    kept ?? { name: '', enabled: false, severities: [], locale: currentLocale() },
  );
  const [tried, setTried] = useState(false);
  const isBlank = body.name.trim() === '';
  return (
    <form
      className="settings-fields"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (!isBlank) onSave({ ...body, name: body.name.trim() });
      }}
    >
      <Checkbox
        label={t('audiences:page.enabled')}
        checked={body.enabled}
        disabled={!mayChange}
        onChange={(event) => setBody({ ...body, enabled: event.currentTarget.checked })}
      />
      <TextInput
        label={t('audiences:page.name')}
        maxLength={80}
        disabled={!mayChange}
        value={body.name}
        error={tried && isBlank ? t('signin:required', { field: t('audiences:page.name') }) : null}
        onChange={(event) => setBody({ ...body, name: event.currentTarget.value })}
      />
      <LocaleField
        label={t('audiences:locale')}
        value={body.locale}
        disabled={!mayChange}
        onChange={(locale) => setBody({ ...body, locale })}
      />
      <SeverityBoxes
        value={body.severities}
        disabled={!mayChange}
        onChange={(picked) => setBody({ ...body, severities: picked })}
      />
      {mayChange ? (
        <div className="form-row">
          <Button type="submit" variant="default">
            {t('audiences:save')}
          </Button>
        </div>
      ) : null}
    </form>
  );
}
