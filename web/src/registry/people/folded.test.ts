import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../api/types';
import { folded } from './folded';

const entry = (seq: number, over: Partial<AuditEntry> = {}): AuditEntry => ({
  seq,
  at: '2022-04-08T09:10:00Z',
  actor_id: 'a',
  actor_name: 'A',
  operation: 'people.person.view',
  outcome: 'done',
  reason: '',
  place_path: '',
  changes: [{ ref: 'person:p', kind: 'read' }],
  request_id: '',
  hash: '',
  ...over,
});
const counts = (entries: AuditEntry[]) => folded(entries).map((f) => f.count);

describe('the history of a file', () => {
  it('tells readings one after another once, with their number', () => {
    expect(counts([entry(3), entry(2), entry(1)])).toEqual([3]);
  });
  it('keeps apart who, what, when and why', () => {
    expect(counts([entry(2), entry(1, { actor_id: 'b' })])).toEqual([1, 1]);
    expect(counts([entry(2), entry(1, { operation: 'people.household.view' })])).toEqual([1, 1]);
    expect(counts([entry(2), entry(1, { at: '2022-04-08T07:10:00Z' })])).toEqual([1, 1]);
    expect(counts([entry(2, { reason: 'x' }), entry(1, { reason: 'x' })])).toEqual([1, 1]);
  });
  it('never folds changes', () => {
    const changes: AuditEntry['changes'] = [{ ref: 'person:p', kind: 'updated', fields: {} }];
    expect(counts([entry(2, { changes }), entry(1, { changes })])).toEqual([1, 1]);
  });
});
