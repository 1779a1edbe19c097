import type { Locale } from '#shared/contract/wire.ts';

/** A moment as the wire has it (ISO 8601) or in milliseconds since 1970. */
export type Moment = string | number;

export interface TimeStyle {
  locale: Locale;
  /** IANA name; the reader's own where not given. */
  timeZone?: string;
}

/** The zone of this browser when the page was loaded. */
export function ownTimeZone(): string {
  return formatterOf('en-GB', {}).resolvedOptions().timeZone;
}

function millisecondsOf(moment: Moment): number {
  return typeof moment === 'number' ? moment : Date.parse(moment);
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Making a formatter takes a hundred times as long as using it, and the log shows times by the thousand. */
function formatterOf(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${JSON.stringify(options)}`;
  const known = formatters.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(language, options);
  formatters.set(key, made);
  return made;
}

interface Parts {
  year: string;
  month: string;
  monthName: string;
  day: string;
  weekday: string;
  hour: string;
  minute: string;
  second: string;
  zone: string;
}

function partsOf(moment: Moment, { locale, timeZone = ownTimeZone() }: TimeStyle): Parts {
  const date = new Date(millisecondsOf(moment));
  const numbers = new Map(
    formatterOf('en-GB', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
      .formatToParts(date)
      .map((part) => [part.type, part.value]),
  );
  const words = new Map(
    formatterOf(locale === 'ko' ? 'ko-KR' : 'en-GB', {
      timeZone,
      weekday: 'short',
      month: 'short',
    })
      .formatToParts(date)
      .map((part) => [part.type, part.value]),
  );
  const number = (name: Intl.DateTimeFormatPartTypes): string => numbers.get(name) ?? '';
  return {
    year: number('year'),
    month: String(Number(number('month'))),
    monthName: words.get('month') ?? '',
    day: String(Number(number('day'))),
    weekday: words.get('weekday') ?? '',
    hour: number('hour'),
    minute: number('minute'),
    second: number('second'),
    zone: zoneName(date, timeZone, locale),
  };
}

/** Zones that readers know by letters which the browser's data has for some languages only. */
const KNOWN_ZONES: ReadonlyMap<string, string> = new Map([
  ['Asia/Seoul', 'KST'],
  ['Asia/Tokyo', 'JST'],
  ['UTC', 'UTC'],
  ['Etc/UTC', 'UTC'],
]);

function zoneName(date: Date, timeZone: string, locale: Locale): string {
  const known = KNOWN_ZONES.get(timeZone);
  if (known) return known;
  const parts = formatterOf(locale === 'ko' ? 'ko-KR' : 'en-GB', {
    timeZone,
    timeZoneName: 'short',
  });
  return parts.formatToParts(date).find((part) => part.type === 'timeZoneName')?.value ?? timeZone;
}

/** `12:06`, always in 24 hours. */
export function formatTime(moment: Moment, style: TimeStyle): string {
  const { hour, minute } = partsOf(moment, style);
  return `${hour}:${minute}`;
}

/** `12:06:31`. */
export function formatClock(moment: Moment, style: TimeStyle): string {
  const { hour, minute, second } = partsOf(moment, style);
  return `${hour}:${minute}:${second}`;
}

/** `03:06Z`. */
export function formatUtc(moment: Moment): string {
  const { hour, minute } = partsOf(moment, { locale: 'en', timeZone: 'UTC' });
  return `${hour}:${minute}Z`;
}

/** `Sat 14 Mar 2026` or `2026. 3. 14. (토)`. */
export function formatDate(moment: Moment, style: TimeStyle): string {
  const { year, month, monthName, day, weekday } = partsOf(moment, style);
  return style.locale === 'ko'
    ? `${year}. ${month}. ${day}. (${weekday})`
    : `${weekday} ${day} ${monthName} ${year}`;
}

/** Local and UTC in full; the UTC date where it is another day: `Sat 14 Mar 2026, 12:06:31 KST · 03:06:31 UTC`. */
export function formatFull(moment: Moment, style: TimeStyle): string {
  const local = partsOf(moment, style);
  const utcStyle: TimeStyle = { locale: style.locale, timeZone: 'UTC' };
  const utc = partsOf(moment, utcStyle);
  const separator = style.locale === 'ko' ? ' ' : ', ';
  const own = `${formatDate(moment, style)}${separator}${local.hour}:${local.minute}:${local.second} ${local.zone}`;
  if (local.zone === 'UTC') return own;
  const sameDay = local.day === utc.day && local.month === utc.month;
  const utcDate = sameDay ? '' : `${formatDate(moment, utcStyle)}${separator}`;
  return `${own} · ${utcDate}${utc.hour}:${utc.minute}:${utc.second} UTC`;
}

/** The zone's short name at that moment, such as `KST`. */
export function formatZone(moment: Moment, style: TimeStyle): string {
  return partsOf(moment, style).zone;
}

function wholeSeconds(milliseconds: number): number {
  return Math.max(0, Math.floor(milliseconds / 1_000));
}

/** A clock that runs up or down: `01:24:10`, and `09:12` under an hour where `short` is asked for. */
export function formatElapsedClock(milliseconds: number, short = false): string {
  const seconds = wholeSeconds(milliseconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3_600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return short && hours === 0 ? rest : `${two(hours)}:${rest}`;
}

/** In text: `1 h 24 min`, `1시간 24분`; days from two on; under a minute `0 min`. */
export function formatElapsed(milliseconds: number, locale: Locale): string {
  const minutes = Math.floor(wholeSeconds(milliseconds) / 60);
  const [days, hours, rest] = [Math.floor(minutes / 1_440), Math.floor(minutes / 60), minutes % 60];
  const units = locale === 'ko' ? { d: '일', h: '시간', m: '분' } : { d: ' d', h: ' h', m: ' min' };
  if (days >= 2) return `${days}${units.d} ${hours % 24}${units.h}`;
  if (hours === 0) return `${rest}${units.m}`;
  return `${hours}${units.h} ${rest}${units.m}`;
}

/**
 * The moment that a wall-clock time stands for, looking back: `14:02` today or, while that is still to come, yesterday;
 * `2026-03-14 14:02` on that day. Null when it is no time, or not yet.
 */
export function pastMomentAt(time: string, now: number): number | null {
  const match = /^\s*(?:(\d{4})-(\d{1,2})-(\d{1,2})\s+)?(\d{1,2})[:시]\s?(\d{1,2})분?\s*$/u.exec(time);
  const [year, month, day, hour, minute] = (match ?? []).slice(1).map((part) => Number(part));
  if (!match || (hour ?? 24) > 23 || (minute ?? 60) > 59) return null;
  const date = new Date(now);
  const named = match[1] !== undefined;
  if (named) date.setFullYear(year ?? 0, (month ?? 0) - 1, day ?? 0);
  if (named && (date.getMonth() !== (month ?? 0) - 1 || date.getDate() !== day)) return null;
  date.setHours(hour ?? 0, minute ?? 0, 0, 0);
  if (!named && date.getTime() > now) date.setDate(date.getDate() - 1);
  return date.getTime() > now ? null : date.getTime();
}

/** The moment of a wall-clock time `HH:mm`, today or, when that has passed, tomorrow. Null when it is no time. */
export function nextMomentAt(time: string, now: number): number | null {
  const match = /^\s*(\d{1,2})[:시]?\s*(\d{2})분?\s*$/.exec(time);
  const [hour, minute] = [Number(match?.[1]), Number(match?.[2])];
  if (!match || hour > 23 || minute > 59) return null;
  const date = new Date(now);
  date.setHours(hour, minute, 0, 0);
  if (date.getTime() <= now) date.setDate(date.getDate() + 1);
  return date.getTime();
}
