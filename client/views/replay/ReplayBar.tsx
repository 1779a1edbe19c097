import { Button } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import type { IncidentSummary } from '#shared/contract/wire.ts';
import type { RecordImport } from '#shared/incident/reviewState.ts';
import { useTimeStyle } from '../../design/Clock.tsx';
import { formatElapsed } from '../../design/time.ts';
import { useTranslation } from '../../i18n/index.ts';
import { Controls } from './Controls.tsx';
import { ImportDialog } from './ImportDialog.tsx';
import { JumpBar } from './JumpBar.tsx';
import { isNarrow, kindOf, nearestPlace, noFilter, placesOf, voicesIn } from './jumps.ts';
import { lanesOf } from './lanes.ts';
import type { Spot } from './lanes.ts';
import { MarksTable } from './MarksTable.tsx';
import { busyTimes, useDocumentActivity } from './outside.ts';
import type { OutsideEvent } from './outside.ts';
import { Picture } from './Picture.tsx';
import { PictureButtons } from './PictureButtons.tsx';
import { speeds } from './playhead.ts';
import type { Position } from './position.ts';
import { Scrubber } from './Scrubber.tsx';
import { timeScale } from './timeScale.ts';
import type { Replay } from './useReplay.ts';
import { useReplayKeys } from './useReplayKeys.ts';

interface ReplayBarProps {
  incident: IncidentSummary;
  title: string;
  replay: Replay;
  position: Position | null;
  beside: Position | null;
  compare: (on: boolean) => void;
  outside: readonly OutsideEvent[];
  /** The moment in words. */
  words: string;
  link: () => string;
  stepsOnly: boolean;
}

const NO_IMPORTS: readonly RecordImport[] = [];

/** The picture of the incident with everything that moves through its time. */
export function ReplayBar(props: ReplayBarProps): ReactNode {
  const { incident, title, replay, position, beside, compare, outside, words, link, stepsOnly } = props;
  const { t } = useTranslation('replay');
  const style = useTimeStyle();
  const [tableShown, showTable] = useState(false);
  const [importShown, showImport] = useState(false);
  const [jumpShown, showJump] = useState(false);
  const [filter, setFilter] = useState(noFilter);
  const activity = useDocumentActivity(incident.id);
  const { timeline, loaded, total, goTo, moveTo, playing } = replay;
  // `loaded` stands for the timeline, which grows without becoming another.
  const { scale, lanes, voices } = useMemo(() => {
    const made = timeScale(timeline.order().times.slice(0, loaded), busyTimes(activity));
    return { scale: made, lanes: lanesOf(timeline, made, outside, activity), voices: voicesIn(timeline) };
  }, [timeline, loaded, activity, outside]);
  const found = useMemo(
    () => (isNarrow(filter) && loaded > 0 ? placesOf(timeline, filter) : null),
    [timeline, loaded, filter],
  );

  const stop = (act: () => void): void => {
    replay.play(false);
    act();
  };
  const at = position?.place ?? 0;
  const jump = (step: 1 | -1): void => {
    const entry = position ? timeline.entry(position.seq) : undefined;
    const kind = entry ? kindOf(entry.type) : null;
    const next = nearestPlace(found ?? placesOf(timeline, { ...noFilter, kind }), at, step);
    if (next !== null) stop(() => goTo(next));
  };
  const choose = (spot: Spot): void =>
    stop(() => (spot.what === 'entry' ? moveTo(spot.mark.seq) : replay.moveToTime(spot.time)));
  useReplayKeys({
    step: (by) => stop(() => goTo(at + by)),
    jump,
    first: () => stop(() => goTo(1)),
    last: () => stop(() => goTo(timeline.order().length)),
    play: () => (stepsOnly ? goTo(at + 1) : replay.play(!playing)),
    speed: (index) => replay.setSpeed(speeds[index] ?? speeds[2]),
  });

  return (
    <section className="replay-bar" aria-label={t('bar')} data-region>
      {replay.error ? (
        <p className="replay-failed" role="alert">
          {t('failed')}
          <Button size="xs" variant="default" onClick={replay.retry}>
            {t('retry')}
          </Button>
        </p>
      ) : null}
      <Picture timeline={timeline} lanes={lanes} choose={choose}>
        {position ? (
          <Scrubber
            scale={scale}
            position={position}
            total={timeline.order().length}
            isLoading={loaded < total}
            words={words}
            beside={beside}
            goTo={(place) => stop(() => goTo(place))}
            moveToTime={(time) => stop(() => replay.moveToTime(time))}
          />
        ) : null}
      </Picture>
      <Controls
        replay={replay}
        stepsOnly={stepsOnly}
        link={link}
        tableShown={tableShown}
        showTable={showTable}
        compared={beside !== null}
        compare={compare}
      >
        <Button
          className="replay-jump-open"
          size="xs"
          variant="default"
          aria-pressed={jumpShown}
          onClick={() => showJump(!jumpShown)}
        >
          {t('jump.label')}
        </Button>
        <Button size="xs" variant="default" onClick={() => showImport(true)}>
          {t('import.open')}
        </Button>
        <PictureButtons
          lanes={lanes}
          timeAt={scale.timeAt}
          title={`INC-${incident.number} ${title}`}
          fileName={`INC-${incident.number}`}
        />
      </Controls>
      <JumpBar
        isOpen={jumpShown}
        filter={filter}
        setFilter={setFilter}
        voices={voices}
        found={found}
        place={at}
        jump={jump}
      />
      <p className="replay-note muted meta">
        {loaded < total
          ? t('loading', { count: loaded, total })
          : replay.skipping > 0
            ? t('skipping', { time: formatElapsed(replay.skipping, style.locale) })
            : '\u00A0'}
      </p>
      {importShown ? (
        <ImportDialog
          incidentId={incident.id}
          imports={timeline.stateAt(timeline.last)?.review?.imports ?? NO_IMPORTS}
          grown={replay.retry}
          close={() => showImport(false)}
        />
      ) : null}
      {tableShown ? (
        <MarksTable timeline={timeline} spots={lanes.spots} now={position?.time ?? 0} choose={choose} />
      ) : null}
    </section>
  );
}
