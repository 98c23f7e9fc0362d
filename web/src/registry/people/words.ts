import type { Lang } from '../../api/types';
import { formatDay } from '../../shared/day';
import type { PeopleFilters } from './filters';
import type { PersonRow } from './types';

/** The texts of a page, whatever areas of words it has loaded besides `people` and `words`. */
type Words = (...args: never[]) => unknown;
const say = (t: Words) => t as unknown as (key: string, options: object) => string;
export type CodeArea = 'category' | 'sex' | 'relation' | 'care' | 'idKind' | 'classification' | 'level';

/** A code of the register in the reader's words. Codes come from the record, so the typed key list cannot know them. */
export function codeWord(t: Words, area: CodeArea, code: string): string {
  const key = code === '' ? 'none' : code;
  return say(t)(`words:${area}.${key}`, { defaultValue: code });
}

export function ageText(t: Words, p: Pick<PersonRow, 'age'>): string {
  return p.age === null || p.age === undefined ? '–' : say(t)('people:age', { count: p.age });
}

/** How long a trail may be in a list before its upper part is cut. */
const PARTS = 4;
/**
 * Where someone lives, without what all rows of a list share; the near end is what tells two
 * doors apart. What is shared may be told from further up than the trail begins, or less far.
 */
export function shortTrail(trail: string, shared: string): string {
  const parts = trail.split(' › ');
  const above = shared === '' ? [] : shared.split(' › ');
  const [over, last] = [above.at(-2), above.at(-1)];
  const at = parts.findIndex((name, i) => name === last && (i === 0 || over === undefined || parts[i - 1] === over));
  const own = at < 0 ? parts : parts.slice(at + 1);
  if (own.length === 0) return parts.at(-1) ?? '';
  return own.length > PARTS ? `… › ${own.slice(-PARTS).join(' › ')}` : own.join(' › ');
}

/** Names a row for screen readers and dialogs, without more than the row shows. */
export function rowName(t: Words, p: PersonRow): string {
  return [p.name_masked || codeWord(t, 'category', p.category), codeWord(t, 'sex', p.sex), ageText(t, p)].join(' ');
}

/** An age span in words. */
export function ageSpan(t: Words, f: Pick<PeopleFilters, 'age_from' | 'age_to'>): string {
  if (f.age_from !== undefined && f.age_to !== undefined)
    return say(t)('people:ageBetween', { from: f.age_from, to: f.age_to });
  if (f.age_from !== undefined) return say(t)('people:ageFrom', { from: f.age_from });
  return f.age_to === undefined ? '' : say(t)('people:ageTo', { to: f.age_to });
}

/** From a day, to a day, or both, in words. */
export function daySpan(t: Words, lang: Lang, from: string, to: string): string {
  const day = (d: string) => formatDay(d, lang, { year: true });
  if (from && to) return say(t)('people:facts.sinceUntil', { since: day(from), until: day(to) });
  if (from) return say(t)('people:facts.careSince', { day: day(from) });
  return to ? say(t)('people:facts.careUntil', { day: day(to) }) : '';
}
