import { describe, expect, it } from 'vitest';
import { anySet, CHIPS, isSet, NO_FILTERS, type PeopleSearch, readFilters, without, writeFilters } from './filters';

const all: PeopleSearch = {
  category: 'resident,traveller',
  sex: 'female',
  age_from: '60',
  age_to: '79',
  care: 'haemodialysis,home_oxygen',
  relation: 'child',
  without_guardian: 'true',
  without_phone: 'true',
  without_home: 'true',
  updated_since: '2022-04-01',
};
const tidy = (search: PeopleSearch) => Object.fromEntries(Object.entries(search).filter(([, v]) => v !== undefined));

describe('filters of the people list', () => {
  it('come back from the address as they went into it', () => {
    expect(tidy(writeFilters(readFilters(all)))).toEqual(all);
  });
  it('leave nothing in the address when nothing is set', () => {
    expect(tidy(writeFilters(NO_FILTERS))).toEqual({});
    expect(anySet(NO_FILTERS)).toBe(false);
  });
  it('drop what no list has, and keep the rest', () => {
    const f = readFilters({
      category: 'resident,king',
      sex: 'x',
      care: 'nothing',
      age_from: '-1',
      updated_since: 'today',
    });
    expect(tidy(writeFilters(f))).toEqual({ category: 'resident' });
  });
  it('turn an age span that was given the wrong way round', () => {
    expect(readFilters({ age_from: '80', age_to: '60' })).toMatchObject({ age_from: 60, age_to: 80 });
  });
  it('take newborns for an age: zero is set', () => {
    expect(isSet(readFilters({ age_to: '0' }), 'age')).toBe(true);
  });
  it('each come off alone', () => {
    for (const chip of CHIPS) {
      const left = without(readFilters(all), chip);
      expect(isSet(left, chip)).toBe(false);
      expect(CHIPS.filter((c) => isSet(left, c))).toHaveLength(CHIPS.length - 1);
    }
  });
});
