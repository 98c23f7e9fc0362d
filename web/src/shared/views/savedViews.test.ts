import { describe, expect, it } from 'vitest';
import { filtersOf, queryOf, type SavedView, shownView } from './savedViews';

const view = (query: string, mine = true): SavedView => ({
  id: query + mine,
  list: 'people',
  name: query,
  query,
  layout: '',
  shared: !mine,
  place_id: '',
  owner_name: '',
  mine,
  default: false,
  version: 1,
});

describe('saved views', () => {
  it('keeps filters and leaves out what belongs to the moment', () => {
    expect(queryOf({ sex: 'male', care: 'infant,pregnant', place: 'p1', open: 'x', q: '张三', sort: '' })).toBe(
      'care=infant%2Cpregnant&sex=male',
    );
  });

  it('replaces the filters of now, the search text too, and stays at the place', () => {
    expect(filtersOf(view('age_from=80'), { sex: 'male', q: '张三', place: 'p1' })).toEqual({
      sex: undefined,
      q: undefined,
      age_from: '80',
    });
  });

  it('knows which view is shown, whatever the order of the filters', () => {
    const own = view('age_from=80&sex=male');
    const theirs = view('age_from=80&sex=male', false);
    expect(shownView([theirs, own], { sex: 'male', age_from: '80', place: 'p' })).toBe(own);
    expect(shownView([own], { sex: 'male', age_from: '80', q: 'x' })).toBeUndefined();
    expect(shownView([own], { sex: 'male' })).toBeUndefined();
  });
});
