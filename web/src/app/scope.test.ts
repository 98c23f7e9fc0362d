import { describe, expect, it } from 'vitest';
import type { Phase } from '../api/types';
import { defaultDayOf, phaseAt, startingPlace } from './scope';

const incident = { place_id: 'city', place_path: '1.3.' };
const grant = (place_id: string, place_path: string) => ({ place_id, place_path });

describe('where a person begins', () => {
  it('is the whole incident for who answers for it or for more', () => {
    expect(startingPlace(incident, [grant('', '')])).toBe('city');
    expect(startingPlace(incident, [grant('city', '1.3.')])).toBe('city');
    expect(startingPlace(incident, [grant('street', '1.3.2.1.'), grant('province', '1.')])).toBe('city');
  });
  it('is the widest own place inside it otherwise', () => {
    expect(startingPlace(incident, [grant('street', '1.3.2.1.'), grant('district', '1.3.2.')])).toBe('district');
  });
  it('is not fooled by a path that only begins alike', () => {
    expect(startingPlace(incident, [grant('other', '1.30.')])).toBe('city');
  });
});

describe('the day that is shown first', () => {
  const now = new Date('2022-04-10T02:00:00Z');
  const at = (started_on: string, last_record_on: string) =>
    defaultDayOf({ time_zone: 'Asia/Shanghai', started_on, last_record_on }, now);
  it('is yesterday, or the last day with records when that is earlier', () => {
    expect(at('2022-03-02', '2022-04-10')).toBe('2022-04-09');
    expect(at('2022-03-02', '2022-04-01')).toBe('2022-04-01');
    expect(at('2022-03-02', '')).toBe('2022-04-09');
  });
  it('is never before the incident', () => {
    expect(at('2022-04-10', '')).toBe('2022-04-10');
  });
});

describe('the phase in force', () => {
  const phase = (place_path: string, starts_on: string, ends_on = '') =>
    ({ id: place_path + starts_on, place_path, starts_on, ends_on }) as Phase;
  const phases = [
    phase('1.', '2022-03-01', '2022-03-09'),
    phase('1.', '2022-03-10'),
    phase('1.2.', '2022-03-20', '2022-03-31'),
  ];
  it('is the place’s own, else the nearest above, also when that lies outside one’s own area', () => {
    expect(phaseAt(phases, '1.2.', '2022-03-25')?.id).toBe('1.2.2022-03-20');
    expect(phaseAt(phases, '1.2.7.', '2022-03-25')?.id).toBe('1.2.2022-03-20');
    expect(phaseAt(phases, '1.2.', '2022-04-02')?.id).toBe('1.2022-03-10');
    expect(phaseAt(phases, '1.20.', '2022-03-25')?.id).toBe('1.2022-03-10');
    expect(phaseAt(phases, '1.', '2022-03-09')?.id).toBe('1.2022-03-01');
  });
  it('is none before the first', () => {
    expect(phaseAt(phases, '1.', '2022-02-28')).toBeUndefined();
  });
});
