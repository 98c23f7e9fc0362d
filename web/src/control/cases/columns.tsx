import type { TFunction } from 'i18next';
import type { Case, Lang } from '../../api/types';
import type { DataColumn } from '../../shared/DataTable';
import { formatDay } from '../../shared/day';
import { ClassMark } from '../../shared/marks';
import { ageText, codeWord, shortTrail } from './words';

type Words = TFunction<['cases', 'words', 'shared']>;

/** The columns of the line list. What a first look needs is shown; the rest is one choice away. */
export function caseColumns(t: Words, lang: Lang, shared: string): DataColumn<Case>[] {
  const day = (
    key:
      | 'reported_on'
      | 'onset_on'
      | 'sampled_on'
      | 'confirmed_on'
      | 'outcome_on'
      | 'admitted_on'
      | 'counted_on'
      | 'second_negative_on'
      | 'under_restriction_since',
    hidden = false,
  ): DataColumn<Case> => ({
    key,
    title: t(`cases:field.${key}`),
    width: 112,
    hidden,
    sort: ['reported_on', 'onset_on', 'sampled_on', 'confirmed_on', 'outcome_on', 'counted_on'].includes(key),
    render: (c) => formatDay(c[key], lang),
  });
  const code = (
    key: 'origin' | 'severity' | 'outcome' | 'detection_route' | 'zone_class' | 'sex',
    width: number,
    hidden = false,
  ): DataColumn<Case> => ({
    key,
    title: t(`cases:field.${key}`),
    width,
    hidden,
    sort: key === 'severity',
    render: (c) => codeWord(t, key, c[key]),
  });
  return [
    {
      key: 'number',
      title: t('cases:field.number'),
      width: 148,
      sort: true,
      always: true,
      fixed: 'left',
      render: (c) => <span className="ac-mono">{c.number}</span>,
    },
    {
      key: 'classification',
      title: t('cases:field.classification'),
      width: 168,
      sort: true,
      render: (c) => <ClassMark value={c.classification} community={c.found_in_community} />,
    },
    day('reported_on'),
    {
      key: 'place',
      title: t('cases:field.place'),
      width: 260,
      render: (c) => <span title={c.place_trail}>{shortTrail(c.place_trail || c.place_name, shared)}</span>,
    },
    code('detection_route', 190),
    { key: 'age', title: t('cases:field.age'), width: 76, align: 'right', sort: true, render: (c) => ageText(t, c) },
    code('sex', 72),
    code('severity', 96),
    code('outcome', 110),
    day('onset_on'),
    day('sampled_on', true),
    day('confirmed_on', true),
    day('admitted_on', true),
    day('outcome_on', true),
    day('second_negative_on', true),
    day('counted_on', true),
    day('under_restriction_since', true),
    code('zone_class', 110, true),
    code('origin', 96, true),
    { key: 'name', title: t('cases:field.name'), width: 110, hidden: true, render: (c) => c.name_masked || '–' },
    { key: 'phone', title: t('cases:field.phone'), width: 130, hidden: true, render: (c) => c.phone_masked || '–' },
  ];
}
