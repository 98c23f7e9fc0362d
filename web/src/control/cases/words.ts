import type { TFunction } from 'i18next';
import type { Case } from '../../api/types';
import type { CodedFilter } from './filters';

type Words = TFunction<['cases', 'words', 'shared']>;
/** Codes come from the record, so the typed key list cannot know them. */
function word(t: Words, area: string, code: string): string {
  return (t as unknown as (k: string, o: object) => string)(`words:${area}.${code}`, { defaultValue: code });
}

const areas: Record<CodedFilter, string> = {
  classification: 'classification',
  origin: 'origin',
  detection_route: 'route',
  zone_class: 'zone',
  found: 'found',
  severity: 'severity',
  outcome: 'outcome',
  sex: 'sex',
};

/** A code of a filter or field in the reader's words. */
export function codeWord(t: Words, field: CodedFilter, code: string): string {
  return word(t, areas[field], code);
}

/** 36 岁, 8 个月 for the small, or nothing known. */
export function ageText(t: Words, c: Pick<Case, 'age' | 'age_months'>): string {
  if (c.age_months !== null && c.age_months !== undefined && (c.age ?? 0) < 2)
    return t('cases:ageMonths', { count: c.age_months });
  return c.age === null || c.age === undefined ? '–' : t('cases:ageYears', { count: c.age });
}

/** Where someone lives, as it is read in a list: without what all rows share, and the near end first in view. */
export function shortTrail(trail: string, shared: string): string {
  const parts = trail.split(' › ');
  const above = shared === '' ? [] : shared.split(' › ');
  const own = above.every((name, i) => parts[i] === name) ? parts.slice(above.length) : parts;
  if (own.length === 0) return parts.at(-1) ?? '';
  return own.length > 4 ? `… › ${own.slice(-4).join(' › ')}` : own.join(' › ');
}
