import { describe, expect, it } from 'vitest';
import { inFamilyOrder } from '../people/MemberTable';
import type { PersonRow } from '../people/types';
import { householdChanges } from './EditHousehold';

const who = (id: string, relation: PersonRow['relation'], age: number | null) =>
  ({ id, relation, age }) as unknown as PersonRow;

describe('the people behind a door', () => {
  it('stand as families are told: head, spouse, children by age, parents, the rest', () => {
    const all = [
      who('x', '', 20),
      who('p', 'parent', 70),
      who('c2', 'child', 3),
      who('c1', 'child', 9),
      who('s', 'spouse', 40),
      who('h', 'head', 41),
    ];
    expect(inFamilyOrder(all, '').map((p) => p.id)).toEqual(['h', 's', 'c1', 'c2', 'p', 'x']);
  });
  it('begin with the named head, whatever the relations say', () => {
    const all = [who('a', 'head', 50), who('b', 'parent', 75)];
    expect(inFamilyOrder(all, 'b').map((p) => p.id)).toEqual(['b', 'a']);
  });
});

describe('changes of a household', () => {
  const h = { kind: 'family' as const, head_id: 'a' };
  it('are none when nothing was touched', () => {
    expect(householdChanges(h, { kind: 'family', head_id: 'a', number: '', note: undefined })).toEqual({});
  });
  it('tell keeping from erasing', () => {
    expect(householdChanges(h, { kind: 'family', head_id: undefined, number: null, note: ' x ' })).toEqual({
      number: '',
      note: 'x',
      head_id: null,
    });
  });
});
