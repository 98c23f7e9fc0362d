import { describe, expect, it } from 'vitest';
import type { Figures } from '../../api/types';
import { aboveOf, type MapDays, placesAt } from './outbreak';

const figures = (f: Partial<Figures>): Figures => ({
  confirmed: 0,
  asymptomatic: 0,
  reclassified: 0,
  infections: 0,
  found_in_community: 0,
  found_under_control: 0,
  route_unknown: 0,
  deaths: 0,
  imported: 0,
  ...f,
});
const place = (id: string, series: number[], community: number[]) => ({
  place_id: id,
  path: `1.${id}.`,
  name: id,
  lon: 1,
  lat: 2,
  series,
  community,
  figures: figures({}),
});
const days: MapDays = {
  level: 'street',
  days: ['2022-03-01', '2022-03-02', '2022-03-03'],
  items: [place('a', [1, 0, 2], [1, 0, 0]), place('b', [4, 0, 0], [0, 0, 0])],
  elsewhere: 0,
};

describe('places in a window', () => {
  it('leaves out those without infections in it', () => {
    expect(placesAt(days, 2, 1).map((p) => [p.id, p.infections, p.community])).toEqual([['a', 2, 0]]);
    expect(placesAt(days, 2, 3).map((p) => [p.id, p.infections, p.community])).toEqual([
      ['a', 3, 1],
      ['b', 4, 0],
    ]);
  });
  it('takes class figures only when they are of the same window', () => {
    const same = {
      ...days,
      items: [{ ...place('a', [], []), figures: figures({ infections: 2, confirmed: 1, asymptomatic: 1 }) }],
    };
    expect(placesAt(days, 2, 1, same)[0]?.confirmed).toBe(1);
    expect(placesAt(days, 2, 3, same)[0]?.confirmed).toBeNull();
  });
  it('adds up to the infections whatever was reclassified', () => {
    const counted = figures({ infections: 2, confirmed: 3, reclassified: 2, asymptomatic: 1 });
    const same = { ...days, items: [{ ...place('a', [], []), figures: counted }] };
    const [a] = placesAt(days, 2, 1, same);
    expect((a?.confirmed ?? 0) + (a?.asymptomatic ?? 0)).toBe(a?.infections);
    expect(a?.reclassified).toBe(2);
  });
});

describe('where a place is', () => {
  it('is named by the nearest places above that are known', () => {
    const names = new Map([
      ['1.2.', '江北区'],
      ['1.2.3.', '东泉街道'],
      ['1.2.3.4.', '杏信社区'],
    ]);
    expect(aboveOf('1.2.3.4.5.6.', names)).toEqual(['杏信社区', '东泉街道']);
    expect(aboveOf('1.2.', names)).toEqual([]);
  });
});
