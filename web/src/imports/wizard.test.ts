import { describe, expect, it } from 'vitest';
import type { Account, Import, ImportField, PlannedColumn, Refusal } from './types';
import {
  accountLine,
  byReason,
  missingRequired,
  sizeText,
  stepFor,
  stepOpen,
  withCode,
  withColumn,
  withConstant,
  withDate,
} from './wizard';

const account: Account = { rows: 10, inserted: 4, updated: 2, unchanged: 3, refused: 1 };
const column = (name: string, field: string): PlannedColumn => ({
  column: name,
  field,
  score: field ? 1 : 0,
  reason: field ? 'same_name' : '',
  matched: field,
  date_evidence: null,
});
const field = (key: string, required = false): ImportField => ({
  key,
  title: { zh: key, en: key },
  type: 'text',
  required,
  personal: '',
  codes: [],
});
function job(change: Partial<Import> = {}): Import {
  return {
    id: '1',
    kind: 'cases',
    incident_id: '',
    place_id: '',
    state: 'draft',
    file: {
      name: 'a.csv',
      size: 10,
      format: 'delimited',
      encoding: 'utf-8',
      encodings_possible: [],
      delimiter: ',',
      header_row: 1,
      sheets: null,
      findings: [],
      stats: { rows: 10, blank: 0, ragged: 0, undecoded: 0, hidden: 0 },
    },
    choice: {},
    plan: {
      columns: [column('编号', 'number'), column('备注', '')],
      unmatched: ['备注'],
      kept: null,
      unknown_codes: [],
      taken_as_missing: null,
      assumptions: null,
      dropped: null,
      problems: [],
      saved_mapping: false,
      ready: true,
    },
    preview: null,
    dry_run: null,
    result: null,
    progress: null,
    refusals: null,
    error: null,
    undo: null,
    undo_until: 0,
    rejects_until: 0,
    created_at: 0,
    created_by_name: '',
    finished_at: 0,
    version: 1,
    ...change,
  };
}

describe('the account line', () => {
  it('adds up: rows = new + changed + same + refused', () => {
    expect(accountLine(account)).toEqual({ sum: 10, balanced: true });
  });
  it('says so when it does not', () => {
    expect(accountLine({ ...account, rows: 11 })).toEqual({ sum: 10, balanced: false });
  });
});

describe('steps', () => {
  it('begin at the first that needs a decision', () => {
    const fields = [field('number', true), field('place', true)];
    expect(missingRequired(fields, job()).map((f) => f.key)).toEqual(['place']);
    expect(stepFor(job(), fields)).toBe('columns');
    expect(stepFor(job(), [field('number', true)])).toBe('sheet');
  });
  it('stop at a file that may be cut until someone says it is whole', () => {
    const finding = { code: 'x', zh: '', en: '', confirm: true };
    const cut = job({ file: { ...job().file, findings: [finding] } });
    expect(stepFor(cut, [])).toBe('file');
    expect(stepOpen('file', { ...cut, choice: { confirm_cut: true } }, [])).toBe(false);
  });
  it('stop at dates that can be read in two ways', () => {
    const days = {
      column: '日期',
      field: 'onset_on',
      dmy: 0,
      mdy: 0,
      ambiguous: 3,
      plain: 0,
      short_year: 0,
      format: { order: '' as const },
      by: 'unsettled' as const,
    };
    const plan = { ...job().plan, columns: [{ ...column('日期', 'onset_on'), date_evidence: days }] };
    expect(stepFor(job({ plan }), [])).toBe('values');
  });
  it('show the run while it runs and after', () => {
    for (const state of ['running', 'done', 'failed', 'cancelled', 'undone'] as const)
      expect(stepFor(job({ state }), [])).toBe('run');
  });
});

describe('choices', () => {
  it('give a field to one column only', () => {
    expect(withColumn(job(), '备注', 'number').columns).toEqual({ 编号: '', 备注: 'number' });
    expect(withColumn(job(), '编号', '').columns).toEqual({ 编号: '' });
  });
  it('keep what was chosen before', () => {
    const codes = withCode(withCode({}, 'sex', '男性', 'male'), 'sex', '女性', 'female');
    expect(codes.codes).toEqual({ sex: { 男性: 'male', 女性: 'female' } });
    expect(withDate({ dates: { a: 'dmy' } }, 'b', 'mdy').dates).toEqual({ a: 'dmy', b: 'mdy' });
    expect(withConstant({ constants: { origin: 'local' } }, 'origin', undefined).constants).toEqual({});
  });
});

describe('refusals by reason', () => {
  const refusal = (row: number, code: string): Refusal => ({
    row,
    code,
    zh: '',
    en: '',
    sheet: '',
    column: '',
    field: '',
    value_class: '',
  });
  it('have all reasons, the commonest first, with samples where there are any', () => {
    const rows = byReason({ ...account, reasons: { a: 1, b: 7, c: 2 } }, [
      refusal(2, 'b'),
      refusal(3, 'b'),
      refusal(4, 'b'),
      refusal(5, 'b'),
      refusal(9, 'a'),
    ]);
    expect(rows.map((r) => [r.code, r.count, r.samples.length])).toEqual([
      ['b', 7, 3],
      ['c', 2, 0],
      ['a', 1, 1],
    ]);
  });
});

describe('sizes', () => {
  it('are short', () => {
    expect([999, 1200, 53_000, 12_345_678].map(sizeText)).toEqual(['999 B', '1.2 kB', '53 kB', '12 MB']);
  });
});
