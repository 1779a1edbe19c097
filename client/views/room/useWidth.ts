import { useLayoutEffect, useState } from 'react';
import type { RefObject } from 'react';

/** Three columns, two, or one pane at a time. Looks at the room, not the window: a split screen works. */
export type RoomLayout = 'wide' | 'mid' | 'one';

const MID_FROM = 800;
/** The rail beside the room takes 64 of the 1,200 pixels from which there is room for three columns. */
const WIDE_FROM = 1_136;

export function layoutFor(width: number): RoomLayout {
  if (width >= WIDE_FROM) return 'wide';
  return width >= MID_FROM - 64 ? 'mid' : 'one';
}

/** The layout that fits the element; known before the first paint. */
export function useRoomLayout(element: RefObject<HTMLElement | null>): RoomLayout {
  const [layout, setLayout] = useState<RoomLayout>(() => layoutFor(window.innerWidth));
  useLayoutEffect(() => {
    const box = element.current;
    if (!box) return;
    const measure = (): void => setLayout(window.innerWidth < MID_FROM ? 'one' : layoutFor(box.clientWidth));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(box);
    return () => observer.disconnect();
  }, [element]);
  return layout;
}
