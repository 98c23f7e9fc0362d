import { describe, expect, it } from 'vitest';
import type { Phase, PhaseName } from '../../api/types';
import { isStepBack, lanesOf, phaseBefore, position } from './phases';

const phase = (place: string, name: PhaseName, starts: string, ends: string | null = null): Phase => ({
  id: `${place}-${starts}`,
  incident_id: 'i',
  place_id: place,
  place_path: place,
  place_name: place,
  phase: name,
  starts_on: starts,
  ends_on: ends,
  objectives: '',
  evidence: '',
  declared_by_name: '',
  declared_at: 0,
  reason: '',
  stepped_back: false,
});

describe('phase lanes', () => {
  it('ends a phase the day before the next one begins', () => {
    const [lane] = lanesOf(
      [phase('A', 'cleanup_drive', '2022-03-10'), phase('A', 'activation', '2022-03-01')],
      '2022-03-20',
    );
    expect(lane?.bars.map((b) => [b.phase.phase, b.from, b.to, b.open])).toEqual([
      ['activation', '2022-03-01', '2022-03-09', false],
      ['cleanup_drive', '2022-03-10', '2022-03-20', true],
    ]);
  });
  it('keeps places apart and recorded ends', () => {
    const lanes = lanesOf(
      [phase('A', 'activation', '2022-03-01', '2022-03-05'), phase('B', 'activation', '2022-03-02')],
      '2022-03-10',
    );
    expect(lanes.map((l) => [l.placeId, l.bars[0]?.to])).toEqual([
      ['A', '2022-03-05'],
      ['B', '2022-03-10'],
    ]);
  });
  it('takes an empty end for an open one, as the server writes it', () => {
    const [lane] = lanesOf([phase('A', 'activation', '2022-03-01', '')], '2022-03-10');
    expect(lane?.bars[0]).toMatchObject({ to: '2022-03-10', open: true });
  });
  it('places bars by whole days', () => {
    expect(position({ from: '2022-03-01', to: '2022-03-05' }, '2022-03-01', '2022-03-10')).toEqual({
      left: 0,
      width: 50,
    });
    expect(position({ from: '2022-03-10', to: '2022-03-10' }, '2022-03-01', '2022-03-10')).toEqual({
      left: 90,
      width: 10,
    });
  });
});

describe('stepping back', () => {
  it('is any move to an earlier phase', () => {
    expect(isStepBack('community_zero', 'general_offensive')).toBe(true);
    expect(isStepBack('activation', 'cleanup_drive')).toBe(false);
    expect(isStepBack(undefined, 'activation')).toBe(false);
  });
  it('has no phase before the first', () => {
    expect(phaseBefore('activation')).toBeUndefined();
    expect(phaseBefore('community_zero')).toBe('final_push');
  });
});
