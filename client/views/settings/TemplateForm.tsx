import { Button, Checkbox, NativeSelect, TextInput, Textarea } from '@mantine/core';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { severities } from '#shared/contract/identifiers.ts';
import { readerStates } from '#shared/contract/readerStates.ts';
import type { Template } from '#shared/contract/settings.ts';
import { updateWordFields } from '#shared/contract/updates.ts';
import { newId } from '../../app/ids.ts';
import type { Setting } from '../../app/settings.ts';
import { currentLocale, useTranslation } from '../../i18n/index.ts';
import { Answered } from './Answered.tsx';
import { LocaleField, RemoveButton } from './fields.tsx';
import { useSaveSetting } from './useSaveSetting.ts';

const requirable = ['impact', 'known', 'ruledOut', 'doing', 'nextUpdateAt'] as const;

/** What an update of a state and severity begins with, and what it must have before it is sent. */
export function TemplateForm(props: { setting: Setting<'template'> | null; mayChange: boolean }): ReactNode {
  const { setting, mayChange } = props;
  const { t } = useTranslation(['audiences', 'updates', 'common', 'signin']);
  const { answered, save, remove } = useSaveSetting('template');
  const [body, setBody] = useState<Template>(
    setting?.body ?? {
      ...{ name: '', state: null, severity: null, fields: {}, required: [] },
      locale: currentLocale(),
    },
  );
  const [tried, setTried] = useState(false);
  const isBlank = body.name.trim() === '';

  function submit(): void {
    setTried(true);
    if (isBlank) return;
    const written = Object.entries(body.fields).filter(([, text]) => text.trim() !== '');
    const cleaned = { ...body, name: body.name.trim(), fields: Object.fromEntries(written) };
    void save(setting?.id ?? newId(), cleaned, setting?.revision ?? 0);
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
      <TextInput
        label={t('audiences:name')}
        maxLength={80}
        disabled={!mayChange}
        value={body.name}
        error={tried && isBlank ? t('signin:required', { field: t('audiences:name') }) : null}
        onChange={(event) => setBody({ ...body, name: event.currentTarget.value })}
      />
      <LocaleField
        label={t('audiences:template.locale')}
        value={body.locale}
        disabled={!mayChange}
        onChange={(locale) => setBody({ ...body, locale })}
      />
      <NativeSelect
        label={t('audiences:template.state')}
        disabled={!mayChange}
        value={body.state ?? ''}
        data={[
          { value: '', label: t('audiences:template.everyState') },
          ...readerStates.map((state) => ({ value: state, label: t(`common:readerState.${state}`) })),
        ]}
        onChange={(event) =>
          setBody({ ...body, state: readerStates.find((one) => one === event.currentTarget.value) ?? null })
        }
      />
      <NativeSelect
        label={t('audiences:template.severity')}
        disabled={!mayChange}
        value={body.severity ?? ''}
        data={[{ value: '', label: t('audiences:template.everySeverity') }, ...severities]}
        onChange={(event) =>
          setBody({ ...body, severity: severities.find((one) => one === event.currentTarget.value) ?? null })
        }
      />
      {updateWordFields.map((part) => (
        <Textarea
          key={part}
          className="settings-wide"
          label={t(`updates:part.${part}`)}
          lang={body.locale}
          autosize
          minRows={1}
          maxRows={6}
          maxLength={4_000}
          disabled={!mayChange}
          value={body.fields[part] ?? ''}
          onChange={(event) =>
            setBody({ ...body, fields: { ...body.fields, [part]: event.currentTarget.value } })
          }
        />
      ))}
      <Checkbox.Group
        className="settings-wide"
        label={t('audiences:template.required')}
        value={body.required}
        onChange={(picked) =>
          setBody({ ...body, required: requirable.filter((part) => picked.includes(part)) })
        }
      >
        <div className="form-row">
          {requirable.map((part) => (
            <Checkbox key={part} value={part} label={t(`updates:part.${part}`)} disabled={!mayChange} />
          ))}
        </div>
      </Checkbox.Group>
      {mayChange ? (
        <div className="form-row">
          <Button type="submit" variant="default">
            {setting === null ? t('audiences:template.add') : t('audiences:save')}
          </Button>
          {setting === null ? null : (
            <RemoveButton
              effect={t('audiences:template.removeEffect')}
              onRemove={() => void remove(setting.id, setting.revision)}
            />
          )}
        </div>
      ) : null}
      <Answered answered={answered} />
    </form>
  );
}
