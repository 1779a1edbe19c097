import type { ReactNode } from 'react';
import { mayReadQuestions } from '#shared/incident/questions.ts';
import { effectiveHolder } from '#shared/incident/roles.ts';
import type { IncidentState } from '#shared/incident/state.ts';
import { useNameOf } from '../../app/people.tsx';
import { TimeOf } from '../../design/Clock.tsx';
import { useTranslation } from '../../i18n/index.ts';
import { useRoomHandle } from '../../room/RoomContext.tsx';
import { RoomDialog } from '../room/RoomDialog.tsx';
import { AnswerForm } from './AnswerForm.tsx';
import { useQuestions } from './useQuestions.ts';
import type { Question } from './useQuestions.ts';
import './questions.css';

/** Questions from outside: Communications and the commander read and answer them, everybody else sees how many there are. */
export function QuestionsDialog({
  state,
  onClose,
}: {
  state: IncidentState;
  onClose: () => void;
}): ReactNode {
  const { t } = useTranslation(['updates', 'common']);
  const { me } = useRoomHandle();
  const nameOf = useNameOf();
  const mayRead = mayReadQuestions(me.id, state);
  return (
    <RoomDialog
      title={t('questions.title')}
      onClose={onClose}
      closeLabel={t('common:action.close')}
      width={640}
    >
      {mayRead ? (
        <Questions state={state} />
      ) : (
        <p>
          {t('questions.count', { count: state.questions?.asked ?? 0 })}{' '}
          {t('questions.notYours', { name: nameOf(effectiveHolder(state, 'comms')) })}
        </p>
      )}
    </RoomDialog>
  );
}

function Questions({ state }: { state: IncidentState }): ReactNode {
  const { t } = useTranslation(['updates', 'common']);
  const { data, isError } = useQuestions(state.id, state.questions);
  if (isError) return <p className="refused">{t('common:load.failed')}</p>;
  if (data === undefined) return <p className="muted">{t('common:load.wait')}</p>;
  if (data.length === 0) return <p className="muted">{t('questions.none')}</p>;
  const [open, answered] = [
    data.filter(({ answers }) => answers.length === 0),
    data.filter(({ answers }) => answers.length > 0),
  ];
  return (
    <>
      <ul className="questions">
        {open.map((question) => (
          <QuestionRow key={question.seq} question={question} />
        ))}
      </ul>
      {answered.length === 0 ? null : (
        <>
          <h3 className="meta muted">{t('questions.answered', { count: answered.length })}</h3>
          <ul className="questions">
            {answered.toReversed().map((question) => (
              <QuestionRow key={question.seq} question={question} />
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function QuestionRow({ question }: { question: Question }): ReactNode {
  const { t } = useTranslation('updates');
  const nameOf = useNameOf();
  const { answers } = question;
  return (
    <li className="question" data-open={answers.length === 0}>
      <p className="meta muted">
        <TimeOf at={question.at} /> · <bdi>{question.name ?? t('questions.noName')}</bdi> · #{question.seq}
      </p>
      <p className="question-text" dir="auto">
        {question.text}
      </p>
      {answers.map((answer) => (
        <div key={answer.seq} className="question-answer">
          <p className="meta muted">
            <TimeOf at={answer.at} /> · <bdi>{nameOf(answer.by)}</bdi> ·{' '}
            {t(answer.to === 'all' ? 'questions.toAll' : 'questions.toAsker')}
          </p>
          <p className="question-text" dir="auto">
            {answer.text}
          </p>
        </div>
      ))}
      <AnswerForm seq={question.seq} isFirst={answers.length === 0} />
    </li>
  );
}
