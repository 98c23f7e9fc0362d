import type { Account, Choice, Import, ImportField, ImportState, Refusal } from './types';

export const STEPS = ['file', 'sheet', 'columns', 'values', 'dry', 'run'] as const;
export type Step = (typeof STEPS)[number];

export function isOver(state: ImportState): boolean {
  return state !== 'draft' && state !== 'ready' && state !== 'running';
}

/** The parts of the account and whether they add up to the rows of the file. They always must. */
export function accountLine(a: Account): { sum: number; balanced: boolean } {
  const sum = a.inserted + a.updated + a.unchanged + a.refused;
  return { sum, balanced: sum === a.rows };
}

/** Fields that a file must feed and does not. */
export function missingRequired(fields: ImportField[], imp: Pick<Import, 'plan' | 'choice'>): ImportField[] {
  const fed = new Set(imp.plan.columns.map((c) => c.field).filter(Boolean));
  return fields.filter((f) => f.required && !fed.has(f.key) && !imp.choice.constants?.[f.key]);
}

/** Does a step hold something the person must decide before the import can run? */
export function stepOpen(step: Step, imp: Import, fields: ImportField[]): boolean {
  const { plan } = imp;
  switch (step) {
    case 'file':
      return imp.file.findings.some((f) => f.confirm) && !imp.choice.confirm_cut;
    case 'sheet':
      return plan.columns.length === 0;
    case 'columns':
      return missingRequired(fields, imp).length > 0;
    case 'values':
      return plan.columns.some((c) => c.date_evidence?.by === 'unsettled' || c.date_evidence?.by === 'contradicted');
    case 'dry':
      return false;
    case 'run':
      return !plan.ready;
  }
}

/** Where to go on: at the first step that needs a decision; a run or a result shows the last. */
export function stepFor(imp: Import, fields: ImportField[]): Step {
  if (imp.state === 'running' || isOver(imp.state)) return 'run';
  const open = STEPS.find((step) => stepOpen(step, imp, fields));
  return open && open !== 'run' ? open : 'sheet';
}

/** A column's field as chosen by hand; an empty field leaves the column out. A field has one column: another that had it gives it up. */
export function withColumn(imp: Pick<Import, 'plan' | 'choice'>, column: string, field: string): Choice {
  const columns = { ...imp.choice.columns };
  if (field !== '')
    for (const other of imp.plan.columns)
      if (other.field === field && other.column !== column) columns[other.column] = '';
  columns[column] = field;
  return { ...imp.choice, columns };
}

export function withCode(choice: Choice, field: string, raw: string, code: string): Choice {
  return { ...choice, codes: { ...choice.codes, [field]: { ...choice.codes?.[field], [raw]: code } } };
}
export function withConstant(choice: Choice, field: string, value: string | undefined): Choice {
  const constants = { ...choice.constants };
  if (value === undefined) delete constants[field];
  else constants[field] = value;
  return { ...choice, constants };
}
export function withDate(choice: Choice, column: string, order: string): Choice {
  return { ...choice, dates: { ...choice.dates, [column]: order } };
}

/** Refusals by reason, commonest first, each with its first rows as samples. */
export function byReason(
  account: Account,
  refusals: Refusal[],
  samples = 3,
): { code: string; count: number; samples: Refusal[] }[] {
  const seen = new Map<string, Refusal[]>();
  for (const r of refusals) {
    const list = seen.get(r.code) ?? [];
    if (list.length < samples) list.push(r);
    seen.set(r.code, list);
  }
  const counts = account.reasons ?? Object.fromEntries([...seen].map(([code, list]) => [code, list.length]));
  return Object.entries(counts)
    .map(([code, count]) => ({ code, count, samples: seen.get(code) ?? [] }))
    .sort((a, b) => b.count - a.count || a.code.localeCompare(b.code));
}

/** 12.3 MB; sizes as files are named by systems, in powers of 1000. */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB'];
  let n = bytes;
  let unit = '';
  for (const u of units) {
    n /= 1000;
    unit = u;
    if (n < 1000) break;
  }
  return `${n < 10 ? n.toFixed(1) : Math.round(n)} ${unit}`;
}
