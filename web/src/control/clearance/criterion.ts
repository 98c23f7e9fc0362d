import { useTranslation } from 'react-i18next';
import type { Criterion } from '../../api/types';
import { useLang } from '../../i18n';
import { formatNumber } from '../../shared/format';

type Value = Criterion['value'];

/** Writes a number with its unit, as the language does: `98.6%`, `98.6 %`, `3 天`. Units come from the pack. */
export function useWithUnit(): (text: string, unit: string | undefined) => string {
  const { t } = useTranslation('clearance');
  const lang = useLang();
  return (text, unit) => {
    if (!unit || unit === 'count') return text;
    // A unit without translation is shown as it is written in the pack.
    const word = (t as unknown as (k: string, o: object) => string)(`unit.${unit}`, { defaultValue: unit });
    return lang === 'zh' && /^[%/（]/.test(word) ? `${text}${word}` : `${text} ${word}`;
  };
}

/** A share is cut, not rounded, so that 99.96 % never reads as 100 %. */
export function percentOf(share: number): number {
  return Math.floor(share * 1000 + 1e-9) / 10;
}

/** Writes a criterion's value with its unit in the reader's words: `2 天`, `98.6%`, `0`. */
export function useCriterionValue(): (value: Value, unit: string) => string {
  const { t } = useTranslation('shared');
  const lang = useLang();
  const withUnit = useWithUnit();
  return (value, unit) => {
    if (value === null || value === undefined || value === '') return '–';
    if (typeof value === 'boolean') return t(value ? 'yes' : 'no');
    if (typeof value === 'string') return value;
    return withUnit(formatNumber(unit === 'ratio' ? percentOf(value) : value, lang), unit);
  };
}

/** Unmet first, required before informative; the pack's own order within. */
export function byNeed(criteria: Criterion[]): Criterion[] {
  const rank = (c: Criterion) => (c.met ? 2 : 0) + (c.binding ? 0 : 1);
  return criteria
    .map((c, i) => ({ c, i }))
    .sort((a, b) => rank(a.c) - rank(b.c) || a.i - b.i)
    .map(({ c }) => c);
}

/** How many of the required criteria are met (of all, when the pack requires none by name). */
export function countMet(criteria: Criterion[]): { met: number; of: number } {
  const required = criteria.filter((c) => c.binding);
  const counted = required.length > 0 ? required : criteria;
  return { met: counted.filter((c) => c.met).length, of: counted.length };
}
