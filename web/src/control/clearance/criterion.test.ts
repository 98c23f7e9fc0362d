import { describe, expect, it } from 'vitest';
import type { Criterion } from '../../api/types';
import { byNeed, countMet, percentOf } from './criterion';

const criterion = (id: string, met: boolean, binding = true): Criterion => ({
  id,
  met,
  binding,
  title: { zh: id, en: id },
  value: 0,
  needed: 0,
  unit: '',
  missing: [],
  evidence: [],
});

describe('criteria', () => {
  it('never show a share as met by rounding', () => {
    expect(percentOf(0.98999)).toBe(98.9);
    expect(percentOf(0.99)).toBe(99);
    expect(percentOf(0.29)).toBe(29);
    expect(percentOf(1)).toBe(100);
  });
  it('come with what is missing first, and what is only for information last', () => {
    const list = [
      criterion('a', true),
      criterion('b', false, false),
      criterion('c', false),
      criterion('d', true, false),
    ];
    expect(byNeed(list).map((c) => c.id)).toEqual(['c', 'b', 'a', 'd']);
  });
  it('count the required ones', () => {
    expect(countMet([criterion('a', true), criterion('b', false), criterion('c', true, false)])).toEqual({
      met: 1,
      of: 2,
    });
  });
});
