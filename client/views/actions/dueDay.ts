/** The day of a moment in this browser's zone, as date fields have it: `2026-03-14`. */
export function dayIn(moment: string | number): string {
  const date = new Date(moment);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The end of a day in this browser's zone as ISO time: what is due on a day is late when the day is over. Null for no day. */
export function endOfDay(day: string): string | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  if (!match) return null;
  const [year, month, date] = [Number(match[1]), Number(match[2]) - 1, Number(match[3])];
  const end = new Date(year, month, date, 23, 59, 59, 0);
  return end.getMonth() === month && end.getDate() === date ? end.toISOString() : null;
}
