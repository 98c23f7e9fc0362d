import type { Day } from '../../api/types';
import { isDay } from '../../shared/day';

/** The values a coded filter can have, in the order in which they are offered. */
export const CODES = {
  classification: ['confirmed', 'asymptomatic', 'screening_positive', 'suspected', 'probable', 'excluded'],
  origin: ['local', 'imported', 'unknown'],
  detection_route: [
    'quarantine',
    'control_screening',
    'closed_loop',
    'hospital',
    'at_risk_screening',
    'community_screening',
    'clinic',
    'self_report',
    'unknown',
  ],
  zone_class: ['lockdown', 'control', 'precaution', 'none', 'unknown'],
  found: ['community', 'control'],
  severity: ['mild', 'moderate', 'severe', 'critical', 'unknown'],
  outcome: ['under_care', 'recovered', 'died', 'transferred', 'unknown'],
  sex: ['male', 'female', 'other', 'unknown'],
} as const;
export type CodedFilter = keyof typeof CODES;

/** What a list behind a figure counts. */
export const COUNTED = [
  'infections',
  'confirmed',
  'asymptomatic',
  'reclassified',
  'asymptomatic_open',
  'deaths',
] as const;
export type Counted = (typeof COUNTED)[number];
/** Which of a case's days the period is about, when it is not behind a figure. */
export const DATES = ['report', 'onset', 'sampled', 'confirmed', 'outcome'] as const;
export type DateOf = (typeof DATES)[number];

export const FILTER_KEYS = [
  'classification',
  'origin',
  'detection_route',
  'zone_class',
  'found',
  'severity',
  'outcome',
  'sex',
  'from',
  'to',
  'date',
  'counted',
  'q',
  'import_id',
  'incomplete',
  'open_on',
  'no_anchor_on',
] as const;
export type FilterKey = (typeof FILTER_KEYS)[number];
export type CaseSearch = { [K in FilterKey]?: string };

export type CaseFilters = {
  [K in Exclude<CodedFilter, 'classification'>]?: string;
} & {
  classification: string[];
  from?: Day;
  to?: Day;
  date: DateOf;
  counted?: Counted;
  q?: string;
  import_id?: string;
  incomplete: boolean;
  open_on?: Day;
  no_anchor_on?: Day;
};

const oneOf = <T extends string>(list: readonly T[], text: string | undefined): T | undefined =>
  list.find((x) => x === text);
const day = (text: string | undefined): Day | undefined => (isDay(text) ? text : undefined);

/** Reads the filters from the address. A value that no list has is left out, never sent on. */
export function readFilters(search: CaseSearch): CaseFilters {
  const classes = (search.classification ?? '').split(',');
  const [a, b] = [day(search.from), day(search.to)];
  const turned = a !== undefined && b !== undefined && a > b;
  return {
    classification: CODES.classification.filter((c) => classes.includes(c)),
    origin: oneOf(CODES.origin, search.origin),
    detection_route: oneOf(CODES.detection_route, search.detection_route),
    zone_class: oneOf(CODES.zone_class, search.zone_class),
    found: oneOf(CODES.found, search.found),
    severity: oneOf(CODES.severity, search.severity),
    outcome: oneOf(CODES.outcome, search.outcome),
    sex: oneOf(CODES.sex, search.sex),
    from: turned ? b : a,
    to: turned ? a : b,
    date: oneOf(DATES, search.date) ?? 'report',
    counted: oneOf(COUNTED, search.counted),
    q: search.q?.trim() || undefined,
    import_id: search.import_id || undefined,
    incomplete: search.incomplete === 'true',
    open_on: day(search.open_on),
    no_anchor_on: day(search.no_anchor_on),
  };
}

/** Writes filters as address and as request: both use the same names. Defaults are left out. */
export function writeFilters(f: CaseFilters): CaseSearch {
  return {
    classification: f.classification.join(',') || undefined,
    origin: f.origin,
    detection_route: f.detection_route,
    zone_class: f.zone_class,
    found: f.found,
    severity: f.severity,
    outcome: f.outcome,
    sex: f.sex,
    from: f.from,
    to: f.to,
    date: f.counted || f.date === 'report' ? undefined : f.date,
    counted: f.counted,
    q: f.q,
    import_id: f.import_id,
    incomplete: f.incomplete ? 'true' : undefined,
    open_on: f.open_on,
    no_anchor_on: f.no_anchor_on,
  };
}

/** What can be shown as a chip of its own: the days are one, whatever they are of. */
export type Chip = CodedFilter | 'period' | 'counted' | 'import_id' | 'incomplete' | 'open_on' | 'no_anchor_on';
export const CHIPS: Chip[] = [
  'counted',
  'period',
  'open_on',
  'no_anchor_on',
  'classification',
  'found',
  'detection_route',
  'zone_class',
  'severity',
  'outcome',
  'origin',
  'sex',
  'incomplete',
  'import_id',
];

export function isSet(f: CaseFilters, chip: Chip): boolean {
  if (chip === 'period') return f.from !== undefined || f.to !== undefined;
  if (chip === 'classification') return f.classification.length > 0;
  return Boolean(f[chip]);
}

/** Takes one chip off. A figure's days go with the figure: without it they would mean other days. */
export function without(f: CaseFilters, chip: Chip): CaseFilters {
  if (chip === 'period') return { ...f, from: undefined, to: undefined, date: 'report' };
  if (chip === 'classification') return { ...f, classification: [] };
  if (chip === 'incomplete') return { ...f, incomplete: false };
  return { ...f, [chip]: undefined };
}

export const NO_FILTERS: CaseFilters = readFilters({});

export function anySet(f: CaseFilters): boolean {
  return f.q !== undefined || CHIPS.some((chip) => isSet(f, chip));
}

/** The figure that a list is behind, if nothing but that figure narrows it. */
export function figureOf(
  f: CaseFilters,
):
  | 'infections'
  | 'confirmed'
  | 'asymptomatic'
  | 'reclassified'
  | 'found_in_community'
  | 'found_under_control'
  | undefined {
  if (!f.counted || !f.from || !f.to || f.q) return undefined;
  const others = CHIPS.filter((c) => c !== 'counted' && c !== 'period' && c !== 'found' && isSet(f, c));
  if (others.length > 0) return undefined;
  if (f.counted === 'infections' && f.found === 'community') return 'found_in_community';
  if (f.counted === 'infections' && f.found === 'control') return 'found_under_control';
  if (f.found) return undefined;
  return f.counted === 'asymptomatic_open' || f.counted === 'deaths' ? undefined : f.counted;
}
