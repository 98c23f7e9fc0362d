import type { PlaceLevel as Level } from '../../api/types';

export const MATCH_STATES = ['open', 'later', 'resolved', 'no_such_place'] as const;
export type MatchState = (typeof MATCH_STATES)[number];

export const REASONS = [
  'road_unknown',
  'lane_unknown',
  'number_unknown',
  'no_number',
  'village_unknown',
  'group_unknown',
  'name_unknown',
  'building_unknown',
  'room_unknown',
  'several',
  'outside_district',
  'crossing',
  'near',
  'not_understood',
] as const;
export type Reason = (typeof REASONS)[number];

/** What a candidate agrees with the text in, and what it lacks. */
export type Part =
  | 'spelling'
  | 'road'
  | 'lane'
  | 'number'
  | 'village'
  | 'group'
  | 'name'
  | 'building'
  | 'unit'
  | 'room'
  | 'district';

export type Candidate = {
  place_id: string;
  name: string;
  trail: string;
  level: Level;
  lon: number | null;
  lat: number | null;
  score: number;
  matched: Part[] | null;
  missed: Part[] | null;
};

/** An address text of a list, and what became of it. */
export type Match = {
  id: string;
  source: string;
  external_id: string;
  on_day: string;
  text: string;
  district: string;
  note: string;
  within_id: string;
  state: MatchState;
  confidence: number;
  reason: Reason | '';
  reached: Part | '';
  candidates: Candidate[];
  place_id: string;
  place_name: string;
  place_trail: string;
  by_name: string;
  at: number;
  version: number;
};

export type MatchList = {
  items: Match[];
  total: number;
  next_cursor?: string;
  reasons: Partial<Record<Reason | '', number>>;
  states: Partial<Record<MatchState, number>>;
};

export type NewPlace = { parent_id: string; level: Level; name: string; lon?: number; lat?: number };
export type Decision = { state: MatchState; place_id?: string; remember?: boolean; create?: NewPlace };
export type Decided = Match & { others: number };
