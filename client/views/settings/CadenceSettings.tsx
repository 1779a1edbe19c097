import { Button, NumberInput } from '@mantine/core';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { severities } from '#shared/contract/identifiers.ts';
import { CADENCE_ID, defaultCadence } from '#shared/contract/settings.ts';
import type { Cadence } from '#shared/contract/settings.ts';
import { useSettings } from '../../app/settings.ts';
import { useTranslation } from '../../i18n/index.ts';
import { Answered } from './Answered.tsx';
import { useSaveSetting } from './useSaveSetting.ts';

/** How many minutes may pass between updates, by severity; nothing means that no time is proposed. */
export function CadenceSettings({ mayChange }: { mayChange: boolean }): ReactNode {
  const { t } = useTranslation('audiences');
  const { settings, known } = useSettings('cadence');
  const { answered, save } = useSaveSetting('cadence');
  const kept = settings.find(({ id }) => id === CADENCE_ID);
  return (
    <section className="settings-card" aria-labelledby="settings-cadence">
      <h2 id="settings-cadence">{t('cadence.title')}</h2>
      <p className="muted">{t('cadence.note')}</p>
      {known ? (
        <CadenceForm
          key={kept?.revision ?? 0}
          kept={kept?.body ?? defaultCadence}
          mayChange={mayChange}
          onSave={(body) => void save(CADENCE_ID, body, kept?.revision ?? 0)}
        />
      ) : null}
      <Answered answered={answered} />
    </section>
  );
}

const [LEAST, MOST] = [5, 1_440];

function CadenceForm(props: {
  kept: Cadence;
  mayChange: boolean;
  onSave: (body: Cadence) => void;
}): ReactNode {
  const { t } = useTranslation('audiences');
  const [body, setBody] = useState(props.kept);
  return (
    <form
      className="settings-fields cadence"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        props.onSave(body);
      }}
    >
      {severities.map((severity) => (
        <NumberInput
          key={severity}
          label={t('cadence.of', { severity })}
          placeholder={t('cadence.none')}
          min={LEAST}
          max={MOST}
          clampBehavior="blur"
          allowDecimal={false}
          disabled={!props.mayChange}
          value={body[severity] ?? ''}
          onChange={(value) =>
            setBody({ ...body, [severity]: typeof value === 'number' ? Math.round(value) : null })
          }
        />
      ))}
      {props.mayChange ? (
        <div className="form-row">
          <Button type="submit" variant="default">
            {t('save')}
          </Button>
        </div>
      ) : null}
    </form>
  );
}
