import { Button } from '@mantine/core';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { copyText } from '../../app/copy.ts';
import { useTranslation } from '../../i18n/index.ts';
import { speeds } from './playhead.ts';
import type { Replay } from './useReplay.ts';

interface ControlsProps {
  replay: Replay;
  /** Playing is one step at a time for people who asked for less motion. */
  stepsOnly: boolean;
  link: () => string;
  tableShown: boolean;
  showTable: (shown: boolean) => void;
  /** Is a second moment shown beside this one? */
  compared: boolean;
  compare: (on: boolean) => void;
  /** What stands at the end of the row. */
  children?: ReactNode;
}

type ControlIcon = 'first' | 'previous' | 'play' | 'pause' | 'next' | 'last';

const PATHS: Readonly<Record<ControlIcon, string>> = {
  first: 'M5 4v12M16 4L8 10l8 6z',
  previous: 'M13 4L5 10l8 6z',
  play: 'M6 3.5l10 6.5L6 16.5z',
  pause: 'M6 4h3v12H6zM11 4h3v12h-3z',
  next: 'M7 4l8 6l-8 6z',
  last: 'M4 4l8 6l-8 6zM15 4v12',
};

function Icon({ name }: { name: ControlIcon }): ReactNode {
  return (
    <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path
        d={PATHS[name]}
        fill="currentColor"
        stroke="currentColor"
        strokeWidth="1.4"
        strokeLinejoin="round"
      />
    </svg>
  );
}

/** Steps, playing, speed, and the link to this moment. Every control also has a key. */
export function Controls(props: ControlsProps): ReactNode {
  const { replay, stepsOnly, link, tableShown, showTable, compared, compare } = props;
  const { t } = useTranslation('replay');
  const [copied, setCopied] = useState<'none' | 'copied' | 'failed'>('none');
  const { timeline, playing, goTo } = replay;
  const [at, total] = [replay.position?.place ?? 0, timeline.order().length];
  const stop = (act: () => void): void => {
    replay.play(false);
    act();
  };
  const play = (): void => (stepsOnly ? goTo(at + 1) : replay.play(!playing));
  return (
    <div className="replay-controls">
      <div className="replay-steps">
        <Step
          name={t('control.first')}
          keys="Home"
          icon="first"
          off={at <= 1}
          run={() => stop(() => goTo(1))}
        />
        <Step
          name={t('control.previous')}
          keys="ArrowLeft"
          icon="previous"
          off={at <= 1}
          run={() => stop(() => goTo(at - 1))}
        />
        <Step
          name={stepsOnly ? t('control.step') : playing ? t('control.pause') : t('control.play')}
          keys="Space"
          icon={playing && !stepsOnly ? 'pause' : 'play'}
          off={at >= total && !playing}
          run={play}
        />
        <Step
          name={t('control.next')}
          keys="ArrowRight"
          icon="next"
          off={at >= total}
          run={() => stop(() => goTo(at + 1))}
        />
        <Step
          name={t('control.last')}
          keys="End"
          icon="last"
          off={at >= total}
          run={() => stop(() => goTo(total))}
        />
      </div>
      <div className="replay-more">
        <div className="replay-speeds" role="radiogroup" aria-label={t('control.speed')}>
          {speeds.map((speed, index) => (
            <label key={speed} className="replay-speed" title={t('control.speedKey', { key: index + 1 })}>
              <input
                type="radio"
                name="replay-speed"
                checked={replay.speed === speed}
                onChange={() => replay.setSpeed(speed)}
              />
              <span>{speed}×</span>
            </label>
          ))}
        </div>
        <span className="replay-space" />
        <Button size="xs" variant="default" aria-pressed={tableShown} onClick={() => showTable(!tableShown)}>
          {t('table.show')}
        </Button>
        <Button size="xs" variant="default" aria-pressed={compared} onClick={() => compare(!compared)}>
          {t(compared ? 'control.compareEnd' : 'control.compare')}
        </Button>
        <Button
          size="xs"
          variant="default"
          onClick={() => void copyText(link()).then((worked) => setCopied(worked ? 'copied' : 'failed'))}
          onBlur={() => setCopied('none')}
        >
          {t(copied === 'none' ? 'control.copy' : `control.${copied}`)}
        </Button>
        {props.children}
      </div>
    </div>
  );
}

interface StepProps {
  name: string;
  keys: string;
  icon: ControlIcon;
  off: boolean;
  run: () => void;
}

function Step({ name, keys, icon, off, run }: StepProps): ReactNode {
  return (
    <button
      type="button"
      className="replay-step"
      aria-label={name}
      aria-keyshortcuts={keys}
      title={name}
      aria-disabled={off}
      onClick={() => {
        if (!off) run();
      }}
    >
      <Icon name={icon} />
    </button>
  );
}
