import { Button, Checkbox, NumberInput } from '@mantine/core';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { severities } from '#shared/contract/identifiers.ts';
import { REVIEW_RULES_ID } from '#shared/contract/settings.ts';
import type { ReviewRules } from '#shared/contract/settings.ts';
import { usualReviewRule } from '#shared/incident/review.ts';
import { useSettings } from '../../app/settings.ts';
import { useTranslation } from '../../i18n/index.ts';
import { Answered } from './Answered.tsx';
import { useSaveSetting } from './useSaveSetting.ts';

/** How many must sign a review, by severity, and whether the commander must be among them. */
export function ReviewSettings({ mayChange }: { mayChange: boolean }): ReactNode {
  const { t } = useTranslation('audiences');
  const { settings, known } = useSettings('review');
  const { answered, save } = useSaveSetting('review');
  const kept = settings.find(({ id }) => id === REVIEW_RULES_ID);
  return (
    <section className="settings-card" aria-labelledby="settings-review">
      <h2 id="settings-review">{t('review.title')}</h2>
      <p className="muted">{t('review.note')}</p>
      {known ? (
        <ReviewForm
          key={kept?.revision ?? 0}
          kept={kept?.body ?? usualRules()}
          mayChange={mayChange}
          onSave={(body) => void save(REVIEW_RULES_ID, body, kept?.revision ?? 0)}
        />
      ) : null}
      <Answered answered={answered} />
    </section>
  );
}

function usualRules(): ReviewRules {
  return {
    SEV1: usualReviewRule('SEV1'),
    SEV2: usualReviewRule('SEV2'),
    SEV3: usualReviewRule('SEV3'),
    SEV4: usualReviewRule('SEV4'),
  };
}

const [LEAST, MOST] = [1, 10];

function ReviewForm(props: {
  kept: ReviewRules;
  mayChange: boolean;
  onSave: (body: ReviewRules) => void;
}): ReactNode {
  const { mayChange } = props;
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
        <div key={severity}>
          <NumberInput
            label={t('review.signatures', { severity })}
            min={LEAST}
            max={MOST}
            clampBehavior="blur"
            allowDecimal={false}
            disabled={!mayChange}
            value={body[severity].signatures}
            onChange={(value) => {
              const signatures = Math.min(MOST, Math.max(LEAST, Math.round(Number(value)) || LEAST));
              setBody({ ...body, [severity]: { ...body[severity], signatures } });
            }}
          />
          <Checkbox
            mt={8}
            label={t('review.commander', { severity })}
            disabled={!mayChange}
            checked={body[severity].commander}
            onChange={({ currentTarget: { checked } }) =>
              setBody({ ...body, [severity]: { ...body[severity], commander: checked } })
            }
          />
        </div>
      ))}
      {mayChange ? (
        <div className="form-row">
          <Button type="submit" variant="default">
            {t('save')}
          </Button>
        </div>
      ) : null}
    </form>
  );
}
