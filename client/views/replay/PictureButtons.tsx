import { Button } from '@mantine/core';
import { useLayoutEffect, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useTranslation } from '../../i18n/index.ts';
import type { Lanes } from './lanes.ts';
import { LanesSvg } from './LanesSvg.tsx';
import { savePicture } from './pictureFile.ts';
import type { PictureFormat } from './pictureFile.ts';

interface PictureButtonsProps {
  lanes: Lanes;
  timeAt: (position: number) => number;
  title: string;
  /** Without its ending. */
  fileName: string;
}

/** Wide enough for all lanes. CSS pixels. */
const WIDTH = 1_400;

/** The picture as a file, in the colours of the page. */
export function PictureButtons({ lanes, timeAt, title, fileName }: PictureButtonsProps): ReactNode {
  const { t } = useTranslation('replay');
  const [wanted, setWanted] = useState<PictureFormat | null>(null);
  const [failed, setFailed] = useState(false);
  const drawing = useRef<SVGSVGElement>(null);
  useLayoutEffect(() => {
    if (wanted === null || !drawing.current) return;
    savePicture(drawing.current, wanted, fileName).then(
      () => setWanted(null),
      () => {
        setFailed(true);
        setWanted(null);
      },
    );
  }, [wanted, fileName]);
  const save = (format: PictureFormat): void => {
    setFailed(false);
    setWanted(format);
  };
  return (
    <>
      <Button size="xs" variant="default" onClick={() => save('svg')}>
        SVG
      </Button>
      <Button size="xs" variant="default" onClick={() => save('png')}>
        PNG
      </Button>
      {failed ? <span role="alert">{t('pictureFailed')}</span> : null}
      {wanted === null ? null : (
        <div className="replay-offstage" aria-hidden="true">
          <LanesSvg ref={drawing} lanes={lanes} width={WIDTH} alone={{ title, timeAt }} />
        </div>
      )}
    </>
  );
}
