import type { TFunction } from 'i18next';
import type { Lang } from '../../api/types';
import type { DataColumn } from '../../shared/DataTable';
import { formatDay } from '../../shared/day';
import { CareTags, MinorMark } from './Marks';
import type { PersonRow } from './types';
import { ageText, codeWord, shortTrail } from './words';

type Words = TFunction<['people', 'words', 'shared']>;

/** The columns of the people list: the door first, because that is where the work is. */
export function peopleColumns(t: Words, lang: Lang, shared: string): DataColumn<PersonRow>[] {
  return [
    {
      key: 'name',
      title: t('people:field.name'),
      width: 96,
      always: true,
      fixed: 'left',
      render: (p) => <strong className="ac-masked">{p.name_masked || '–'}</strong>,
    },
    {
      key: 'place',
      title: t('people:field.door'),
      width: 208,
      sort: 'place',
      orders: ['asc'],
      render: (p) =>
        p.place_trail || p.place_name ? (
          <span title={p.place_trail}>{shortTrail(p.place_trail || p.place_name, shared)}</span>
        ) : (
          <span className="ac-faint">{t('people:chip.without_home')}</span>
        ),
    },
    {
      key: 'relation',
      title: t('people:field.relation'),
      width: 100,
      render: (p) => (p.relation ? codeWord(t, 'relation', p.relation) : '–'),
    },
    {
      key: 'age',
      title: t('people:field.age'),
      width: 76,
      align: 'right',
      sort: true,
      render: (p) => ageText(t, p),
    },
    { key: 'sex', title: t('people:field.sex'), width: 64, render: (p) => codeWord(t, 'sex', p.sex) },
    {
      key: 'care',
      title: t('people:field.care'),
      width: 190,
      render: (p) => (
        <span className="ac-care">
          <MinorMark person={p} />
          <CareTags care={p.care} most={2} />
        </span>
      ),
    },
    {
      key: 'category',
      title: t('people:field.category'),
      width: 96,
      render: (p) => codeWord(t, 'category', p.category),
    },
    {
      key: 'phone',
      title: t('people:field.phone'),
      width: 128,
      render: (p) => <span className="ac-mono">{p.phone_masked || '–'}</span>,
    },
    {
      key: 'id',
      title: t('people:field.id_number'),
      width: 190,
      hidden: true,
      render: (p) => <span className="ac-mono">{p.id_masked || '–'}</span>,
    },
    {
      key: 'id_kind',
      title: t('people:field.id_kind'),
      width: 150,
      hidden: true,
      render: (p) => codeWord(t, 'idKind', p.id_kind),
    },
    {
      key: 'birth_year',
      title: t('people:field.birth_year'),
      width: 100,
      align: 'right',
      hidden: true,
      render: (p) => p.birth_year ?? '–',
    },
    {
      key: 'keep_until',
      title: t('people:field.keep_until'),
      width: 130,
      hidden: true,
      render: (p) => formatDay(p.keep_until, lang, { year: true }),
    },
  ];
}
