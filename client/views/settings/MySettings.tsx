import { Button, Checkbox, Radio, useMantineColorScheme } from '@mantine/core';
import type { ReactNode } from 'react';
import { usePreferences } from '../../app/preferences.tsx';
import { useMe, useSession } from '../../app/session.tsx';
import { playTone } from '../../app/sound.ts';
import { setLocale, useTranslation } from '../../i18n/index.ts';
import { PasswordSettings } from './PasswordSettings.tsx';

const THEMES = ['auto', 'light', 'dark'] as const;

/** Language, theme, keys and sound: kept on this device. Then the password, and the way out. */
export function MySettings(): ReactNode {
  const { t, i18n } = useTranslation(['settings', 'common']);
  const me = useMe();
  const { signOut } = useSession();
  const { preferences, change } = usePreferences();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <>
      <section className="settings-card" aria-labelledby="settings-device">
        <h2 id="settings-device">{t('device')}</h2>
        <p className="muted">{t('deviceNote')}</p>
        <Radio.Group
          label={t('language')}
          value={i18n.language === 'ko' ? 'ko' : 'en'}
          onChange={(value) => void setLocale(value === 'ko' ? 'ko' : 'en', true)}
        >
          <div className="form-row">
            <Radio value="en" label="English" lang="en" />
            <Radio value="ko" label="한국어" lang="ko" />
          </div>
        </Radio.Group>
        <Radio.Group
          label={t('theme.label')}
          value={colorScheme}
          onChange={(value) => setColorScheme(THEMES.find((theme) => theme === value) ?? 'auto')}
        >
          <div className="form-row">
            {THEMES.map((theme) => (
              <Radio key={theme} value={theme} label={t(`theme.${theme}`)} />
            ))}
          </div>
        </Radio.Group>
        <Checkbox
          label={t('singleKeys')}
          description={t('singleKeysNote')}
          checked={preferences.singleKeys}
          onChange={(event) => change({ singleKeys: event.currentTarget.checked })}
        />
        <div className="form-row">
          <Checkbox
            label={t('sound')}
            description={t('soundNote')}
            checked={preferences.sound}
            onChange={(event) => change({ sound: event.currentTarget.checked })}
          />
          <Button variant="default" size="compact-sm" onClick={playTone}>
            {t('tryTone')}
          </Button>
        </div>
      </section>
      <section className="settings-card" aria-labelledby="settings-password">
        <h2 id="settings-password">{t('password.title')}</h2>
        <PasswordSettings />
      </section>
      <section className="settings-card" aria-labelledby="settings-account">
        <h2 id="settings-account">{t('account')}</h2>
        <p>
          {t('signedInAs', { name: me.name })}
          {me.admin ? ` · ${t('admin')}` : ''}
        </p>
        <Button variant="default" onClick={() => void signOut()}>
          {t('common:action.signOut')}
        </Button>
      </section>
    </>
  );
}
