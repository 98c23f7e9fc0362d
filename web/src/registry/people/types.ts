import type { Day, Instant, Text } from '../../api/types';

/** The values of a coded field, in the order in which they are offered. */
export const CATEGORIES = ['resident', 'non_resident', 'traveller', 'staff'] as const;
export const SEXES = ['male', 'female', 'other', 'unknown'] as const;
export const RELATIONS = [
  'head',
  'spouse',
  'child',
  'parent',
  'grandchild',
  'grandparent',
  'sibling',
  'other_relative',
  'not_related',
] as const;
/** Written `''` when the person has none. */
export const ID_KINDS = ['resident_id', 'passport', 'permit', 'other'] as const;
/** The special-care roster, the most urgent first: who cannot wait, then who cannot manage alone, then who needs an eye. */
export const CARE_NEEDS = [
  'haemodialysis',
  'home_oxygen',
  'pregnant',
  'post_partum',
  'infant',
  'minor_alone',
  'lives_alone_elderly',
  'tumour_treatment',
  'palliative',
  'psychiatric',
  'disabled',
  'limited_mobility',
  'chronic_disease',
  'regular_medicine',
  'student_alone',
  'language_help',
] as const;
export type Category = (typeof CATEGORIES)[number];
export type Sex = (typeof SEXES)[number];
export type Relation = (typeof RELATIONS)[number];
export type CareNeed = (typeof CARE_NEEDS)[number];

/** A person in a list: nothing that names them in plain. */
export type PersonRow = {
  id: string;
  name_masked: string;
  phone_masked: string;
  id_masked: string;
  id_kind: string;
  category: Category;
  sex: Sex;
  /** Completed years today. */
  age: number | null;
  birth_year: number | null;
  relation: Relation | '';
  /** Empty when no place is known. */
  place_id: string;
  place_name: string;
  place_trail: string;
  place_level: string;
  care: CareNeed[];
  minor_without_guardian: boolean;
  /** Empty when nothing limits it. */
  keep_until: Day | '';
  version: number;
};
export type MatchedBy =
  | 'name'
  | 'pinyin'
  | 'initials'
  | 'phone_tail'
  | 'phone'
  | 'id_number'
  | 'vehicle'
  | 'external_key';
export type PersonHit = PersonRow & { matched_by: MatchedBy };
export type PersonHits = { items: PersonHit[]; more: boolean };

export type PersonRef = { id: string; name_masked: string };
export type Care = { need: CareNeed; since: Day | ''; until: Day | ''; has_note: boolean };
export type Home = {
  place_id: string;
  trail: string;
  from_on: Day | '';
  to_on: Day | '';
  reason: string;
};
/** A person's file. Opening it is recorded. */
export type Person = Omit<PersonRow, 'care'> & {
  care: Care[];
  guardian: PersonRef | null;
  workplace: { id: string; name: string; trail: string } | null;
  workplace_text_masked: string;
  address_masked: string;
  vehicle_masked: string;
  second_phone_masked: string;
  email_masked: string;
  emergency_contact_masked: string;
  has_note: boolean;
  language: string;
  external_key: string;
  home_since: Day | '';
  birth_on: Day | '';
  household: { place_id: string; number_masked: string; kind: HouseholdKind | ''; head_id: string } | null;
  housemates: PersonRow[];
  wards: PersonRow[];
  homes: Home[];
  extra_keys: string[];
  created_at: Instant;
  updated_at: Instant;
};

/** What reading in plain gives, once and for a reason. */
export type Revealed = {
  name?: string;
  phone?: string;
  second_phone?: string;
  id_number?: string;
  address?: string;
  vehicle?: string;
  email?: string;
  emergency_contact?: string;
  workplace_text?: string;
  note?: string;
  care_notes?: Partial<Record<string, string>>;
  extra?: Record<string, string>;
};
export type RevealField = Exclude<keyof Revealed, 'care_notes' | 'extra'>;

export type PersonEvent = {
  on?: Day | null;
  at?: Instant | null;
  kind: string;
  title: Text;
  detail?: string;
  by_name?: string;
  ref?: unknown;
};

export type HouseholdKind = 'family' | 'collective';
export type HouseholdPlace = { id: string; name: string; trail: string };
/** A door with the people behind it. */
export type Household = {
  place: HouseholdPlace;
  number_masked: string;
  kind: HouseholdKind | '';
  /** Named, or told from the relations; empty when neither. */
  head_id: string;
  note_masked: string;
  members: PersonRow[];
  care: { need: CareNeed; count: number }[];
  lon: number | null;
  lat: number | null;
  /** Empty when no building stands above the door. */
  building_id: string;
  version: number;
};
export type HouseholdRow = {
  place_id: string;
  place_name: string;
  trail: string;
  /** 0 when not known. */
  floor: number;
  size: number;
  elderly: number;
  minors: number;
  care: CareNeed[];
  number_masked: string;
};
