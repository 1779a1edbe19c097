import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ReaderState } from '#shared/contract/readerStates.ts';
import { updateWordFields } from '#shared/contract/updates.ts';
import type { Locale } from '#shared/contract/wire.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import { useServices } from '../../app/settings.ts';
import type { Setting } from '../../app/settings.ts';
import { useNow } from '../../design/Clock.tsx';
import { formatTime, formatUtc, formatZone } from '../../design/time.ts';
import type { Draft, DraftWords } from '../../document/draft.ts';
import { useTranslation } from '../../i18n/index.ts';
import { filledTemplate } from './composer.ts';
import { useDraftSnapshot } from './useDraft.ts';

interface TemplateRowProps {
  draft: Draft;
  state: IncidentState;
  word: ReaderState;
  locale: Locale;
  /** When the next update is promised, milliseconds since 1970. */
  promised: number | null;
  /** Templates for this state, severity and language, the most particular first. */
  fitting: readonly Setting<'template'>[];
}

/** Sentences to begin with: the templates that fit, or the usual sentence of the state. They fill what is empty. */
export function TemplateRow({ draft, state, word, locale, promised, fitting }: TemplateRowProps): ReactNode {
  const { t, i18n } = useTranslation(['update', 'updates']);
  const { nameOf } = useServices();
  const { words } = useDraftSnapshot(draft);
  const now = useNow();
  const style = { locale };
  const usual = i18n.getFixedT(locale, 'update')(`sentences.${word}`, {
    time: spoken(state.resolvedAt === null ? now : Date.parse(state.resolvedAt)),
  });
  const affected = (state.services ?? []).filter(({ impact }) => impact !== 'operational');
  const values = {
    title: state.title,
    number: String(state.number),
    services: affected.map(({ service }) => nameOf(service)).join(', '),
    since: spoken(Date.parse(state.declaredAt)),
    time: spoken(now),
    next: promised === null ? '' : spoken(promised),
    impact: state.lastUpdate?.impact ?? '',
  };

  /** `12:30 KST (03:30Z)`: readers may be in another zone. */
  function spoken(at: number): string {
    return `${formatTime(at, style)} ${formatZone(at, style)} (${formatUtc(at)})`;
  }

  /** Nothing that somebody wrote is written over. */
  function fill(given: Partial<DraftWords>): void {
    const empty = updateWordFields.filter((part) => words[locale][part].trim() === '');
    const fitted = Object.fromEntries(
      empty.flatMap((part) => (given[part] === undefined ? [] : [[part, given[part]]])),
    );
    draft.write(fitted, locale);
  }

  return (
    <div className="update-suggestion">
      {fitting.length === 0 ? (
        <>
          <span className="muted" lang={locale}>
            {usual}
          </span>
          <Button variant="default" size="compact-sm" onClick={() => fill({ text: usual })}>
            {t('update:suggest')}
          </Button>
        </>
      ) : (
        <>
          <span className="muted">{t('updates:templates')}</span>
          {fitting.slice(0, 4).map(({ id, body }) => (
            <Button
              key={id}
              variant="default"
              size="compact-sm"
              onClick={() => fill(filledTemplate(body.fields, values))}
            >
              {body.name}
            </Button>
          ))}
        </>
      )}
    </div>
  );
}
