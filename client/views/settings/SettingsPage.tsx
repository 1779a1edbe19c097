import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useMe } from '../../app/session.tsx';
import { useTitle } from '../../app/title.ts';
import { useTranslation } from '../../i18n/index.ts';
import { NotFoundPage } from '../notfound/NotFoundPage.tsx';
import { AudiencesSettings } from './AudiencesSettings.tsx';
import { ChannelsSettings } from './ChannelsSettings.tsx';
import { MySettings } from './MySettings.tsx';
import { PeopleSettings } from './PeopleSettings.tsx';
import { ServicesSettings } from './ServicesSettings.tsx';
import { UpdatesSettings } from './UpdatesSettings.tsx';
import './settings.css';

const sectionsOfResponders = ['me', 'people', 'audiences', 'channels', 'services', 'severity'] as const;
type Section = (typeof sectionsOfResponders)[number];

/** What one sets for oneself, and who else is here. */
export default function SettingsPage({ section }: { section: string }): ReactNode {
  const { t } = useTranslation('settings');
  const me = useMe();
  useTitle(t('title'));
  const sections: readonly Section[] = me.access === 'responder' ? sectionsOfResponders : ['me'];
  const shown = sections.find((one) => one === section);
  if (!shown) return <NotFoundPage />;
  return (
    <main className="settings" data-region="settings">
      <h1>{t('title')}</h1>
      <nav className="settings-sections" aria-label={t('sections')}>
        {sections.map((one) => (
          <Link key={one} href={`/settings/${one}`} aria-current={one === shown ? 'page' : undefined}>
            {t(`section.${one}`)}
          </Link>
        ))}
      </nav>
      <ShownSection section={shown} />
    </main>
  );
}

function ShownSection({ section }: { section: Section }): ReactNode {
  switch (section) {
    case 'me':
      return <MySettings />;
    case 'people':
      return <PeopleSettings />;
    case 'audiences':
      return <AudiencesSettings />;
    case 'channels':
      return <ChannelsSettings />;
    case 'services':
      return <ServicesSettings />;
    case 'severity':
      return <UpdatesSettings />;
    default:
      return section satisfies never;
  }
}
