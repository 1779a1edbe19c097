import { Button, Checkbox, NumberInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { ReactNode } from 'react';
import type { Service } from '#shared/contract/settings.ts';
import { newId } from '../../app/ids.ts';
import { useMe } from '../../app/session.tsx';
import { useSettings } from '../../app/settings.ts';
import type { Setting } from '../../app/settings.ts';
import { useTranslation } from '../../i18n/index.ts';
import { Answered } from './Answered.tsx';
import { RemoveButton } from './fields.tsx';
import { useSaveSetting } from './useSaveSetting.ts';

/** What people outside know the parts of the system by. */
export function ServicesSettings(): ReactNode {
  const { t } = useTranslation(['audiences', 'settings', 'common']);
  const me = useMe();
  const { settings, known, failed } = useSettings('service');
  const sorted = settings.toSorted((one, other) => one.body.order - other.body.order);
  const last = sorted.at(-1)?.body.order ?? 0;
  return (
    <section className="settings-card" aria-labelledby="settings-services">
      <h2 id="settings-services">{t('settings:section.services')}</h2>
      <p className="muted">{t('audiences:services.note')}</p>
      {failed && !known ? <p className="refused">{t('common:load.failed')}</p> : null}
      {known && sorted.length === 0 ? <p className="muted">{t('audiences:services.none')}</p> : null}
      {sorted.map((setting) => (
        <details key={`${setting.id} ${setting.revision}`} className="setting-row">
          <summary>
            <strong>{setting.body.name.en}</strong> <span lang="ko">{setting.body.name.ko}</span>{' '}
            <span className="muted meta">
              {setting.body.public ? t('audiences:services.shown') : t('audiences:services.hidden')}
            </span>
          </summary>
          <div className="setting-body">
            <ServiceForm setting={setting} order={setting.body.order} mayChange={me.admin} />
          </div>
        </details>
      ))}
      {me.admin && known ? (
        <>
          <h3>{t('audiences:services.new')}</h3>
          <ServiceForm key={settings.length} setting={null} order={last + 10} mayChange />
        </>
      ) : null}
    </section>
  );
}

function ServiceForm(props: {
  setting: Setting<'service'> | null;
  order: number;
  mayChange: boolean;
}): ReactNode {
  const { setting, order, mayChange } = props;
  const { t } = useTranslation(['audiences', 'signin']);
  const { answered, save, remove } = useSaveSetting('service');
  const [body, setBody] = useState<Service>(
    setting?.body ?? { name: { en: '', ko: '' }, public: true, order: Math.min(order, 10_000) },
  );
  const [tried, setTried] = useState(false);
  const label = { en: t('audiences:services.nameEn'), ko: t('audiences:services.nameKo') };
  const wrong = (locale: 'en' | 'ko'): string | null =>
    tried && body.name[locale].trim() === '' ? t('signin:required', { field: label[locale] }) : null;

  function submit(): void {
    setTried(true);
    const name = { en: body.name.en.trim(), ko: body.name.ko.trim() };
    if (name.en === '' || name.ko === '') return;
    void save(setting?.id ?? newId(), { ...body, name }, setting?.revision ?? 0);
  }

  return (
    <form
      className="settings-fields"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {(['en', 'ko'] as const).map((locale) => (
        <TextInput
          key={locale}
          label={label[locale]}
          lang={locale}
          maxLength={80}
          disabled={!mayChange}
          value={body.name[locale]}
          error={wrong(locale)}
          onChange={(event) =>
            setBody({ ...body, name: { ...body.name, [locale]: event.currentTarget.value } })
          }
        />
      ))}
      <NumberInput
        label={t('audiences:services.order')}
        min={0}
        max={10_000}
        allowDecimal={false}
        disabled={!mayChange}
        value={body.order}
        onChange={(value) =>
          setBody({ ...body, order: Math.min(10_000, Math.max(0, Math.round(Number(value) || 0))) })
        }
      />
      <Checkbox
        label={t('audiences:services.public')}
        checked={body.public}
        disabled={!mayChange}
        onChange={(event) => setBody({ ...body, public: event.currentTarget.checked })}
      />
      {mayChange ? (
        <div className="form-row">
          <Button type="submit" variant="default">
            {setting === null ? t('audiences:services.add') : t('audiences:save')}
          </Button>
          {setting === null ? null : (
            <RemoveButton
              effect={t('audiences:services.removeEffect')}
              onRemove={() => void remove(setting.id, setting.revision)}
            />
          )}
        </div>
      ) : null}
      <Answered answered={answered} />
    </form>
  );
}
