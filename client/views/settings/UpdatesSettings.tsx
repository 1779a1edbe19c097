import type { ReactNode } from 'react';
import { ACTION_EXPORT } from '#shared/contract/updates.ts';
import { useMe } from '../../app/session.tsx';
import { useSettings } from '../../app/settings.ts';
import { useTranslation } from '../../i18n/index.ts';
import { templateVariables } from '../update/composer.ts';
import { Addresses } from './Addresses.tsx';
import { CadenceSettings } from './CadenceSettings.tsx';
import { ReviewSettings } from './ReviewSettings.tsx';
import { TemplateForm } from './TemplateForm.tsx';

/** How often updates come, who signs reviews, and what updates begin with. */
export function UpdatesSettings(): ReactNode {
  const me = useMe();
  return (
    <>
      <CadenceSettings mayChange={me.admin} />
      <ReviewSettings mayChange={me.admin} />
      {me.admin ? <ActionExport /> : null}
      <TemplatesSettings mayChange={me.admin} />
    </>
  );
}

/** Who is told of every change of an action. */
function ActionExport(): ReactNode {
  const { t } = useTranslation('audiences');
  return (
    <section className="settings-card" aria-labelledby="settings-export">
      <h2 id="settings-export">{t('export.title')}</h2>
      <p className="muted">{t('export.note')}</p>
      <Addresses audience={ACTION_EXPORT} />
    </section>
  );
}

function TemplatesSettings({ mayChange }: { mayChange: boolean }): ReactNode {
  const { t } = useTranslation(['audiences', 'common', 'updates']);
  const { settings, known, failed } = useSettings('template');
  return (
    <section className="settings-card" aria-labelledby="settings-templates">
      <h2 id="settings-templates">{t('audiences:template.title')}</h2>
      <p className="muted">
        {t('audiences:template.note', {
          variables: templateVariables.map((name) => `{{${name}}}`).join(' '),
          interpolation: { skipOnVariables: true },
        })}
      </p>
      {failed && !known ? <p className="refused">{t('common:load.failed')}</p> : null}
      {settings.map((setting) => (
        <details key={`${setting.id} ${setting.revision}`} className="setting-row">
          <summary>
            <strong dir="auto">{setting.body.name}</strong>{' '}
            <span className="muted meta">
              {[
                setting.body.state === null
                  ? t('audiences:template.everyState')
                  : t(`common:readerState.${setting.body.state}`),
                setting.body.severity ?? t('audiences:template.everySeverity'),
                t(`updates:language.${setting.body.locale}`),
              ].join(' · ')}
            </span>
          </summary>
          <div className="setting-body">
            <TemplateForm setting={setting} mayChange={mayChange} />
          </div>
        </details>
      ))}
      {mayChange && known ? (
        <>
          <h3>{t('audiences:template.new')}</h3>
          <TemplateForm key={settings.length} setting={null} mayChange />
        </>
      ) : null}
    </section>
  );
}
