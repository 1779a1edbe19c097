import i18next from 'i18next';
import type { i18n as I18n } from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { Locale } from '#shared/contract/wire.ts';
import { initialLocale } from './locale.ts';
import { withParticle } from './particles.ts';
import type { Particle } from './particles.ts';

export { useTranslation } from 'react-i18next';

const namespaces = [
  'common',
  'board',
  'settings',
  'signin',
  'refusals',
  'update',
  'updates',
  'audiences',
  'room',
  'chat',
  'handoff',
  'document',
  'replay',
  'review',
  'insights',
] as const;

const LOCALE_KEY = 'warroom.locale';
const PARTICLES: readonly Particle[] = ['eulreul', 'iga', 'eunneun', 'gwawa', 'euro'];

/** Every catalogue, by `<language>/<namespace>`; both languages travel with the page, so switching needs no network. */
const catalogues = import.meta.glob<{ default: Record<string, unknown> }>('./{en,ko}/*.json', {
  eager: true,
});

function resources(): Record<string, Record<string, Record<string, unknown>>> {
  const found: Record<string, Record<string, Record<string, unknown>>> = { en: {}, ko: {} };
  for (const [path, module] of Object.entries(catalogues)) {
    const [, language = '', namespace = ''] = /\.\/(\w+)\/(\w+)\.json$/.exec(path) ?? [];
    const ofLanguage = found[language];
    if (ofLanguage) ofLanguage[namespace] = module.default;
  }
  return found;
}

/** The language chosen on this device; null when nobody chose. */
function chosenLocale(): Locale | null {
  try {
    const chosen = localStorage.getItem(LOCALE_KEY);
    return chosen === 'en' || chosen === 'ko' ? chosen : null;
  } catch {
    return null;
  }
}

/** True when nobody chose a language here and the browser asks for none that we speak: then the person's own is the best guess. */
export function browserAsksForNeither(): boolean {
  return chosenLocale() === null && !navigator.languages.some((language) => /^(?:en|ko)\b/.test(language));
}

/** Starts the translations. Call once, before the first render. */
export function startTranslations(): I18n {
  void i18next.use(initReactI18next).init({
    lng: initialLocale(chosenLocale(), navigator.languages),
    fallbackLng: 'en',
    supportedLngs: ['en', 'ko'],
    ns: [...namespaces],
    defaultNS: 'common',
    resources: resources(),
    interpolation: { escapeValue: false },
    returnNull: false,
    initAsync: false,
    react: { useSuspense: false },
  });
  for (const particle of PARTICLES) {
    i18next.services.formatter?.add(particle, (value: unknown) => withParticle(String(value), particle));
  }
  tellThePage(currentLocale());
  i18next.on('languageChanged', () => tellThePage(currentLocale()));
  return i18next;
}

function tellThePage(locale: Locale): void {
  document.documentElement.lang = locale;
}

export function currentLocale(): Locale {
  return i18next.language === 'ko' ? 'ko' : 'en';
}

/** Switches the language; `remember` keeps it on this device. */
export async function setLocale(locale: Locale, remember: boolean): Promise<void> {
  if (remember) {
    try {
      localStorage.setItem(LOCALE_KEY, locale);
    } catch {
      // Storage is switched off: the choice holds until the page is left.
    }
  }
  await i18next.changeLanguage(locale);
}
