/** Shapes of the HTTP API, written after its description. Days are `YYYY-MM-DD` in the incident's time zone. */

export type Lang = 'zh' | 'en';
/** A text the server wrote in both languages. */
export type Text = { zh: string; en: string };
export type Day = string;
/** An instant as RFC 3339 text, or microseconds since 1970 UTC. */
export type Instant = string | number;

export type List<T> = { items: T[]; next_cursor?: string; total: number };
export type Items<T> = { items: T[] };

export type FieldError = { field: string; code: string; message?: string };
export type ProblemBody = {
  type?: string;
  title?: string;
  status: number;
  code: string;
  detail?: string;
  request_id?: string;
  params?: Record<string, unknown>;
  errors?: FieldError[];
};

export type MyGrant = {
  role: string;
  role_title: Text;
  place_id: string | null;
  place_name: string;
  place_path: string;
};
export type Me = {
  user: { id: string; username: string; display_name: string; language: string; mfa?: boolean };
  demo: boolean;
  version: string;
  mfa: boolean;
  must_enrol_totp: boolean;
  grants: MyGrant[];
  operations: string[];
};
export type Session = {
  id: string;
  created_at: Instant;
  last_seen_at: Instant;
  user_agent: string;
  ip: string;
  current: boolean;
};
export type TotpEnrolment = { secret: string; uri: string; qr_png_base64: string };
export type Token = {
  id: string;
  name: string;
  operations: string[];
  expires_on?: Day | null;
  expires_at?: Instant;
  created_at?: Instant;
  last_used_at?: Instant | null;
  /** Present once, in the answer that created it. */
  token?: string;
};

export type Grant = {
  id: string;
  role: string;
  place_id: string | null;
  place_name: string;
  /** Last day, or an instant; 0, empty or missing for no end. */
  until: Day | Instant | null;
};
export type User = {
  id: string;
  username: string;
  display_name: string;
  disabled: boolean;
  /** A password has been set. */
  active?: boolean;
  mfa: boolean;
  created_at: Instant;
  last_seen_at: Instant | null;
  version: number;
  grants: Grant[];
};
export type OneTimeCode = { one_time_code: string; expires_at: Instant };
export type Role = { role: string; title: Text; description: Text; operations: string[] };

export type PlaceLevel =
  | 'country'
  | 'province'
  | 'city'
  | 'district'
  | 'street'
  | 'community'
  | 'compound'
  | 'building'
  | 'unit'
  | 'household';
export type Place = {
  id: string;
  code: string;
  level: PlaceLevel;
  name: string;
  name_en: string;
  path: string;
  parent_id: string | null;
  lon: number | null;
  lat: number | null;
  population: number | null;
  floors: number | null;
  has_geometry: boolean;
  version: number;
  children_count: number;
};
/** A place in a list: `ancestors` is the trail as text, "松川市 › 江北区". */
export type PlaceRow = Place & { ancestors?: string };
export type PlaceDetail = Place & {
  ancestors: Place[];
  child_levels: { level: PlaceLevel; count: number }[];
  bbox: [number, number, number, number] | null;
};

export type Incident = {
  id: string;
  name: string;
  name_en: string;
  place_id: string;
  place_name: string;
  /** Path of the place in the tree; a place below it has a longer one that begins with it. */
  place_path: string;
  pack: string;
  overlays: string[];
  rules: string;
  time_zone: string;
  started_on: Day;
  closed_on: Day | null;
  status: 'active' | 'closed';
  version: number;
  is_demo: boolean;
  /** Newest day that has records. */
  last_record_on: Day | null;
};
export const PHASES = [
  'activation',
  'cleanup_drive',
  'general_offensive',
  'final_push',
  'community_zero',
  'consolidation',
  'reopening',
] as const;
export type PhaseName = (typeof PHASES)[number];
export type Phase = {
  id: string;
  incident_id: string;
  place_id: string;
  place_path: string;
  place_name: string;
  phase: PhaseName;
  starts_on: Day;
  ends_on: Day | null;
  objectives: string;
  evidence: string;
  declared_by_name: string;
  declared_at: Instant;
  reason: string;
  stepped_back: boolean;
};

export type Classification =
  | 'suspected'
  | 'screening_positive'
  | 'probable'
  | 'confirmed'
  | 'asymptomatic'
  | 'excluded';
export type ZoneClass = 'lockdown' | 'control' | 'precaution' | 'none' | 'unknown';
export type Case = {
  id: string;
  number: string;
  incident_id: string;
  person_id: string;
  place_id: string;
  place_name: string;
  place_trail: string;
  classification: Classification;
  origin: 'local' | 'imported' | 'unknown';
  severity: 'mild' | 'moderate' | 'severe' | 'critical' | 'unknown';
  sex: 'male' | 'female' | 'other' | 'unknown';
  age: number | null;
  age_months: number | null;
  name_masked: string;
  phone_masked: string;
  id_masked: string;
  onset_on: Day | null;
  sampled_on: Day | null;
  confirmed_on: Day | null;
  reported_on: Day | null;
  admitted_on: Day | null;
  outcome: 'under_care' | 'recovered' | 'died' | 'transferred' | 'unknown';
  outcome_on: Day | null;
  second_negative_on: Day | null;
  detection_route: string;
  zone_class: ZoneClass;
  under_restriction_since: Day | null;
  found_in_community: boolean;
  counted_as: 'confirmed' | 'asymptomatic' | '' | null;
  counted_on: Day | null;
  reclassified_on: Day | null;
  exposure: string;
  extra: Record<string, string>;
  import_id: string | null;
  created_at: Instant;
  updated_at: Instant;
  version: number;
};
export type DayCount = {
  id: string;
  place_id: string;
  place_name: string;
  on: Day;
  confirmed: number;
  asymptomatic: number;
  reclassified: number;
  found_in_community: number | null;
  deaths: number;
  source: string;
  version: number;
};
export type Round = {
  id: string;
  place_id: string;
  place_name: string;
  number: number;
  opened_on: Day;
  closed_on: Day | null;
  due: number;
  sampled: number;
  resulted: number;
  community_positives: number;
  version: number;
};

export type FigureKey =
  | 'confirmed'
  | 'asymptomatic'
  | 'reclassified'
  | 'infections'
  | 'found_in_community'
  | 'found_under_control'
  | 'route_unknown'
  | 'deaths'
  | 'imported';
export type Figures = Record<FigureKey, number>;
export type Drill = { href: string; line_listed: number; from_totals: number };
export type Situation = {
  place: { id: string; name: string; name_en?: string; level: PlaceLevel; trail: string };
  on: Day;
  cut_off: string;
  rules: string;
  new: Figures;
  previous: Figures;
  cumulative: Figures & { asymptomatic_reported: number };
  completeness: {
    expected: number;
    reported: number;
    missing: { place_id: string; name: string }[];
    line_listed: number;
    from_totals: number;
    /** Cases of a counting class without any date, which no day can show. */
    uncounted?: number;
    note: Text;
  };
  definitions: Partial<Record<string, Text>>;
  drill: Partial<Record<string, Drill>>;
};
export type SeriesDay = {
  on: Day;
  confirmed: number;
  asymptomatic: number;
  reclassified: number;
  infections: number;
  found_in_community: number;
  found_under_control: number;
  complete: boolean;
};
export type Series = { by: 'report' | 'onset'; days: SeriesDay[] };
export type PlaceFigures = {
  place_id: string;
  name: string;
  name_en?: string;
  level: PlaceLevel;
  population: number | null;
  new: Figures;
  cumulative: Figures;
  phase: PhaseName | '' | null;
};
/** `rest` holds the cases that stand directly at the place, so that the rows add up to its figures. */
export type SituationPlaces = { items: PlaceFigures[]; rest?: PlaceFigures | null; whole?: PlaceFigures };

export type Evidence = { set: string; title: Text; count: number; href: string };
export type Criterion = {
  id: string;
  title: Text;
  met: boolean;
  binding: boolean;
  value: number | string | boolean | null;
  needed: number | string | boolean | null;
  unit: string;
  missing: Text[];
  evidence: Evidence[];
};
export type Clearance = {
  place: { id: string; name: string; level?: PlaceLevel; trail?: string };
  on: Day;
  pack: string;
  met: boolean;
  declaration: { required: boolean; zh: string; en: string };
  criteria: Criterion[];
  facts_digest: string;
};
export type ClearanceTimeline = { days: { on: Day; met: boolean; met_count: number; count: number }[] };

export type Pack = {
  id: string;
  kind: 'pack' | 'overlay';
  version: number;
  /** The pack an overlay is for. */
  base?: string;
  title: Text;
  /** What a reader must know before using it. */
  caution?: Text;
  valid_from?: Day;
  valid_to?: Day;
};
export type Grade = 'A' | 'B' | 'C' | 'D';
export type PackParam = {
  key: string;
  title?: Text;
  /** A number, a word, a switch or a list of them. */
  value: unknown;
  unit?: string;
  /** The document to cite. */
  doc: Text;
  /** Where its text was read: source ids. */
  citation?: string;
  grade: Grade;
  note: Text;
  /** Id of the pack or overlay that sets it. */
  from: string;
  valid_from?: Day;
  verified: boolean;
};
export type PackDetail = {
  rules: string;
  on: Day;
  /** Packs and overlays whose validity does not hold the day. */
  outside: string[];
  params: PackParam[];
  classes: { id: string; title: Text; counts_as: string; infection: boolean }[];
  zones: { id: string; title: Text }[];
  criteria: { id: string; title: Text; binding?: boolean; unit?: string }[];
};

export type AuditChange = {
  ref: string;
  kind: 'created' | 'updated' | 'deleted' | 'read' | 'batch';
  fields?: Record<string, { from?: unknown; to?: unknown } | 'redacted'>;
  count?: number;
};
export type AuditEntry = {
  seq: number;
  at: Instant;
  actor_id: string;
  actor_name: string;
  operation: string;
  outcome: 'done' | 'refused';
  reason: string;
  place_path: string;
  subjects?: string[];
  changes: AuditChange[] | null;
  request_id: string;
  hash: string;
};
export type AuditVerification = {
  entries: number;
  ok: boolean;
  first_bad: number | null;
  /** What is wrong, in English, for whoever looks into it. */
  problem?: string;
  checkpoint: { size: number; root: string; signed_at: Instant; note?: string } | null;
};

export type ImportSummary = {
  id: string;
  kind: string;
  incident_id: string | null;
  place_id: string | null;
  file: { name: string; size: number };
  state: 'draft' | 'ready' | 'running' | 'done' | 'done_with_refusals' | 'failed' | 'cancelled' | 'undone';
  result: { rows: number; inserted: number; updated: number; unchanged: number; refused: number } | null;
  created_at: Instant;
  created_by_name: string;
  finished_at: Instant | null;
};
