import { describe, expect, it } from 'vitest';
import { arrange, inOrder, moved, readLayout, widthsOf } from './DataTableLayout';
import { spanOf } from './DataTableWindow';

const columns = ['a', 'b', 'c', 'd'].map((key) => ({ key, title: key, render: () => key, width: 100 }));
const keys = (list: { key: string }[]) => list.map((c) => c.key).join('');
const none = readLayout('');

describe('columns as a person arranged them', () => {
  it('keep the order of the person; a column that came later stands where the list puts it', () => {
    expect(keys(inOrder(columns, ['d', 'a', 'c']))).toBe('dabc');
    expect(keys(inOrder(columns, []))).toBe('abcd');
  });
  it('put frozen columns first', () => {
    expect(keys(arrange(columns, { ...none, frozen: { c: true } }).drawn)).toBe('cabd');
  });
  it('never hide what must be seen', () => {
    const must = columns.map((c) => ({ ...c, always: c.key === 'a' }));
    expect(keys(arrange(must, { ...none, shown: { a: false, b: false } }).drawn)).toBe('acd');
  });
  it('move one step and stop at the ends', () => {
    expect(moved(['a', 'b', 'c'], 'c', -1)).toEqual(['a', 'c', 'b']);
    expect(moved(['a', 'b', 'c'], 'a', -1)).toEqual(['a', 'b', 'c']);
  });
  it('are not broken by what else stands in the storage', () => {
    expect(readLayout('not json')).toEqual(none);
    expect(readLayout('{"order":[1,"a"],"width":{"a":"wide","b":120,"c":3},"shown":7}')).toEqual({
      ...none,
      order: ['a'],
      width: { b: 120 },
    });
  });
});

describe('widths', () => {
  it('share what is left, but not with columns that were sized by hand', () => {
    expect(widthsOf(columns.slice(0, 2), {}, 400)).toEqual([200, 200]);
    expect(widthsOf(columns.slice(0, 2), { a: 150 }, 400)).toEqual([150, 250]);
  });
  it('stay when there is too little room', () => {
    expect(widthsOf(columns, {}, 300)).toEqual([100, 100, 100, 100]);
  });
});

describe('rows in view', () => {
  it('are drawn with some to spare, never outside the list', () => {
    expect(spanOf(100_000, 36, 36 * 500, 360)).toEqual({ first: 484, last: 526 });
    expect(spanOf(10, 36, 0, 1000)).toEqual({ first: 0, last: 10 });
    expect(spanOf(0, 36, 0, 1000)).toEqual({ first: 0, last: 0 });
  });
});
