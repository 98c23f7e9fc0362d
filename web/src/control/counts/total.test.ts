import { describe, expect, it } from 'vitest';
import { infectionsOf, sumOf, type Total, type TotalValues, wrongIn } from './total';

const values: TotalValues = {
  confirmed: 12,
  reclassified: 5,
  asymptomatic: 40,
  found_in_community: 3,
  imported: 0,
  deaths: 0,
};
const row = (change: Partial<Total>): Total => ({
  id: '1',
  place_id: 'p',
  place_name: '江北区',
  on: '2022-04-08',
  source: '',
  version: 1,
  ...values,
  ...change,
});

describe('reported totals', () => {
  it('count each person once', () => {
    expect(infectionsOf(values)).toBe(47);
  });
  it('add up, and say how many do not say what was found in the community', () => {
    const sum = sumOf([row({}), row({ found_in_community: null, confirmed: 1, reclassified: 0, asymptomatic: 0 })]);
    expect(sum).toMatchObject({ confirmed: 13, infections: 48, found_in_community: 3, unsaid: 1 });
  });
  it('are refused when a part is more than its whole', () => {
    expect(wrongIn(values)).toEqual([]);
    expect(wrongIn({ ...values, reclassified: 13 })[0]?.field).toBe('reclassified');
    expect(wrongIn({ ...values, found_in_community: 48 })).toEqual([{ field: 'found_in_community', code: 'tooMany' }]);
    expect(wrongIn({ ...values, imported: 48 })).toEqual([{ field: 'imported', code: 'tooMany' }]);
    expect(wrongIn({ ...values, found_in_community: null })).toEqual([]);
  });
});
