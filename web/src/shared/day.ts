import type { Day, Instant, Lang } from '../api/types';

/**
 * Calendar days are text, `2022-04-08`, in the incident's time zone. Arithmetic is
 * done on that text at noon UTC, so that no browser time zone can move a day.
 */
const DAY = /^\d{4}-\d{2}-\d{2}$/;

export function isDay(text: unknown): text is Day {
  return typeof text === 'string' && DAY.test(text) && !Number.isNaN(noon(text).getTime());
}
function noon(day: Day): Date {
  return new Date(`${day}T12:00:00Z`);
}
export function addDays(day: Day, n: number): Day {
  const d = noon(day);
  d.setUTCDate(d.getUTCDate() + n);
  return d.toISOString().slice(0, 10);
}
/** Whole days from a to b; negative when b is earlier. */
export function daysBetween(a: Day, b: Day): number {
  return Math.round((noon(b).getTime() - noon(a).getTime()) / 86_400_000);
}
export function eachDay(from: Day, to: Day): Day[] {
  const days: Day[] = [];
  for (let d = from; d <= to; d = addDays(d, 1)) days.push(d);
  return days;
}
/** Today in a time zone such as `Asia/Shanghai`. */
export function today(timeZone: string, now: Date = new Date()): Day {
  return new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(now);
}

const locale = (lang: Lang) => (lang === 'zh' ? 'zh-CN' : 'en-GB');

/** 4月8日 / 8 Apr; with the year when asked, or when it is not `year`. */
export function formatDay(
  day: Day | null | undefined,
  lang: Lang,
  opts: { year?: boolean; weekday?: boolean } = {},
): string {
  if (!day || !isDay(day)) return '–';
  return new Intl.DateTimeFormat(locale(lang), {
    timeZone: 'UTC',
    day: 'numeric',
    month: lang === 'zh' ? 'long' : 'short',
    year: opts.year ? 'numeric' : undefined,
    weekday: opts.weekday ? 'short' : undefined,
  }).format(noon(day));
}

/** Microseconds since 1970 or RFC 3339 text; `24:00` (a day's end) is understood. */
export function instantDate(at: Instant): Date {
  if (typeof at === 'number') return new Date(at / 1000);
  const end = /^(\d{4}-\d{2}-\d{2})T24:00(?::00)?(.*)$/.exec(at);
  return end ? new Date(`${addDays(end[1] as string, 1)}T00:00:00${end[2]}`) : new Date(at);
}

/** Local time of the incident, 24 h: 2022-04-08 09:30. */
export function formatInstant(at: Instant | null | undefined, timeZone?: string): string {
  if (at === null || at === undefined || at === '') return '–';
  const d = instantDate(at);
  if (Number.isNaN(d.getTime())) return String(at);
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(d);
  const part = (type: string) => parts.find((p) => p.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}`;
}

/** A data cut-off at midnight is the end of the day before, as bulletins write it: 2022-04-07 24:00. */
export function formatCutOff(cutOff: string): string {
  const m = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})/.exec(cutOff);
  if (m?.[1] && m[2] === '00:00') return `${addDays(m[1], -1)} 24:00`;
  return m ? `${m[1]} ${m[2]}` : cutOff;
}
