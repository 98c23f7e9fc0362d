import { Button, Radio, Select } from 'antd';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { useLang } from '../i18n';
import { formatDay, isDay } from '../shared/day';
import { formatNumber, textIn } from '../shared/format';
import { Tag } from '../shared/marks';
import { Panel } from '../shared/PageHeader';
import type { StepProps } from './ImportPage';
import type { DateEvidence, ImportField } from './types';
import { withCode, withConstant, withDate } from './wizard';

/** Fields whose value may be set for the whole file, by kind. The others have no sensible common value. */
const CONSTANTS: Record<string, string[]> = {
  cases: ['classification', 'origin', 'severity', 'outcome', 'detection_route', 'zone_class'],
};
/** Where the words of a field's codes are found. */
const WORDS: Record<string, string> = {
  classification: 'classification',
  origin: 'origin',
  severity: 'severity',
  outcome: 'outcome',
  detection_route: 'route',
  zone_class: 'zone',
  sex: 'sex',
  level: 'level',
};

/** A code in the reader's words; codes of kinds that have no words here are shown with what files call them. */
function codeName(t: TFunction<['imports', 'words']>, field: ImportField, value: string): string {
  const area = WORDS[field.key];
  const look = t as unknown as (key: string, options: object) => string;
  const word = area ? look(`words:${area}.${value}`, { defaultValue: '' }) : '';
  return word || field.codes.find((c) => c.value === value)?.words[0] || value;
}

/** Step 4: what words mean, what holds for all rows, and how dates are written. */
export function ValuesStep(props: StepProps) {
  return (
    <div className="ac-stack">
      <Dates {...props} />
      <Codes {...props} />
      <Constants {...props} />
      <Understood {...props} />
    </div>
  );
}

function Dates({ imp, kind, choose, busy }: StepProps) {
  const { t } = useTranslation('imports');
  const lang = useLang();
  const columns = imp.plan.columns.filter((c) => c.date_evidence);
  return (
    <Panel title={t('dates')}>
      {columns.length === 0 && <p className="ac-muted">{t('datesNone')}</p>}
      <div className="ac-stack">
        {columns.map((c) => {
          const e = c.date_evidence as DateEvidence;
          const field = kind.fields.find((f) => f.key === c.field);
          return (
            <div key={c.column} className="ac-date-column">
              <div className="ac-row">
                <strong>{c.column}</strong>
                <span className="ac-muted">→ {textIn(field?.title, lang)}</span>
                <Proof e={e} />
              </div>
              {e.by !== 'no_need' && (
                <Readings e={e} disabled={busy} onChoose={(order) => choose(withDate(imp.choice, c.column, order))} />
              )}
              {e.by === 'user' &&
                columns.length > 1 &&
                e.format.order !== '' &&
                imp.choice.date_format !== e.format.order && (
                  <Button
                    size="small"
                    disabled={busy}
                    onClick={() => choose({ ...imp.choice, date_format: e.format.order, dates: {} })}
                  >
                    {t('dateAll')}
                  </Button>
                )}
            </div>
          );
        })}
      </div>
    </Panel>
  );
}

function Proof({ e }: { e: DateEvidence }) {
  const { t } = useTranslation('imports');
  const open = e.by === 'unsettled' || e.by === 'contradicted';
  return (
    <>
      <Tag tone={open ? 'warn' : 'plain'}>{t(`dateBy.${e.by}`, { from: e.from ?? '' })}</Tag>
      {e.format.order !== '' && <span className="ac-small ac-muted">{t(`dateOrder.${e.format.order}`)}</span>}
      {e.dmy + e.mdy > 0 && (
        <span className="ac-small ac-muted">{t('dateProof', { dmy: e.dmy, mdy: e.mdy, ambiguous: e.ambiguous })}</span>
      )}
    </>
  );
}

/** The two readings of one value side by side: a person knows which of them is possible. */
function Readings({
  e,
  disabled,
  onChoose,
}: {
  e: DateEvidence;
  disabled: boolean;
  onChoose: (order: string) => void;
}) {
  const { t } = useTranslation('imports');
  const lang = useLang();
  const [dayFirst, monthFirst] = e.readings ?? ['', ''];
  if (!e.example || !dayFirst || !monthFirst) return null;
  const show = (day: string) => (isDay(day) ? formatDay(day, lang, { year: true, weekday: true }) : day);
  return (
    <div className="ac-stack-s">
      <span className="ac-small ac-muted">{t('dateExample', { row: e.example_row, example: e.example })}</span>
      <Radio.Group
        className="ac-readings"
        disabled={disabled}
        value={e.format.order || undefined}
        aria-label={`${t('dates')}: ${e.column}`}
        onChange={(event) => onChoose(event.target.value as string)}
        options={[
          { value: 'dmy', day: dayFirst },
          { value: 'mdy', day: monthFirst },
        ].map(({ value, day }) => ({
          value,
          label: (
            <>
              <strong>{show(day)}</strong> <span className="ac-small ac-muted">{t(`dateOrder.${value as 'dmy'}`)}</span>
            </>
          ),
        }))}
      />
    </div>
  );
}

const OPEN = '\u0000open';
function Codes({ imp, kind, choose, busy }: StepProps) {
  const { t } = useTranslation(['imports', 'words']);
  const lang = useLang();
  const settled = Object.entries(imp.choice.codes ?? {}).flatMap(([field, words]) =>
    Object.keys(words).map((raw) => ({ field, raw, count: 0 })),
  );
  const open = imp.plan.unknown_codes;
  const rows = [...open, ...settled.filter((s) => !open.some((o) => o.field === s.field && o.raw === s.raw))];
  return (
    <Panel title={t('imports:codes')} flush={rows.length > 0}>
      {rows.length === 0 ? (
        <p className="ac-muted">{t('imports:codesNone')}</p>
      ) : (
        <>
          <p className="ac-muted" style={{ padding: '12px 16px 4px' }}>
            {t('imports:codesWhy')}
          </p>
          <div className="ac-scroll-x">
            <table className="ac-table">
              <thead>
                <tr>
                  <th>{t('imports:colField')}</th>
                  <th>{t('imports:codeRaw')}</th>
                  <th className="ac-num">{t('imports:codeCount')}</th>
                  <th>{t('imports:codeMeans')}</th>
                </tr>
              </thead>
              <tbody>
                {rows.map(({ field: key, raw, count }) => {
                  const field = kind.fields.find((f) => f.key === key);
                  if (!field) return null;
                  return (
                    <tr key={`${key}-${raw}`}>
                      <td>{textIn(field.title, lang)}</td>
                      <td>
                        <code>{raw}</code>
                      </td>
                      <td className="ac-num">{count > 0 ? formatNumber(count, lang) : ''}</td>
                      <td>
                        <Select<string>
                          className="ac-columns-select"
                          disabled={busy}
                          value={imp.choice.codes?.[key]?.[raw] ?? OPEN}
                          aria-label={`${t('imports:codeMeans')}: ${raw}`}
                          onChange={(code) => code !== OPEN && choose(withCode(imp.choice, key, raw, code))}
                          options={[
                            { value: OPEN, label: t('imports:codeOpen'), disabled: true },
                            ...field.codes.map((c) => ({ value: c.value, label: codeName(t, field, c.value) })),
                            { value: '', label: t('imports:codeNone') },
                          ]}
                        />
                      </td>
                    </tr>
                  );
                })}
              </tbody>
            </table>
          </div>
        </>
      )}
    </Panel>
  );
}

function Constants({ imp, kind, choose, busy }: StepProps) {
  const { t } = useTranslation(['imports', 'words']);
  const lang = useLang();
  const fields = (CONSTANTS[imp.kind] ?? []).flatMap((key) => kind.fields.filter((f) => f.key === key));
  if (fields.length === 0) return null;
  return (
    <Panel title={t('imports:constants')}>
      <p className="ac-muted" style={{ marginBottom: 12 }}>
        {t('imports:constantsWhy')}
      </p>
      <div className="ac-form-row">
        {fields.map((field) => (
          <div key={field.key} className="ac-form-cell">
            <label htmlFor={`constant-${field.key}`}>{textIn(field.title, lang)}</label>
            <Select<string>
              id={`constant-${field.key}`}
              disabled={busy}
              style={{ width: 200 }}
              value={imp.choice.constants?.[field.key] ?? ''}
              onChange={(value) => choose(withConstant(imp.choice, field.key, value || undefined))}
              options={[
                { value: '', label: t('imports:constantNone') },
                ...field.codes.map((c) => ({ value: c.value, label: codeName(t, field, c.value) })),
              ]}
            />
          </div>
        ))}
      </div>
    </Panel>
  );
}

function Understood({ imp }: StepProps) {
  const { t } = useTranslation('imports');
  const lang = useLang();
  const missing = Object.entries(imp.plan.taken_as_missing ?? {}).flatMap(([column, words]) =>
    Object.entries(words).map(([word, count]) => `${column}: ${word} × ${formatNumber(count, lang)}`),
  );
  const assumptions = imp.plan.assumptions ?? [];
  if (missing.length === 0 && assumptions.length === 0) return null;
  return (
    <Panel title={t('assumptions')}>
      <ul className="ac-list">
        {assumptions.map((a) => (
          <li key={a.code}>{a[lang]}</li>
        ))}
      </ul>
      {missing.length > 0 && (
        <p className="ac-muted">
          {t('missing')}
          {lang === 'zh' ? '：' : ': '}
          {missing.join(lang === 'zh' ? '；' : '; ')}
        </p>
      )}
    </Panel>
  );
}
