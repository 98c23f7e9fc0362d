import { describe, expect, it } from 'vitest';
import {
  anySet,
  type CaseFilters,
  CHIPS,
  CODES,
  figureOf,
  isSet,
  NO_FILTERS,
  readFilters,
  without,
  writeFilters,
} from './filters';

const full: CaseFilters = {
  classification: ['confirmed', 'asymptomatic'],
  origin: 'local',
  detection_route: 'community_screening',
  zone_class: 'lockdown',
  found: 'community',
  severity: 'mild',
  outcome: 'under_care',
  sex: 'female',
  from: '2022-04-01',
  to: '2022-04-08',
  date: 'onset',
  counted: undefined,
  q: 'JL-0001',
  import_id: '0190',
  incomplete: true,
  open_on: '2022-04-08',
  no_anchor_on: '2022-04-09',
};

describe('filters in the address', () => {
  it('come back as they were written', () => {
    expect(readFilters(writeFilters(full))).toEqual(full);
    expect(readFilters(writeFilters(NO_FILTERS))).toEqual(NO_FILTERS);
  });
  it('say nothing when nothing is filtered', () => {
    expect(Object.values(writeFilters(NO_FILTERS)).filter((v) => v !== undefined)).toEqual([]);
    expect(anySet(NO_FILTERS)).toBe(false);
  });
  it('know every code they offer', () => {
    for (const [key, codes] of Object.entries(CODES))
      for (const code of codes) {
        const read = readFilters({ [key]: code });
        expect(writeFilters(read)).toMatchObject({ [key]: code });
      }
  });
  it('leave out what no list has', () => {
    expect(
      readFilters({ classification: 'confirmed,alien', severity: 'awful', from: 'yesterday', counted: 'sheep' }),
    ).toEqual({
      ...NO_FILTERS,
      classification: ['confirmed'],
    });
  });
  it('put a period that was typed backwards the right way round', () => {
    expect(readFilters({ from: '2022-04-08', to: '2022-04-01' })).toMatchObject({
      from: '2022-04-01',
      to: '2022-04-08',
    });
  });
  it('do not name a kind of day beside a figure, which has its own', () => {
    expect(writeFilters({ ...NO_FILTERS, counted: 'infections', date: 'onset' }).date).toBeUndefined();
  });
});

describe('chips', () => {
  it('can each be taken off, and nothing is left when all are', () => {
    let left: CaseFilters = { ...full, counted: 'infections' };
    for (const chip of CHIPS) {
      expect(isSet(left, chip)).toBe(true);
      left = without(left, chip);
      expect(isSet(left, chip)).toBe(false);
    }
    expect(anySet({ ...left, q: undefined })).toBe(false);
  });
});

describe('the figure behind a list', () => {
  const behind = { ...NO_FILTERS, counted: 'infections' as const, from: '2022-04-08', to: '2022-04-08' };
  it('is known when nothing else narrows the list', () => {
    expect(figureOf(behind)).toBe('infections');
    expect(figureOf({ ...behind, found: 'community' })).toBe('found_in_community');
    expect(figureOf({ ...behind, counted: 'reclassified' })).toBe('reclassified');
  });
  it('is none as soon as something does', () => {
    expect(figureOf({ ...behind, sex: 'male' })).toBeUndefined();
    expect(figureOf({ ...behind, q: '7' })).toBeUndefined();
    expect(figureOf({ ...behind, counted: 'confirmed', found: 'control' })).toBeUndefined();
    expect(figureOf({ ...behind, to: undefined })).toBeUndefined();
    expect(figureOf(NO_FILTERS)).toBeUndefined();
  });
});
