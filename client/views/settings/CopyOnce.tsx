import { Button, TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { announce } from '../../app/announce.ts';
import { copyText } from '../../app/copy.ts';
import { useTranslation } from '../../i18n/index.ts';

/** A secret address that is shown this one time. The field has the focus and is selected, so copying is one step. */
export function CopyOnce({ label, text }: { label: string; text: string }): ReactNode {
  const { t } = useTranslation(['settings', 'common']);
  const [copied, setCopied] = useState<{ text: string; worked: boolean } | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const answer = copied?.text === text ? copied.worked : null;

  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, [text]);

  async function copy(): Promise<void> {
    const worked = await copyText(text);
    setCopied({ text, worked });
    announce('polite', worked ? t('common:action.copied') : t('common:action.copyFailed'));
  }

  return (
    <div className="copy-once">
      <TextInput
        ref={field}
        label={label}
        description={t('once')}
        value={text}
        readOnly
        onFocus={(event) => event.currentTarget.select()}
      />
      <Button onClick={() => void copy()}>
        {answer === true ? t('common:action.copied') : t('common:action.copy')}
      </Button>
      {answer === false ? <p className="refused">{t('common:action.copyFailed')}</p> : null}
    </div>
  );
}
