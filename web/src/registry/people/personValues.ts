import dayjs, { type Dayjs } from 'dayjs';
import type { Day } from '../../api/types';
import type { CareNeed, Person } from './types';

/** Texts that name the person or reach them: shown masked, so an empty field of the form means "as it is". */
export const PERSONAL = [
  'name',
  'phone',
  'second_phone',
  'id_number',
  'address',
  'email',
  'emergency_contact',
  'workplace_text',
  'vehicle',
  'note',
] as const;
export const DAYS = ['birth_on', 'home_since', 'keep_until'] as const;
const CODES = ['sex', 'category', 'relation', 'id_kind', 'language'] as const;
const REFS = ['place_id', 'guardian_id', 'workplace_id'] as const;
type PersonalField = (typeof PERSONAL)[number];
type DayField = (typeof DAYS)[number];
type CodeField = (typeof CODES)[number];
type RefField = (typeof REFS)[number];

export type CareValue = { need: CareNeed; since?: Day; until?: Day; note?: string; has_note?: boolean };
/** What the form holds as plain data. A personal text that is null is to be erased. */
export type PersonValues = { [K in PersonalField]?: string | null } & { [K in DayField]?: Day } & {
  [K in CodeField]?: string;
} & { [K in RefField]?: string | null } & { care?: CareValue[] };
export type FieldName = keyof PersonValues;
export type FormValues = Omit<PersonValues, DayField> & { [K in DayField]?: Dayjs | null };

/** The values of a person as the form starts with them: personal texts are not among them. */
export function valuesOf(p: Person): PersonValues {
  return {
    sex: p.sex,
    category: p.category,
    relation: p.relation,
    id_kind: p.id_kind,
    language: p.language ?? '',
    birth_on: p.birth_on ?? '',
    home_since: p.home_since ?? '',
    keep_until: p.keep_until ?? '',
    place_id: p.place_id,
    guardian_id: p.guardian?.id ?? null,
    workplace_id: p.workplace?.id ?? null,
    care: p.care.map((c) => ({
      need: c.need,
      since: c.since ?? undefined,
      until: c.until ?? undefined,
      has_note: c.has_note,
    })),
  };
}

const careText = (care: CareValue[] | undefined) =>
  JSON.stringify(
    [...(care ?? [])]
      .sort((a, b) => (a.need < b.need ? -1 : 1))
      .map((c) => [c.need, c.since || '', c.until || '', c.note ?? null]),
  );
const sendCare = (care: CareValue[]) =>
  care.map(({ need, since, until, note }) => ({
    need,
    since: since || undefined,
    until: until || undefined,
    note: note === undefined || note === '' ? undefined : note,
  }));

/** Only what differs from what was read is sent, so that two people who change different things both keep theirs. */
export function changesOf(before: PersonValues, after: PersonValues): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const key of PERSONAL) {
    const value = after[key];
    if (value === null) out[key] = '';
    else if (value !== undefined && value.trim() !== '') out[key] = value.trim();
  }
  for (const key of [...CODES, ...DAYS]) {
    const value = after[key] ?? '';
    if (after[key] !== undefined && value !== (before[key] ?? '')) out[key] = value;
  }
  for (const key of REFS) {
    const value = after[key] ?? null;
    if (after[key] !== undefined && value !== (before[key] ?? null)) out[key] = value;
  }
  if (after.care !== undefined && careText(before.care) !== careText(after.care)) out.care = sendCare(after.care);
  return out;
}

/** What two versions of the record differ in, as far as the form can know it. */
export function differing(a: PersonValues, b: PersonValues): FieldName[] {
  return Object.keys(changesOf(a, b)) as FieldName[];
}

export function toForm(values: PersonValues): FormValues {
  const out: Record<string, unknown> = { ...values };
  for (const key of DAYS) out[key] = values[key] ? dayjs(values[key]) : null;
  return out as FormValues;
}
export function fromForm(values: FormValues): PersonValues {
  const out: Record<string, unknown> = { ...values };
  for (const key of DAYS) if (key in values) out[key] = values[key] ? values[key]?.format('YYYY-MM-DD') : '';
  return out as PersonValues;
}

/** 18 in mainland law; the warning about a missing guardian starts below. */
const OF_AGE = 18;
export function isMinor(birthOn: Day | undefined, on: Day): boolean {
  if (!birthOn) return false;
  const [by = 0, bm = 0, bd = 0] = birthOn.split('-').map(Number);
  const [y = 0, m = 0, d = 0] = on.split('-').map(Number);
  const age = y - by - (m < bm || (m === bm && d < bd) ? 1 : 0);
  return age < OF_AGE;
}
