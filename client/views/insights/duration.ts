import type { Locale } from '#shared/contract/wire.ts';
import { formatElapsed } from '../../design/time.ts';

const SECOND = 1_000;

/** A length of time in words; seconds as long as they matter: `50 s`, `1 min 50 s`, `2 h 10 min`. */
export function formatDuration(milliseconds: number, locale: Locale): string {
  const seconds = Math.round(milliseconds / SECOND);
  const units = locale === 'ko' ? { m: '분', s: '초' } : { m: ' min', s: ' s' };
  if (seconds < 60) return `${seconds}${units.s}`;
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  if (minutes < 10 && rest > 0) return `${minutes}${units.m} ${rest}${units.s}`;
  return formatElapsed(milliseconds, locale);
}

/** Minutes as people add them up: `40 min`, `12 h 30 min`. */
export function formatMinutes(minutes: number, locale: Locale): string {
  const hours = Math.floor(minutes / 60);
  const rest = Math.round(minutes % 60);
  const units = locale === 'ko' ? { h: '시간', m: '분' } : { h: ' h', m: ' min' };
  if (hours === 0) return `${rest}${units.m}`;
  return rest === 0 ? `${hours}${units.h}` : `${hours}${units.h} ${rest}${units.m}`;
}
