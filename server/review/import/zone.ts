/** A time zone of a source that writes times without one. */
export interface Zone {
  /** The moment at which clocks there showed this time (given as if it were UTC). Milliseconds. */
  toUtc(shown: number): number;
}

export const UTC: Zone = fixed(0);

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** Clocks change at whole quarters of an hour. */
const QUARTER = 15 * MINUTE;

/** A zone by its offset (`+09:00`) or its name (`Asia/Seoul`, `UTC`); null for what is neither. */
export function readZone(text: string): Zone | null {
  if (text === 'Z') return UTC;
  const [, sign, hours, minutes] = /^([+-])([01]\d|2[0-3]):?([0-5]\d)$/.exec(text) ?? [];
  if (sign !== undefined) {
    const offset = (Number(hours) * 60 + Number(minutes)) * MINUTE;
    return fixed(sign === '-' ? -offset : offset);
  }
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,60}$/.test(text)) return null;
  try {
    return named(text);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function fixed(offset: number): Zone {
  return { toUtc: (shown) => shown - offset };
}

/** A zone whose clocks change. An hour that came twice is taken for the first, one that never came for the one after. */
function named(name: string): Zone {
  const offsetAt = offsetsOf(name);
  return {
    toUtc(shown) {
      const [before, after] = [offsetAt(shown - DAY), offsetAt(shown + DAY)];
      const fits = [shown - before, shown - after].filter((at) => at + offsetAt(at) === shown);
      return fits.length > 0 ? Math.min(...fits) : shown - before;
    },
  };
}

/** How far clocks are ahead of UTC at a moment, in milliseconds. Throws `RangeError` when there is no such zone. */
function offsetsOf(timeZone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone, hourCycle: 'h23', era: 'short', year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
  });
  const known = new Map<number, number>();
  return (at) => {
    const quarter = Math.floor(at / QUARTER) * QUARTER;
    const found = known.get(quarter);
    if (found !== undefined) return found;
    const parts = new Map(format.formatToParts(quarter).map(({ type, value }) => [type, value]));
    const part = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type));
    const year = parts.get('era') === 'BC' ? 1 - part('year') : part('year');
    const shown = Date.UTC(
      2000,
      part('month') - 1,
      part('day'),
      part('hour'),
      part('minute'),
      part('second'),
    );
    const offset = new Date(shown).setUTCFullYear(year, part('month') - 1, part('day')) - quarter;
    known.set(quarter, offset);
    return offset;
  };
}
