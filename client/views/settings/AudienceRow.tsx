import { Button, Checkbox, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { ReactNode } from 'react';
import type { Setting, TargetCount } from '../../app/settings.ts';
import { useTranslation } from '../../i18n/index.ts';
import { Addresses } from './Addresses.tsx';
import { Answered } from './Answered.tsx';
import { LocaleField, RemoveButton, SeverityBoxes } from './fields.tsx';
import { useSaveSetting } from './useSaveSetting.ts';

interface AudienceRowProps {
  setting: Setting<'audience'>;
  counts: readonly TargetCount[];
  mayChange: boolean;
}

/** One audience, folded up: what it is, and behind that its form and addresses. */
export function AudienceRow({ setting, counts, mayChange }: AudienceRowProps): ReactNode {
  const { t } = useTranslation(['audiences', 'updates', 'signin']);
  const { id, revision } = setting;
  const { answered, save, remove } = useSaveSetting('audience');
  const [body, setBody] = useState(setting.body);
  const [open, setOpen] = useState(false);
  const changed = JSON.stringify(body) !== JSON.stringify(setting.body);
  const wrong = body.name.trim() === '' ? t('signin:required', { field: t('audiences:name') }) : null;
  const total = counts.map(({ channel, count }) => `${t(`updates:channel.${channel}`)} ${count}`);
  const brings = setting.body.severities.join(', ');
  return (
    <details className="setting-row" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <strong dir="auto">{setting.body.name}</strong>{' '}
        <span className="muted meta">
          {[
            total.length === 0 ? t('audiences:noAddresses') : total.join(' · '),
            brings === '' ? t('audiences:byHandOnly') : brings,
          ].join(' · ')}
        </span>
      </summary>
      {open ? (
        <div className="setting-body">
          <form
            className="settings-fields"
            noValidate
            onSubmit={(event) => {
              event.preventDefault();
              if (wrong === null) void save(id, { ...body, name: body.name.trim() }, revision);
            }}
          >
            <TextInput
              label={t('audiences:name')}
              maxLength={80}
              disabled={!mayChange}
              value={body.name}
              error={wrong}
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
            <Checkbox
              label={t('audiences:tellsHandoff')}
              checked={body.tellsHandoff}
              disabled={!mayChange}
              onChange={(event) => setBody({ ...body, tellsHandoff: event.currentTarget.checked })}
            />
            {mayChange ? (
              <div className="form-row">
                <Button type="submit" variant="default" disabled={!changed}>
                  {t('audiences:save')}
                </Button>
                <RemoveButton
                  effect={t('audiences:removeEffect')}
                  onRemove={() => void remove(id, revision)}
                />
              </div>
            ) : null}
            <Answered answered={answered} />
          </form>
          {mayChange ? <Addresses audience={id} /> : null}
        </div>
      ) : null}
    </details>
  );
}
