import { describe, expect, it } from 'vitest';
import { type PlaceValues, placeChanges } from './PlaceForm';

const before: PlaceValues = {
  level: 'building',
  name: '3号楼',
  name_en: '',
  code: 'B3',
  population: 120,
  floors: 18,
  lon: 126.5,
  lat: 43.8,
};

describe('what is sent when a place is changed', () => {
  it('is nothing when nothing changed', () => {
    expect(placeChanges(before, { ...before })).toEqual({});
    expect(placeChanges(before, { ...before, name_en: undefined })).toEqual({});
  });
  it('is only what changed', () => {
    expect(placeChanges(before, { ...before, name: ' 3 号楼 ' })).toEqual({ name: '3 号楼' });
    expect(placeChanges(before, { ...before, population: null })).toEqual({ population: 0 });
  });
  it('sends a position as a pair or not at all', () => {
    expect(placeChanges(before, { ...before, lat: 43.9 })).toEqual({ lon: 126.5, lat: 43.9 });
    expect(placeChanges(before, { ...before, lat: null })).toEqual({});
  });
  it('is everything stated for a new place', () => {
    expect(placeChanges(undefined, { name: '江北区', population: 5 })).toEqual({ name: '江北区', population: 5 });
  });
});
