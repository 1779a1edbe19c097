import { useEffect, useId, useRef } from 'react';
import type { ReactNode } from 'react';
import { updateWordFields } from '#shared/contract/updates.ts';
import type { Locale } from '#shared/contract/wire.ts';
import type { Draft, DraftPart } from '../../document/draft.ts';
import { bindText } from '../../document/sharedText.ts';
import { useTranslation } from '../../i18n/index.ts';
import type { Required } from './composer.ts';

interface WordsFieldsProps {
  draft: Draft;
  locale: Locale;
  required: readonly Required[];
  /** Said under these, once sending was tried. */
  missing: readonly Required[];
}

/** What an update says in one language, each part a text that everybody in the room may write. */
export function WordsFields({ draft, locale, required, missing }: WordsFieldsProps): ReactNode {
  return updateWordFields.map((part) => (
    <WordsField
      // A field is bound to one text for good.
      key={`${part}.${locale}`}
      draft={draft}
      part={part}
      locale={locale}
      isRequired={required.includes(part)}
      isMissing={missing.includes(part)}
    />
  ));
}

/** What the fields of a part may hold. Characters. */
const MOST: Readonly<Record<DraftPart, number>> = {
  text: 8_000,
  impact: 4_000,
  known: 4_000,
  ruledOut: 4_000,
  doing: 4_000,
};

function WordsField(props: {
  draft: Draft;
  part: DraftPart;
  locale: Locale;
  isRequired: boolean;
  isMissing: boolean;
}): ReactNode {
  const { draft, part, locale, isRequired, isMissing } = props;
  const { t } = useTranslation('updates');
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(
    () => (field.current ? bindText(draft.textOf(part, locale), field.current) : undefined),
    [draft, part, locale],
  );
  return (
    <div className="words-field" data-part={part}>
      <label htmlFor={id}>
        {t(`part.${part}`)}
        {isRequired ? <span className="words-required"> *</span> : null}
      </label>
      <textarea
        ref={field}
        id={id}
        lang={locale}
        dir="auto"
        rows={part === 'text' ? 4 : 2}
        maxLength={MOST[part]}
        aria-required={isRequired}
        aria-invalid={isMissing}
        {...(isMissing ? { 'aria-describedby': `${id}-missing` } : {})}
        {...(part === 'text' ? { 'data-autofocus': true } : {})}
      />
      {isMissing ? (
        <p id={`${id}-missing`} className="field-error">
          {t('missingPart')}
        </p>
      ) : null}
    </div>
  );
}
