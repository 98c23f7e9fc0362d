import type { PlaceLevel } from '../../api/types';
import { WINDOWS, type WindowDays } from './timeWindow';

/** The levels the map draws, from the top down. Stairwell units are listed beside it. */
export const MAP_LEVELS = ['district', 'street', 'community', 'compound', 'building'] as const;
export type MapLevel = (typeof MAP_LEVELS)[number];
export const LAYERS = ['shade', 'marks', 'labels'] as const;
export type Layer = (typeof LAYERS)[number];
export type Camera = { lng: number; lat: number; zoom: number };

/** Everything the map shows, besides incident, place and day, which every page has in its address. */
export type MapState = {
  /** Undefined: follows the zoom. */
  level: MapLevel | undefined;
  window: WindowDays;
  found: 'all' | 'community';
  layers: Layer[];
  camera: Camera | undefined;
  /** The place whose figures are open beside the map. */
  sel: string | undefined;
  view: 'map' | 'table';
};

export const MAP_KEYS = ['level', 'window', 'found', 'layers', 'at', 'sel', 'view', 'sort'] as const;
export type MapSearch = { [K in (typeof MAP_KEYS)[number]]?: string };

export const DEFAULT_WINDOW: WindowDays = 7;

function readCamera(text: string | undefined): Camera | undefined {
  const parts = (text ?? '').split(',').map((part) => (part === '' ? Number.NaN : Number(part)));
  const [lng, lat, zoom] = parts;
  if (parts.length !== 3 || parts.some((n) => !Number.isFinite(n))) return undefined;
  if (lng === undefined || lat === undefined || zoom === undefined) return undefined;
  if (Math.abs(lng) > 180 || Math.abs(lat) > 85 || zoom < 0 || zoom > 24) return undefined;
  return { lng, lat, zoom };
}

/** Reads the address. What it doesn't understand is as if it were not there. */
export function readMap(search: MapSearch): MapState {
  const days = Number(search.window);
  const layers =
    search.layers === undefined ? [...LAYERS] : LAYERS.filter((l) => search.layers?.split('.').includes(l));
  return {
    level: MAP_LEVELS.find((l) => l === search.level),
    window: WINDOWS.find((w) => w === days) ?? DEFAULT_WINDOW,
    found: search.found === 'community' ? 'community' : 'all',
    layers,
    camera: readCamera(search.at),
    sel: search.sel || undefined,
    view: search.view === 'table' ? 'table' : 'map',
  };
}

/** Writes a change into the address; defaults leave it. */
export function writeMap(change: Partial<MapState>): MapSearch {
  const out: MapSearch = {};
  if ('level' in change) out.level = change.level;
  if ('window' in change) out.window = change.window === DEFAULT_WINDOW ? undefined : String(change.window);
  if ('found' in change) out.found = change.found === 'community' ? 'community' : undefined;
  if (change.layers) {
    const on = LAYERS.filter((l) => change.layers?.includes(l));
    out.layers = on.length === LAYERS.length ? undefined : on.join('.') || 'none';
  }
  if ('camera' in change)
    out.at = change.camera
      ? `${change.camera.lng.toFixed(5)},${change.camera.lat.toFixed(5)},${change.camera.zoom.toFixed(2)}`
      : undefined;
  if ('sel' in change) out.sel = change.sel;
  if ('view' in change) out.view = change.view === 'table' ? 'table' : undefined;
  return out;
}

/** The zoom from which the tiles hold each level. */
const TILES_FROM: Record<MapLevel, number> = { district: 0, street: 9, community: 11, compound: 13, building: 15 };
/** Closer than this, single buildings can be told apart: that is what is asked for here. */
const BUILDINGS_AT = 16;
/** Levels never follow each other closer than this, or they would flicker by as one zooms. */
const LEAST_STEP = 0.6;

const DOWN: PlaceLevel[] = ['country', 'province', 'city', ...MAP_LEVELS];
/** The drawn level directly below a place. Below a building there is none: it stays at buildings. */
export function levelBelow(level: PlaceLevel): MapLevel {
  const at = DOWN.indexOf(level);
  if (at < 0) return 'building';
  return MAP_LEVELS[Math.min(MAP_LEVELS.length - 1, Math.max(0, at - 2))] as MapLevel;
}

/**
 * The level that suits a zoom: the one below the place when it is seen whole, buildings when
 * close, and the levels between in even steps of zoom, as far as the tiles hold them.
 */
export function levelAt(zoom: number, wholeZoom: number, below: MapLevel): MapLevel {
  const first = MAP_LEVELS.indexOf(below);
  const steps = MAP_LEVELS.length - 1 - first;
  const step = Math.max(LEAST_STEP, steps > 0 ? (BUILDINGS_AT - wholeZoom) / steps : 0);
  let level = below;
  for (let i = 1; i <= steps; i++) {
    const next = MAP_LEVELS[first + i] as MapLevel;
    if (zoom < Math.max(TILES_FROM[next], wholeZoom + step * i)) break;
    level = next;
  }
  return level;
}
