import type { Geometry } from 'geojson';
import type { Day, Place, PlaceDetail, PlaceLevel, PlaceRow } from '../../api/types';

/** What a place carries besides what every list needs. */
export type PlaceExtra = { kind: string; height: number | null; retired_on: Day | ''; successor_id: string };
export type PlaceFile = PlaceDetail &
  PlaceExtra & { people: number | null; successor: { id: string; name: string; name_en: string } | null };
export type FoundPlace = PlaceRow & PlaceExtra & { former: string };

export type ChangeKind = 'rename' | 'move' | 'split' | 'merge' | 'retire' | 'reopen';
export type PlaceState = {
  name: string;
  name_en: string;
  code: string;
  parent_id: string;
  retired: boolean;
  from_on: Day | '';
  to_on: Day | '';
};
export type PlaceEvent = {
  id: string;
  kind: ChangeKind;
  place_id: string;
  from_on: Day;
  reason: string;
  by_name: string;
  at: string;
  undone_at: string | null;
  part: 'subject' | 'new' | 'merged' | 'child';
  before: PlaceState | null;
  places: { id: string; name: string; name_en: string; part: string }[];
  can_undo: boolean;
  outside: number;
};
export type PlaceThen = PlaceState & { trail: string };
export type Effect = {
  places: number;
  people: number;
  cases: number;
  totals: number;
  rounds: number;
  roles: number;
  blockers: { code: string; detail: string; detail_zh: string }[];
};
export type Outline = { id: string; name: string; name_en: string; level: PlaceLevel; geometry: Geometry };
export type Around = { parent: Outline | null; neighbours: Outline[] };

/** Units and households have no name in pinyin and no outline to draw. */
export const canDraw = (p: Place) => p.level !== 'household';
