import { describe, expect, it } from 'vitest';
import { changesOf, fromForm, isMinor, toForm, valuesOf } from './personValues';
import type { Person } from './types';

const person = {
  id: 'p1',
  name_masked: '张**',
  sex: 'female',
  category: 'resident',
  relation: 'head',
  id_kind: 'resident_id',
  place_id: 'd1',
  guardian: null,
  workplace: { id: 'w1', name: 'W', trail: 'A › W' },
  home_since: '2020-05-01',
  keep_until: null,
  care: [{ need: 'pregnant', since: '2022-01-01', until: null, has_note: true }],
} as unknown as Person;
const base = valuesOf(person);

describe('what a form of a person sends', () => {
  it('is nothing when nothing was touched', () => {
    expect(changesOf(base, fromForm(toForm(base)))).toEqual({});
  });
  it('keeps personal texts that were left empty, and erases only what was told to be', () => {
    expect(changesOf(base, { ...base, name: '', phone: '  ' })).toEqual({});
    expect(changesOf(base, { ...base, name: ' 李四 ', phone: null })).toEqual({ name: '李四', phone: '' });
  });
  it('empties a reference with null and a day with an empty text', () => {
    expect(changesOf(base, { ...base, workplace_id: null, home_since: '' })).toEqual({
      workplace_id: null,
      home_since: '',
    });
  });
  it('sends the whole set of care needs when one changed, without touching notes that were left alone', () => {
    const care = [...(base.care ?? []), { need: 'home_oxygen' as const, note: 'cylinder' }];
    expect(changesOf(base, { ...base, care })).toEqual({
      care: [
        { need: 'pregnant', since: '2022-01-01', until: undefined, note: undefined },
        { need: 'home_oxygen', since: undefined, until: undefined, note: 'cylinder' },
      ],
    });
  });
  it('does not take another order of care needs for a change', () => {
    const two = { ...base, care: [{ need: 'infant' as const }, { need: 'pregnant' as const }] };
    expect(changesOf(two, { ...two, care: [...(two.care ?? [])].reverse() })).toEqual({});
  });
});

describe('a minor', () => {
  it('is of age on the eighteenth birthday', () => {
    expect(isMinor('2004-04-09', '2022-04-08')).toBe(true);
    expect(isMinor('2004-04-08', '2022-04-08')).toBe(false);
    expect(isMinor(undefined, '2022-04-08')).toBe(false);
  });
});
