import { describe, expect, it } from 'vitest';
import { NO_FILTERS } from '../people/filters';
import { type Bulk, progress, refusals, selectionOf, tally } from './bulk';

const bulk = (over: Partial<Bulk>): Bulk => ({
  id: 'b',
  deed: { category: 'staff' },
  reason: 'r',
  state: 'running',
  selected: 200,
  changed: 0,
  same: 0,
  refused: 0,
  undone: 0,
  kept: 0,
  created_at: '',
  finished_at: null,
  undo_until: '',
  ...over,
});

describe('bulk changes', () => {
  it('names the ticked rows, or all that the filters show', () => {
    expect(selectionOf(['a'], false, NO_FILTERS, 'p')).toEqual({ ids: ['a'] });
    const filters = { ...NO_FILTERS, age_from: 80, care: ['infant' as const], without_phone: true };
    expect(selectionOf(['a'], true, filters, 'p')).toEqual({
      filter: { place_id: 'p', age_from: 80, care: ['infant'], without_phone: true },
    });
  });

  it('tells who changes from who does not', () => {
    const verdicts = [
      { verdict: 'change', count: 405, samples: [] },
      { verdict: 'not_female', count: 45, samples: [] },
    ];
    expect(tally({ selected: 450, verdicts })).toEqual({ change: 405, same: 0, refused: 45 });
    expect(refusals(verdicts).map((v) => v.verdict)).toEqual(['not_female']);
  });

  it('shows how far it is, back as well as on', () => {
    expect(progress(bulk({ changed: 40, same: 5, refused: 5 }))).toBe(25);
    expect(progress(bulk({ state: 'undoing', changed: 100, undone: 49, kept: 1 }))).toBe(50);
    expect(progress(bulk({ state: 'done', changed: 3, selected: 3 }))).toBe(100);
    expect(progress(bulk({ selected: 0 }))).toBe(0);
  });
});
