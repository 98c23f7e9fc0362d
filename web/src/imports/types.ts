import type { Instant, Text } from '../api/types';

export type ImportState =
  | 'draft'
  | 'ready'
  | 'running'
  | 'done'
  | 'done_with_refusals'
  | 'failed'
  | 'cancelled'
  | 'undone';

/** A code with its words in both languages. */
export type Sentence = { code: string; zh: string; en: string };

export type ImportKind = {
  kind: string;
  title: Text;
  operation: string;
  fields: ImportField[];
};
export type ImportField = {
  key: string;
  title: Text;
  type: string;
  required: boolean;
  personal: string;
  codes: { value: string; words: string[] }[];
};

/** What the person decided. What is not here the program found out by itself. */
export type Choice = {
  sheets?: string[];
  encoding?: string;
  delimiter?: string;
  header_row?: number;
  date_format?: string;
  dates?: Record<string, string>;
  columns?: Record<string, string>;
  codes?: Record<string, Record<string, string>>;
  constants?: Record<string, string>;
  keep_extra?: boolean;
  keep?: string[];
  confirm_cut?: boolean;
  control_rows?: number;
};

export type DateOrder = 'dmy' | 'mdy' | 'ymd' | '';
export type DateEvidence = {
  column: string;
  field: string;
  /** How many values prove each order. */
  dmy: number;
  mdy: number;
  ambiguous: number;
  plain: number;
  short_year: number;
  example?: string;
  example_row?: number;
  /** The example read day first and month first. */
  readings?: [string, string] | null;
  format: { order: DateOrder; short_year?: boolean };
  by: 'user' | 'own_values' | 'other_columns' | 'no_need' | 'unsettled' | 'contradicted' | 'saved';
  from?: string;
};

export type PlannedColumn = {
  column: string;
  field: string;
  score: number;
  reason: string;
  matched: string;
  date_evidence: DateEvidence | null;
};
export type Plan = {
  columns: PlannedColumn[];
  unmatched: string[] | null;
  kept: string[] | null;
  unknown_codes: { field: string; raw: string; count: number }[];
  taken_as_missing: Record<string, Record<string, number>> | null;
  assumptions: Sentence[] | null;
  dropped: { field: string; reason: Text }[] | null;
  problems: (Sentence & { column: string })[];
  saved_mapping: boolean;
  ready: boolean;
};

export type Account = {
  rows: number;
  inserted: number;
  updated: number;
  unchanged: number;
  refused: number;
  reasons?: Record<string, number>;
};
export type Refusal = Sentence & { row: number; sheet: string; column: string; field: string; value_class: string };

export type Import = {
  id: string;
  kind: string;
  incident_id: string;
  place_id: string;
  state: ImportState;
  file: {
    name: string;
    size: number;
    format: string;
    encoding: string;
    encodings_possible: string[];
    delimiter: string;
    header_row: number;
    sheets: { name: string; hidden: boolean; rows: number; columns: string[] | null; chosen: boolean }[] | null;
    findings: (Sentence & { confirm: boolean })[];
    stats: { rows: number; blank: number; ragged: number; undecoded: number; hidden: number };
  };
  choice: Choice;
  plan: Plan;
  preview: { header: string[]; rows: { number: number; cells: string[] }[] } | null;
  dry_run: Account | null;
  result: Account | null;
  progress: { rows_done: number; rows_total: number; rows_per_s: number; eta_s: number } | null;
  refusals: Refusal[] | null;
  error: Sentence | null;
  undo: { undone: number; kept: number } | null;
  undo_until: Instant;
  rejects_until: Instant;
  created_at: Instant;
  created_by_name: string;
  finished_at: Instant;
  version: number;
};
