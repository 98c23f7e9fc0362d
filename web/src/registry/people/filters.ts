import {
  CARE_NEEDS,
  CATEGORIES,
  type CareNeed,
  type Category,
  RELATIONS,
  type Relation,
  SEXES,
  type Sex,
} from './types';

export const FILTER_KEYS = [
  'category',
  'sex',
  'age_from',
  'age_to',
  'care',
  'relation',
  'without_guardian',
  'without_phone',
  'without_home',
  'updated_since',
] as const;
export type PeopleSearch = { [K in (typeof FILTER_KEYS)[number]]?: string };

export type PeopleFilters = {
  category: Category[];
  sex?: Sex;
  age_from?: number;
  age_to?: number;
  care: CareNeed[];
  relation?: Relation;
  without_guardian: boolean;
  without_phone: boolean;
  without_home: boolean;
  updated_since?: string;
};

/** Orders the list can have: by door, by the newest change, by age. */
export const SORTS = ['place', '-updated', 'age', '-age'] as const;
export const DEFAULT_SORT = 'place';

const OLDEST = 150;
const oneOf = <T extends string>(list: readonly T[], text: string | undefined): T | undefined =>
  list.find((x) => x === text);
const someOf = <T extends string>(list: readonly T[], text: string | undefined): T[] => {
  const words = (text ?? '').split(',');
  return list.filter((x) => words.includes(x));
};
function age(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,3}$/.test(text)) return undefined;
  const n = Number(text);
  return n <= OLDEST ? n : undefined;
}
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Reads the filters from the address. A value that no list has is left out, never sent on. */
export function readFilters(search: PeopleSearch): PeopleFilters {
  const [a, b] = [age(search.age_from), age(search.age_to)];
  const turned = a !== undefined && b !== undefined && a > b;
  return {
    category: someOf(CATEGORIES, search.category),
    sex: oneOf(SEXES, search.sex),
    age_from: turned ? b : a,
    age_to: turned ? a : b,
    care: someOf(CARE_NEEDS, search.care),
    relation: oneOf(RELATIONS, search.relation),
    without_guardian: search.without_guardian === 'true',
    without_phone: search.without_phone === 'true',
    without_home: search.without_home === 'true',
    updated_since: DAY.test(search.updated_since ?? '') ? search.updated_since : undefined,
  };
}

const number = (n: number | undefined) => (n === undefined ? undefined : String(n));
const yes = (on: boolean) => (on ? 'true' : undefined);

/** Writes filters as address and as request: both use the same names. */
export function writeFilters(f: PeopleFilters): PeopleSearch {
  return {
    category: f.category.join(',') || undefined,
    sex: f.sex,
    age_from: number(f.age_from),
    age_to: number(f.age_to),
    care: f.care.join(',') || undefined,
    relation: f.relation,
    without_guardian: yes(f.without_guardian),
    without_phone: yes(f.without_phone),
    without_home: yes(f.without_home),
    updated_since: f.updated_since,
  };
}

export const NO_FILTERS: PeopleFilters = readFilters({});

/** What is shown as a chip of its own. */
export const CHIPS = [
  'category',
  'care',
  'age',
  'sex',
  'relation',
  'without_guardian',
  'without_phone',
  'without_home',
  'updated_since',
] as const;
export type Chip = (typeof CHIPS)[number];
/** Chips without a value: they are on or not there. */
export const SWITCHES = ['without_guardian', 'without_phone', 'without_home'] as const;
export type Switch = (typeof SWITCHES)[number];
export const isSwitch = (chip: Chip): chip is Switch => (SWITCHES as readonly string[]).includes(chip);

export function isSet(f: PeopleFilters, chip: Chip): boolean {
  if (chip === 'age') return f.age_from !== undefined || f.age_to !== undefined;
  const value = f[chip];
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

/** Takes one chip off. */
export function without(f: PeopleFilters, chip: Chip): PeopleFilters {
  if (chip === 'age') return { ...f, age_from: undefined, age_to: undefined };
  return { ...f, [chip]: NO_FILTERS[chip] };
}

export const anySet = (f: PeopleFilters): boolean => CHIPS.some((chip) => isSet(f, chip));

/** Ages that work is often about; a chip offers them beside free input. */
export const AGE_GROUPS: { key: 'infants' | 'minors' | 'adults' | 'elderly' | 'oldest'; from?: number; to?: number }[] =
  [
    { key: 'infants', to: 2 },
    { key: 'minors', to: 17 },
    { key: 'adults', from: 18, to: 59 },
    { key: 'elderly', from: 60 },
    { key: 'oldest', from: 80 },
  ];
