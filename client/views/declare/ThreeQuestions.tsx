import { useState } from 'react';
import type { ReactNode } from 'react';
import { CheckShape } from '../../design/shapes.tsx';
import { useTranslation } from '../../i18n/index.ts';

const QUESTIONS = ['team', 'users', 'hour'] as const;
type Question = (typeof QUESTIONS)[number];

/** For those who wonder whether it is worth an incident: one yes, and it is. */
export function ThreeQuestions(): ReactNode {
  const { t } = useTranslation('board');
  const [answers, setAnswers] = useState<Partial<Record<Question, boolean>>>({});
  const yes = QUESTIONS.some((question) => answers[question] === true);
  const allNo = QUESTIONS.every((question) => answers[question] === false);
  return (
    <details className="three-questions">
      <summary>{t('declare.unsure')}</summary>
      {QUESTIONS.map((question) => (
        <fieldset key={question}>
          <legend>{t(`declare.question.${question}`)}</legend>
          {[true, false].map((answer) => (
            <label key={String(answer)} className="choice">
              <input
                type="radio"
                name={`question-${question}`}
                checked={answers[question] === answer}
                onChange={() => setAnswers((before) => ({ ...before, [question]: answer }))}
              />
              <span className="choice-mark" />
              {answer ? t('declare.yes') : t('declare.no')}
            </label>
          ))}
        </fieldset>
      ))}
      <output className="three-questions-advice">
        {yes ? (
          <strong>
            <CheckShape /> {t('declare.oneYes')}
          </strong>
        ) : allNo ? (
          t('declare.allNo')
        ) : (
          <span className="muted">{t('declare.rule')}</span>
        )}
      </output>
    </details>
  );
}
