import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { newId } from '../../app/ids.ts';
import { useMe } from '../../app/session.tsx';
import { useSettings } from '../../app/settings.ts';
import { currentLocale, useTranslation } from '../../i18n/index.ts';
import { Answered } from './Answered.tsx';
import { AudienceRow } from './AudienceRow.tsx';
import { PublicPageSettings } from './PublicPageSettings.tsx';
import { useSaveSetting } from './useSaveSetting.ts';

/** Whom updates reach: named lists of addresses, and the public page. Administrators change them, responders look. */
export function AudiencesSettings(): ReactNode {
  const { t } = useTranslation(['audiences', 'settings', 'common', 'signin']);
  const me = useMe();
  const { settings, targets, known, failed } = useSettings('audience');
  const { answered, save } = useSaveSetting('audience');
  const [name, setName] = useState('');
  const [tried, setTried] = useState(false);

  async function add(): Promise<void> {
    setTried(true);
    if (name.trim() === '') return;
    const body = { name: name.trim(), locale: currentLocale(), severities: [], tellsHandoff: false };
    if (!(await save(newId(), body, 0))) return;
    setName('');
    setTried(false);
  }

  return (
    <>
      <section className="settings-card" aria-labelledby="settings-audiences">
        <h2 id="settings-audiences">{t('settings:section.audiences')}</h2>
        <p className="muted">{t('audiences:note')}</p>
        {failed && !known ? <p className="refused">{t('common:load.failed')}</p> : null}
        {known && settings.length === 0 ? <p className="muted">{t('audiences:none')}</p> : null}
        {settings.map((setting) => (
          <AudienceRow
            // Changed elsewhere, the form begins anew with what is true.
            key={`${setting.id} ${setting.revision}`}
            setting={setting}
            counts={targets.filter(({ list }) => list === setting.id)}
            mayChange={me.admin}
          />
        ))}
        {me.admin ? (
          <form
            className="settings-add"
            noValidate
            onSubmit={(event) => {
              event.preventDefault();
              void add();
            }}
          >
            <TextInput
              label={t('audiences:new')}
              placeholder={t('audiences:newPlaceholder')}
              maxLength={80}
              value={name}
              error={tried && name.trim() === '' ? t('signin:required', { field: t('audiences:new') }) : null}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Button type="submit">{t('audiences:add')}</Button>
            <Answered answered={answered} />
          </form>
        ) : (
          <p className="muted">{t('audiences:readOnly')}</p>
        )}
      </section>
      <PublicPageSettings mayChange={me.admin} />
    </>
  );
}
