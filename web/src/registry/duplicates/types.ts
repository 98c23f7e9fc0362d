import type { Instant } from '../../api/types';
import type { PersonRow } from '../people/types';

/** Shapes of the duplicates API (internal/httpapi/duplicates.go). */
export type Side = 'a' | 'b';
export const QUEUE_STATES = ['open', 'later', 'different'] as const;
export type QueueState = (typeof QUEUE_STATES)[number];
export type Decision = 'merge' | 'different' | 'later' | 'open';
export type Reason = { code: string; zh: string; en: string; against: boolean; strong: boolean };

export type Pair = {
  id: string;
  /** 0 to 100. */
  score: number;
  reasons: Reason[];
  a: PersonRow;
  b: PersonRow;
  state: QueueState | 'merged';
  found_by: 'import' | 'sweep' | 'hand';
  found_at: Instant;
  asked_again: boolean;
  decided_by_name: string;
  decided_at: Instant | null;
  version: number;
};

export type SideField = { field: string; a_masked: string; b_masked: string; same: boolean; suggestion: Side | 'both' };
export const HANGING = ['cases', 'wards', 'head_of', 'care', 'homes', 'doubts', 'merged'] as const;
export type HangsOn = Record<(typeof HANGING)[number], number>;
/** A pair as its records are today. */
export type Sides = Pair & {
  today: Reason[];
  keep: Side;
  fields: SideField[];
  hangs_on: { a: HangsOn; b: HangsOn };
};
export type Decided = { id: string; state: Pair['state']; version: number; merge_id: string; winner_id: string };

export type Merge = {
  id: string;
  winner: PersonRow | null;
  winner_id: string;
  loser: PersonRow;
  /** How many records went along, by table. */
  moved: Record<string, number>;
  by_name: string;
  at: Instant;
  undone_at: Instant | null;
  undone_by_name: string;
  undo_reason: string;
  kept: string[];
  can_be_undone: boolean;
};

export type Sweep = {
  id: string;
  place_id: string;
  state: 'running' | 'done';
  done: number;
  total: number;
  compared: number;
  found: number;
  skipped: number;
  by_name: string;
  started_at: Instant;
  finished_at: Instant | null;
};
