import type { Day } from '../../api/types';
import { addDays, daysBetween } from '../../shared/day';

/** How many days the map looks at together. */
export const WINDOWS = [1, 3, 7, 14] as const;
export type WindowDays = (typeof WINDOWS)[number];

/** Days per second of play. */
export const SPEEDS = [0.5, 1, 2, 4] as const;
export type Speed = (typeof SPEEDS)[number];

/** The first and last day of the window that ends on a day, cut off where the incident begins. */
export function windowOf(end: Day, days: WindowDays, first: Day): { from: Day; to: Day } {
  const from = addDays(end, 1 - days);
  return { from: from < first ? first : from, to: end };
}

/** The sum of a daily series over the last `days` days up to position `end`; days outside the series count as 0. */
export function windowSum(series: number[], end: number, days: number): number {
  let sum = 0;
  for (let i = Math.max(0, end - days + 1); i <= Math.min(end, series.length - 1); i++) sum += series[i] ?? 0;
  return sum;
}

/** The largest window sum anywhere in the series. The scale is fixed by it, so that colours mean the same while it plays. */
export function windowPeak(series: number[], days: number): number {
  let peak = 0;
  let sum = 0;
  for (let i = 0; i < series.length; i++) {
    sum += series[i] ?? 0;
    if (i >= days) sum -= series[i - days] ?? 0;
    if (sum > peak) peak = sum;
  }
  return peak;
}

/** Where a day stands in the slider, kept within it. */
export function positionOf(day: Day, first: Day, count: number): number {
  return Math.max(0, Math.min(count - 1, daysBetween(first, day)));
}

/** The next position of play: it starts again at the first day after the last. */
export function nextPosition(at: number, count: number): number {
  return at + 1 >= count ? 0 : at + 1;
}

/** Milliseconds between two steps. With reduced motion a picture stands for at least 1.5 s. */
export function stepTime(speed: Speed, reducedMotion: boolean): number {
  const ms = 1000 / speed;
  return reducedMotion ? Math.max(1500, ms) : ms;
}

const NICE = [
  1, 2, 3, 5, 10, 15, 20, 30, 50, 100, 150, 200, 300, 500, 1000, 1500, 2000, 3000, 5000, 10_000, 20_000, 50_000,
];
const nice = (n: number) => NICE.findLast((x) => x <= n) ?? 1;

/** Lower bounds of at most five shades, round numbers on an even ratio scale: 1, 3, 10, 30, 100. */
export function breaksFor(peak: number): number[] {
  if (peak < 1) return [1];
  const bounds = new Set([1]);
  for (let i = 1; i < 5; i++) bounds.add(nice(peak ** (i / 5)));
  return [...bounds].sort((a, b) => a - b);
}

/** 0 for none, else the number of the shade from 1. */
export function shadeOf(n: number, breaks: number[]): number {
  if (n <= 0) return 0;
  return Math.max(1, breaks.filter((b) => n >= b).length);
}

const MIN_RADIUS = 4.5;
const MAX_RADIUS = 26;
/** Radius in pixels: area grows with the number, whole pixels so that few pictures serve all. */
export function radiusOf(n: number, peak: number): number {
  if (n <= 0) return 0;
  const whole = peak <= 8 ? 8 : peak;
  return Math.round(Math.max(MIN_RADIUS, MAX_RADIUS * Math.sqrt(Math.min(1, n / whole))));
}
