import type { Side, SideField, Sides } from './types';

/** Which record stays, and from which side each differing field is taken. */
export type Choice = { keep: Side; take: Record<string, Side> };

/** What the server suggests, field by field. */
export function suggested(sides: Pick<Sides, 'keep' | 'fields'>): Choice {
  const take: Choice['take'] = {};
  for (const f of sides.fields) if (f.suggestion !== 'both') take[f.field] = f.suggestion;
  return { keep: sides.keep, take };
}

/** One record stays with all that it says; only its gaps are filled from the other. */
export function keeping(side: Side, fields: SideField[]): Choice {
  const take: Choice['take'] = {};
  for (const f of fields) {
    if (f.same) continue;
    const own = side === 'a' ? f.a_masked : f.b_masked;
    take[f.field] = own !== '' ? side : other(side);
  }
  return { keep: side, take };
}

export function other(side: Side): Side {
  return side === 'a' ? 'b' : 'a';
}

/** What is shown after a pair has left the list: the one that took its place, else the last. */
export function nextId(ids: string[], current: string | undefined, step: 1 | -1): string | undefined {
  if (ids.length === 0) return undefined;
  const at = current === undefined ? -1 : ids.indexOf(current);
  if (at < 0) return ids[0];
  return ids[Math.max(0, Math.min(ids.length - 1, at + step))];
}

/** The pair that follows when this one is decided: the next, or at the end the one before. */
export function following(ids: string[], decided: string): string | undefined {
  const at = ids.indexOf(decided);
  return ids[at + 1] ?? ids[at - 1];
}
