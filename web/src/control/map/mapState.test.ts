import { describe, expect, it } from 'vitest';
import { levelAt, levelBelow, type MapState, readMap, writeMap } from './mapState';

const start: MapState = {
  level: undefined,
  window: 7,
  found: 'all',
  layers: ['shade', 'marks', 'labels'],
  camera: undefined,
  sel: undefined,
  view: 'map',
};

describe('the map in the address', () => {
  it('has nothing to say at the start', () => {
    expect(readMap({})).toEqual(start);
    expect(Object.values(writeMap(start)).filter((v) => v !== undefined)).toEqual([]);
  });
  it('comes back as it was written', () => {
    const state: MapState = {
      level: 'building',
      window: 14,
      found: 'community',
      layers: ['marks'],
      camera: { lng: 126.54321, lat: 43.81234, zoom: 13.25 },
      sel: '0190-abc',
      view: 'table',
    };
    expect(readMap(writeMap(state))).toEqual(state);
    expect(readMap(writeMap({ ...state, layers: [] })).layers).toEqual([]);
  });
  it('is not led astray by what it does not understand', () => {
    expect(readMap({ level: 'galaxy', window: '5', at: '1,2', view: 'x', layers: 'shade.rain' })).toEqual({
      ...start,
      layers: ['shade'],
    });
    expect(readMap({ at: '999,43,10' }).camera).toBeUndefined();
    expect(readMap({ at: ',,' }).camera).toBeUndefined();
  });
});

describe('the level of a zoom', () => {
  it('is the one below the place when the place is seen whole', () => {
    expect(levelBelow('city')).toBe('district');
    expect(levelBelow('country')).toBe('district');
    expect(levelBelow('district')).toBe('street');
    expect(levelBelow('compound')).toBe('building');
    expect(levelBelow('building')).toBe('building');
    expect(levelBelow('household')).toBe('building');
    expect(levelAt(10.4, 10.4, 'district')).toBe('district');
  });
  it('goes down one by one as the view comes closer, to buildings', () => {
    expect(levelAt(12, 10.4, 'district')).toBe('street');
    expect(levelAt(13.3, 10.4, 'district')).toBe('community');
    expect(levelAt(18, 10.4, 'district')).toBe('building');
  });
  it('reaches buildings in a small town, too, that is seen whole from close by', () => {
    expect(levelAt(13.9, 13.9, 'district')).toBe('district');
    expect(levelAt(16.6, 13.9, 'district')).toBe('building');
  });
  it('is never one that the tiles do not hold', () => {
    expect(levelAt(14.9, 5, 'district')).toBe('compound');
    expect(levelAt(10.9, 2, 'district')).toBe('street');
  });
});
