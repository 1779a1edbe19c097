import { PUBLIC_PAGE } from '#shared/contract/updates.ts';
import { useTranslation } from '../../i18n/index.ts';
import type { UpdatePreview } from './usePreview.ts';

/** What the button says: to how many it goes, so that nobody sends to everybody by accident. */
export function useRecipients(preview: UpdatePreview | null): string {
  const { t, i18n } = useTranslation(['updates', 'update']);
  const people = (preview?.previews ?? [])
    .filter(({ channel }) => channel === 'mail')
    .reduce((sum, { count }) => sum + count, 0);
  const hooks = (preview?.recipients ?? 0) - people;
  const page = preview?.audiences.some(({ id }) => id === PUBLIC_PAGE) === true;
  const parts = [
    ...(people > 0 ? [t('updates:send.people', { count: people })] : []),
    ...(hooks > 0 ? [t('updates:send.hooks', { count: hooks })] : []),
    ...(page ? [t('updates:send.page')] : []),
  ];
  if (parts.length === 0) return t('update:send');
  const list = new Intl.ListFormat(i18n.language, { type: 'conjunction' }).format(parts);
  return t('updates:send.to', { list });
}
