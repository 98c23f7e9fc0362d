import { describe, expect, it } from 'vitest';
import { following, keeping, nextId, suggested } from './choices';
import type { SideField } from './types';

const fields: SideField[] = [
  { field: 'name', a_masked: '王*', b_masked: '王*', same: true, suggestion: 'both' },
  { field: 'phone', a_masked: '', b_masked: '138****8000', same: false, suggestion: 'b' },
  { field: 'address', a_masked: '***', b_masked: '***', same: false, suggestion: 'a' },
];

describe('choices', () => {
  it('starts from what the server suggests and leaves out what is the same', () => {
    expect(suggested({ keep: 'a', fields })).toEqual({ keep: 'a', take: { phone: 'b', address: 'a' } });
  });
  it('keeps one side with all it says and fills its gaps from the other', () => {
    expect(keeping('a', fields)).toEqual({ keep: 'a', take: { phone: 'b', address: 'a' } });
    expect(keeping('b', fields)).toEqual({ keep: 'b', take: { phone: 'b', address: 'b' } });
  });
  it('walks the queue and stops at its ends', () => {
    expect(nextId(['1', '2'], '1', 1)).toBe('2');
    expect(nextId(['1', '2'], '2', 1)).toBe('2');
    expect(nextId(['1', '2'], '1', -1)).toBe('1');
    expect(nextId(['1', '2'], 'gone', 1)).toBe('1');
    expect(nextId([], undefined, 1)).toBeUndefined();
  });
  it('shows the next pair after a decision, and the one before at the end', () => {
    expect(following(['1', '2', '3'], '2')).toBe('3');
    expect(following(['1', '2', '3'], '3')).toBe('2');
    expect(following(['1'], '1')).toBeUndefined();
  });
});
