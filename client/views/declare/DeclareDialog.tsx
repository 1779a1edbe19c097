import { Button, Checkbox, Modal, TextInput } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useLocation } from 'wouter';
import { severities } from '#shared/contract/identifiers.ts';
import type { Severity } from '#shared/contract/identifiers.ts';
import { announce } from '../../app/announce.ts';
import { apiOrThrow } from '../../app/api.ts';
import type { DeclarePrefill } from '../../app/commands.ts';
import { copyText } from '../../app/copy.ts';
import { INCIDENTS_KEY } from '../../app/incidents.ts';
import type { IncidentPage } from '../../app/incidents.ts';
import { useEnter } from '../../app/useEnter.ts';
import { useTranslation } from '../../i18n/index.ts';
import { Refused } from '../signin/Refused.tsx';
import { SeverityChoice } from './SeverityChoice.tsx';
import { similarIncidents } from './similar.ts';
import { ThreeQuestions } from './ThreeQuestions.tsx';
import { useDeclare } from './useDeclare.ts';
import './declare.css';

const TITLE_MOST = 200;

function severityFrom(text: string | undefined): Severity {
  const wanted = text?.toUpperCase().replace(/^(?=[1-4]$)/, 'SEV');
  return severities.find((severity) => severity === wanted) ?? 'SEV3';
}

/** Declares an incident: one field is enough, Enter declares, and whoever declares is the commander. */
export function DeclareDialog({
  prefill,
  onClose,
}: {
  prefill: DeclarePrefill;
  onClose: () => void;
}): ReactNode {
  const { t } = useTranslation(['board', 'common']);
  const [, navigate] = useLocation();
  const onePane = useMediaQuery('(width < 800px)') ?? false;
  const [title, setTitle] = useState(prefill.title ?? '');
  const [severity, setSeverity] = useState(severityFrom(prefill.severity));
  const [isPrivate, setPrivate] = useState(false);
  const [drill, setDrill] = useState(false);
  const [missing, setMissing] = useState(false);
  const { progress, declare, withdraw } = useDeclare((incident) => {
    announce('polite', t('declare.done', { number: incident.number }));
    onClose();
    navigate(`/i/${incident.number}`);
  });
  const waiting = progress.state === 'sending' || progress.state === 'waiting';

  function submit(): void {
    const trimmed = title.trim();
    setMissing(trimmed === '');
    if (trimmed !== '') declare({ title: trimmed, severity, private: isPrivate, drill });
  }
  const enter = useEnter(submit);

  return (
    <Modal
      opened
      onClose={onClose}
      title={t('declare.title')}
      size={560}
      yOffset={96}
      fullScreen={onePane}
      closeButtonProps={{ 'aria-label': t('common:action.close') }}
      closeOnClickOutside={false}
      classNames={{ content: 'declare', header: drill ? 'drill-edge declare-header' : 'declare-header' }}
    >
      <form
        className="declare-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <TextInput
          label={t('declare.what')}
          value={title}
          onChange={(event) => {
            setTitle(event.currentTarget.value);
            setMissing(false);
          }}
          readOnly={waiting}
          maxLength={TITLE_MOST}
          aria-required="true"
          error={missing ? t('declare.whatMissing') : undefined}
          autoComplete="off"
          data-autofocus
          size="md"
          {...enter}
        />
        <Similar
          title={title}
          open={(number) => {
            onClose();
            navigate(`/i/${number}`);
          }}
        />
        <SeverityChoice value={severity} onChange={setSeverity} disabled={waiting} />
        <div className="form-row">
          <Checkbox
            label={t('common:incident.private')}
            checked={isPrivate}
            disabled={waiting}
            onChange={(event) => setPrivate(event.currentTarget.checked)}
          />
          <Checkbox
            label={t('common:incident.drill')}
            checked={drill}
            disabled={waiting}
            onChange={(event) => setDrill(event.currentTarget.checked)}
          />
          <span className="muted meta">
            {drill ? t('common:incident.drillNote') : isPrivate ? t('declare.privateNote') : ''}
          </span>
        </div>
        <ThreeQuestions />
        <p className="muted">{t('declare.commander')}</p>
        {progress.state === 'waiting' ? (
          <NoAnswerYet title={title} />
        ) : (
          <Refused sentence={progress.state === 'refused' ? progress.sentence : null} />
        )}
        <div className="form-acts declare-acts">
          {waiting ? (
            <Button variant="default" onClick={withdraw}>
              {t('declare.withdraw')}
            </Button>
          ) : (
            <Button variant="default" onClick={onClose}>
              {t('common:action.cancel')}
            </Button>
          )}
          <Button type="submit" aria-disabled={waiting}>
            {waiting ? t('declare.sending') : t('declare.submit')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

/** What is open and sounds alike: joining it is better than a second incident. */
function Similar({ title, open }: { title: string; open: (number: number) => void }): ReactNode {
  const { t } = useTranslation('board');
  const { data } = useQuery({
    queryKey: [...INCIDENTS_KEY, 'open'],
    queryFn: ({ signal }) =>
      apiOrThrow<IncidentPage>('/api/incidents', { query: { status: 'open', limit: 100 }, signal }),
  });
  const [alike] = similarIncidents(title, data?.incidents ?? []);
  return (
    <p className="declare-similar meta">
      {alike ? (
        <>
          <span>{t('declare.similar', { number: alike.number, title: alike.title })}</span>
          <Button variant="default" size="compact-sm" onClick={() => open(alike.number)}>
            {t('declare.openInstead')}
          </Button>
        </>
      ) : null}
    </p>
  );
}

function NoAnswerYet({ title }: { title: string }): ReactNode {
  const { t } = useTranslation(['board', 'common']);
  const [copied, setCopied] = useState(false);
  return (
    <div className="form-answer refused">
      <output>{t('declare.noAnswer')}</output>
      <Button variant="default" size="compact-sm" onClick={() => void copyText(title).then(setCopied)}>
        {copied ? t('common:action.copied') : t('common:action.copy')}
      </Button>
    </div>
  );
}
