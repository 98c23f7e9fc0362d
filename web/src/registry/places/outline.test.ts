import type { Geometry, Polygon } from 'geojson';
import { describe, expect, it } from 'vitest';
import { areaOf, check, crossesItself, geometryOf, joined, parsePoints, printPoints } from './outline';
import type { Around } from './types';

const box = (lon: number, lat: number, size: number): Polygon => ({
  type: 'Polygon',
  coordinates: [
    [
      [lon, lat],
      [lon + size, lat],
      [lon + size, lat + size],
      [lon, lat + size],
      [lon, lat],
    ],
  ],
});
const around = (parent: Geometry | null, ...others: Geometry[]): Around => ({
  parent: parent && { id: 'p', name: '锦绣花园', name_en: '', level: 'compound', geometry: parent },
  neighbours: others.map((geometry, i) => ({ id: `${i}`, name: `${i}号楼`, name_en: '', level: 'building', geometry })),
});

describe('what is said about an outline', () => {
  it('is nothing about one that lies in its parent beside its neighbours', () => {
    expect(check(box(0, 0, 0.001), around(box(-1, -1, 3), box(0.001, 0, 0.001)))).toEqual([]);
  });
  it('is that it crosses itself, and nothing else then', () => {
    const bow: Polygon = {
      type: 'Polygon',
      coordinates: [
        [
          [0, 0],
          [1, 1],
          [1, 0],
          [0, 1],
          [0, 0],
        ],
      ],
    };
    expect(crossesItself(bow.coordinates[0] ?? [])).toBe(true);
    expect(check(bow, around(box(5, 5, 1)))).toEqual([{ code: 'crossing' }]);
  });
  it('is that it is too small or has too few points', () => {
    expect(check(box(0, 0, 1e-6), undefined)).toEqual([{ code: 'tiny' }]);
    expect(
      check(
        {
          type: 'Polygon',
          coordinates: [
            [
              [0, 0],
              [1, 1],
              [0, 0],
            ],
          ],
        },
        undefined,
      ),
    ).toEqual([{ code: 'few' }]);
  });
  it('is where it leaves its parent', () => {
    expect(check(box(0, 0, 1), around(box(0.5, 0, 3)))).toEqual([{ code: 'partly_outside', name: '锦绣花园' }]);
    expect(check(box(0, 0, 1), around(box(5, 5, 1)))).toEqual([{ code: 'outside', name: '锦绣花园' }]);
    expect(check({ type: 'Point', coordinates: [0, 0] }, around(box(5, 5, 1)))).toEqual([
      { code: 'outside', name: '锦绣花园' },
    ]);
  });
  it('names the neighbours that it overlaps, also one that lies within it', () => {
    expect(check(box(0, 0, 1), around(null, box(0.9, 0, 1), box(2, 0, 1), box(0.4, 0.4, 0.1)))).toEqual([
      { code: 'overlap', name: '0号楼' },
      { code: 'overlap', name: '2号楼' },
    ]);
  });
});

describe('points as numbers', () => {
  it('are read as people write them', () => {
    expect(parsePoints('126.5, 43.8\n 126.6，43.9 \n\n126.7 44')).toEqual([
      [126.5, 43.8],
      [126.6, 43.9],
      [126.7, 44],
    ]);
    expect(parsePoints('126.5')).toBeNull();
    expect(parsePoints('43.8, 126.5')).toBeNull();
    expect(parsePoints('a, b')).toBeNull();
  });
  it('come back as they were written', () => {
    const points = parsePoints('126.5, 43.8\n126.6, 43.8\n126.6, 43.9');
    expect(printPoints(geometryOf(points ?? []))).toBe(
      '126.500000, 43.800000\n126.600000, 43.800000\n126.600000, 43.900000',
    );
    expect(geometryOf([[1, 2]])).toEqual({ type: 'Point', coordinates: [1, 2] });
    expect(geometryOf([])).toBeNull();
  });
});

it('joins several parts, and knows their size', () => {
  expect(joined([])).toBeNull();
  expect(joined([box(0, 0, 1), box(2, 0, 1)])?.type).toBe('MultiPolygon');
  expect(Math.round(areaOf(box(0, 0, 0.001).coordinates[0] ?? []) / 100)).toBe(124);
});
