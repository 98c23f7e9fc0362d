import type { Lang, PackParam } from '../../api/types';
import { textIn } from '../../shared/format';

/** Parameters are grouped by the first part of their key; this is the order of the work they rule. */
const GROUPS = [
  'incubation',
  'infectious',
  'contact',
  'quarantine',
  'monitoring',
  'secondary',
  'release',
  'followup',
  'discharge',
  'after_discharge',
  'mild',
  'report',
  'investigation',
  'transfer',
  'temp_control_max_h',
  'regional_test',
  'lab',
  'pool',
  'antigen',
  'zone',
  'community_clear',
  'free_estate',
  'outbreak_end',
  'heightened_surveillance_d',
  'pep',
  'waste',
  'disinfection',
  'nosocomial',
  'metric',
  'target',
] as const;
export type ParamGroup = (typeof GROUPS)[number] | 'other';

export function groupOf(key: string): ParamGroup {
  const head = key.split('.')[0];
  return GROUPS.find((g) => g === head) ?? 'other';
}

/** Groups in the order of the work, each with its parameters in the pack's order. */
export function grouped(params: PackParam[]): { group: ParamGroup; params: PackParam[] }[] {
  const order: ParamGroup[] = [...GROUPS, 'other'];
  return order
    .map((group) => ({ group, params: params.filter((p) => groupOf(p.key) === group) }))
    .filter(({ params }) => params.length > 0);
}

export function matches(p: PackParam, text: string, lang: Lang): boolean {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return true;
  return [
    p.key,
    textIn(p.title, lang),
    textIn(p.doc, lang),
    textIn(p.note, lang),
    p.citation ?? '',
    String(p.value),
  ].some((s) => s.toLowerCase().includes(wanted));
}
