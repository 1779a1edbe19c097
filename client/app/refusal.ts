import { useCallback } from 'react';
import { refusalReasons } from '#shared/contract/refusals.ts';
import type { RefusalReason, WireError } from '#shared/contract/refusals.ts';
import type { Locale } from '#shared/contract/wire.ts';
import { useTranslation } from '../i18n/index.ts';
import { usePeople } from './people.tsx';

/** What a sentence needs from the page: names for ids, and the sentences of the browser's own errors. */
export interface RefusalWords {
  locale: Locale;
  nameOf: (id: string) => string | undefined;
  /** Stands where a person should be named and is not known. */
  somebody: string;
  network: string;
  unreadable: string;
  unavailable: string;
}

function isReason(reason: unknown): reason is RefusalReason {
  return typeof reason === 'string' && Object.hasOwn(refusalReasons, reason);
}

/** The sentence of a refusal in the reader's language, with names in place of ids. */
export function refusalSentence(error: WireError, words: RefusalWords): string {
  const reason = error.details?.['reason'];
  if (isReason(reason)) return fill(refusalReasons[reason][words.locale], error, words);
  if (reason === 'network' || reason === 'unreadable' || reason === 'unavailable') return words[reason];
  return isReason(error.code) ? fill(refusalReasons[error.code][words.locale], error, words) : error.message;
}

function fill(template: string, error: WireError, words: RefusalWords): string {
  const filled = template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = error.details?.[name];
    if (name === 'person')
      return (typeof value === 'string' ? words.nameOf(value) : undefined) ?? words.somebody;
    return String(value ?? '');
  });
  return filled.trim();
}

/** Turns refusals into sentences for the person at this page. */
export function useRefusal(): (error: WireError) => string {
  const { t, i18n } = useTranslation('refusals');
  const people = usePeople();
  return useCallback(
    (error) =>
      refusalSentence(error, {
        locale: i18n.language === 'ko' ? 'ko' : 'en',
        nameOf: (id) => people.get(id)?.name,
        somebody: t('somebody'),
        network: t('network'),
        unreadable: t('unreadable'),
        unavailable: t('unavailable'),
      }),
    [t, i18n.language, people],
  );
}
