import type { PersonLoad } from '#shared/review/insights.ts';
import type { IncidentFacts } from './incidentFacts.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Time is counted in pieces of this length: whoever wrote in one was busy with it. */
const SLOT_MINUTES = 10;
const SLOT = SLOT_MINUTES * MINUTE;
const NIGHT_BEGINS = 22;
const NIGHT_ENDS = 6;

/** Months and nights of one time zone. */
export interface ZoneClock {
  /** `2026-11`. */
  monthOf(milliseconds: number): string;
  /** Between 22:00 and 06:00. */
  isNight(milliseconds: number): boolean;
}

/** The clock of a zone (IANA name); null when there is none of that name. */
export function zoneClock(zone: string): ZoneClock | null {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-GB', {
      ...{ timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', hour: '2-digit' },
    });
  } catch {
    return null;
  }
  const part = (at: number, type: Intl.DateTimeFormatPartTypes): string =>
    format.formatToParts(at).find((each) => each.type === type)?.value ?? '';
  // Zones differ from UTC by whole quarters of an hour.
  const quarters = new Map<number, boolean>();
  return {
    monthOf: (at) => `${part(at, 'year')}-${part(at, 'month')}`,
    isNight(at) {
      const quarter = Math.floor(at / (HOUR / 4));
      const known = quarters.get(quarter);
      if (known !== undefined) return known;
      const hour = Number(part(quarter * (HOUR / 4), 'hour'));
      const isNight = hour >= NIGHT_BEGINS || hour < NIGHT_ENDS;
      quarters.set(quarter, isNight);
      return isNight;
    },
  };
}

/** What each person carried of an incident until it was over, or until now. */
export function loadOfIncident(facts: IncidentFacts, now: number, clock: ZoneClock): PersonLoad[] {
  const end = facts.endedAt ?? now;
  const people = new Map<string, { slots: Set<number>; active: number; command: number }>();
  const of = (person: string) => {
    const load = people.get(person) ?? { slots: new Set<number>(), active: 0, command: 0 };
    people.set(person, load);
    return load;
  };
  for (const { person, slot } of facts.busyTimes) {
    if (slot > end) continue;
    const load = of(person);
    load.active += SLOT_MINUTES;
    load.slots.add(slot);
  }
  for (const [index, { person, from }] of facts.commanders.entries()) {
    const until = Math.min(end, facts.commanders[index + 1]?.from ?? end);
    if (until <= from) continue;
    const load = of(person);
    load.command += (until - from) / MINUTE;
    for (let slot = Math.floor(from / SLOT) * SLOT; slot < until; slot += SLOT) load.slots.add(slot);
  }
  return [...people].map(([person, { slots, active, command }]) => ({
    person,
    activeMinutes: active,
    commandMinutes: Math.round(command),
    nightMinutes: [...slots].filter((slot) => clock.isNight(slot)).length * SLOT_MINUTES,
  }));
}
