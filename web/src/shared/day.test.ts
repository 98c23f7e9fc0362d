import { describe, expect, it } from 'vitest';
import {
  addDays,
  daysBetween,
  eachDay,
  formatCutOff,
  formatDay,
  formatInstant,
  instantDate,
  isDay,
  today,
} from './day';

describe('days', () => {
  it('step over months, leap days and clock changes', () => {
    expect(addDays('2022-03-31', 1)).toBe('2022-04-01');
    expect(addDays('2024-02-28', 1)).toBe('2024-02-29');
    expect(addDays('2022-03-27', 1)).toBe('2022-03-28');
    expect(daysBetween('2022-03-02', '2022-04-08')).toBe(37);
    expect(eachDay('2022-02-27', '2022-03-01')).toEqual(['2022-02-27', '2022-02-28', '2022-03-01']);
  });
  it('are recognised strictly', () => {
    expect(isDay('2022-04-08')).toBe(true);
    expect(isDay('2022-4-8')).toBe(false);
    expect(isDay('2022-13-40')).toBe(false);
  });
  it('begin at midnight of the incident, not of the reader', () => {
    const late = new Date('2022-04-07T16:30:00Z');
    expect(today('Asia/Shanghai', late)).toBe('2022-04-08');
    expect(today('UTC', late)).toBe('2022-04-07');
  });
  it('are written in the reader’s language', () => {
    expect(formatDay('2022-04-08', 'zh')).toBe('4月8日');
    expect(formatDay('2022-04-08', 'en')).toBe('8 Apr');
    expect(formatDay(null, 'zh')).toBe('–');
  });
});

describe('instants', () => {
  it('are read from microseconds and from text, the end of a day included', () => {
    expect(instantDate(1_649_376_000_000_000).toISOString()).toBe('2022-04-08T00:00:00.000Z');
    expect(instantDate('2022-04-07T24:00+08:00').toISOString()).toBe('2022-04-07T16:00:00.000Z');
  });
  it('are shown in the incident’s zone, 24 h', () => {
    expect(formatInstant('2022-04-07T16:05:00Z', 'Asia/Shanghai')).toBe('2022-04-08 00:05');
    expect(formatInstant(0)).not.toBe('');
    expect(formatInstant(null)).toBe('–');
  });
  it('keep 24:00 in a data cut-off', () => {
    expect(formatCutOff('2022-04-07T24:00+08:00')).toBe('2022-04-07 24:00');
    expect(formatCutOff('2022-04-08T00:00:00+08:00')).toBe('2022-04-07 24:00');
    expect(formatCutOff('2022-04-08T09:30:00+08:00')).toBe('2022-04-08 09:30');
  });
});
