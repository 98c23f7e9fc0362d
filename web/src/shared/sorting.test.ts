import { describe, expect, it } from 'vitest';
import { nextSort, sortedBy } from './sorting';

describe('the order of a list', () => {
  it('goes up, then down, then up again', () => {
    expect(nextSort(undefined, 'age')).toBe('age');
    expect(nextSort('age', 'age')).toBe('-age');
    expect(nextSort('-age', 'age')).toBe('age');
  });
  it('knows columns that have one direction', () => {
    expect(nextSort('place', 'updated', ['desc'])).toBe('-updated');
    expect(nextSort('-updated', 'updated', ['desc'])).toBe('-updated');
  });
  it('adds a second column, turns it, takes it off', () => {
    expect(nextSort('place', 'age', undefined, true)).toBe('place,age');
    expect(nextSort('place,age', 'age', undefined, true)).toBe('place,-age');
    expect(nextSort('place,-age', 'age', undefined, true)).toBe('place');
  });
  it('says which column comes first', () => {
    expect(sortedBy('place,-age', 'age')).toEqual({ direction: 'desc', rank: 1 });
    expect(sortedBy('place', 'age')).toBeUndefined();
  });
});
