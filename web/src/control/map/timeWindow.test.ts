import { describe, expect, it } from 'vitest';
import {
  breaksFor,
  nextPosition,
  positionOf,
  radiusOf,
  shadeOf,
  stepTime,
  windowOf,
  windowPeak,
  windowSum,
} from './timeWindow';

describe('the window of the time slider', () => {
  it('ends on its day and holds that many days', () => {
    expect(windowOf('2022-04-08', 1, '2022-03-01')).toEqual({ from: '2022-04-08', to: '2022-04-08' });
    expect(windowOf('2022-04-08', 7, '2022-03-01')).toEqual({ from: '2022-04-02', to: '2022-04-08' });
    expect(windowOf('2022-03-01', 3, '2022-02-01')).toEqual({ from: '2022-02-27', to: '2022-03-01' });
  });
  it('does not begin before the incident', () => {
    expect(windowOf('2022-03-03', 14, '2022-03-01')).toEqual({ from: '2022-03-01', to: '2022-03-03' });
  });
  it('sums exactly its days', () => {
    const series = [1, 2, 4, 8, 16];
    expect(windowSum(series, 4, 1)).toBe(16);
    expect(windowSum(series, 4, 3)).toBe(28);
    expect(windowSum(series, 1, 7)).toBe(3);
    expect(windowSum(series, 9, 7)).toBe(24);
  });
  it('finds the peak that sliding the window would show', () => {
    const series = [0, 5, 1, 0, 4, 4, 0];
    for (const days of [1, 3, 7] as const) {
      const slid = series.map((_, i) => windowSum(series, i, days));
      expect(windowPeak(series, days)).toBe(Math.max(...slid));
    }
  });
});

describe('play', () => {
  it('starts again after the last day', () => {
    expect(nextPosition(3, 5)).toBe(4);
    expect(nextPosition(4, 5)).toBe(0);
  });
  it('keeps days outside the slider at its ends', () => {
    expect(positionOf('2022-02-01', '2022-03-01', 10)).toBe(0);
    expect(positionOf('2022-03-04', '2022-03-01', 10)).toBe(3);
    expect(positionOf('2022-05-01', '2022-03-01', 10)).toBe(9);
  });
  it('is slow for those who asked for less motion', () => {
    expect(stepTime(4, false)).toBe(250);
    expect(stepTime(4, true)).toBe(1500);
    expect(stepTime(0.5, true)).toBe(2000);
  });
});

describe('the scale', () => {
  it('has round, growing bounds that start at 1', () => {
    for (const peak of [0, 1, 2, 4, 9, 33, 120, 999, 12_345]) {
      const breaks = breaksFor(peak);
      expect(breaks[0]).toBe(1);
      expect(breaks.length).toBeLessThanOrEqual(5);
      expect([...breaks].sort((a, b) => a - b)).toEqual(breaks);
      expect(new Set(breaks).size).toBe(breaks.length);
      expect(shadeOf(Math.max(1, peak), breaks)).toBe(breaks.length);
    }
  });
  it('shades nothing where there is nothing', () => {
    expect(shadeOf(0, [1, 3, 10])).toBe(0);
    expect(shadeOf(1, [1, 3, 10])).toBe(1);
    expect(shadeOf(9, [1, 3, 10])).toBe(2);
    expect(radiusOf(0, 10)).toBe(0);
  });
  it('draws areas in proportion above the smallest mark', () => {
    expect(radiusOf(100, 400) / radiusOf(400, 400)).toBeCloseTo(0.5, 1);
    expect(radiusOf(1, 10_000)).toBeGreaterThanOrEqual(4);
  });
});
