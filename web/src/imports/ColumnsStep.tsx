import { LockOutlined } from '@ant-design/icons';
import { Alert, Checkbox, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useLang } from '../i18n';
import { textIn } from '../shared/format';
import { Panel } from '../shared/PageHeader';
import type { StepProps } from './ImportPage';
import type { Import, PlannedColumn } from './types';
import { missingRequired, withColumn } from './wizard';

/** Step 3: which column goes into which field, with the reason of each match. */
export function ColumnsStep({ imp, kind, choose, busy }: StepProps) {
  const { t } = useTranslation('imports');
  const lang = useLang();
  const missing = missingRequired(kind.fields, imp);
  const unmatched = imp.plan.unmatched ?? [];
  return (
    <div className="ac-stack">
      {imp.plan.saved_mapping && <Alert type="info" showIcon title={t('savedMapping')} />}
      {missing.length > 0 && (
        <Alert
          type="warning"
          showIcon
          title={t('requiredMissing', { fields: missing.map((f) => textIn(f.title, lang)).join(', ') })}
        />
      )}
      {(imp.plan.dropped ?? []).map((d) => {
        const field = kind.fields.find((f) => f.key === d.field);
        return (
          <Alert
            key={d.field}
            type="info"
            showIcon
            title={t('dropped', { field: textIn(field?.title, lang) || d.field, reason: textIn(d.reason, lang) })}
          />
        );
      })}
      <Panel title={t('step.columns')} flush>
        <div className="ac-scroll-x">
          <table className="ac-table ac-columns">
            <thead>
              <tr>
                <th>{t('colFile')}</th>
                <th>{t('colSample')}</th>
                <th>{t('colField')}</th>
                <th>{t('colWhy')}</th>
              </tr>
            </thead>
            <tbody>
              {imp.plan.columns.map((column, i) => (
                <tr key={column.column} data-out={column.field === '' || undefined}>
                  <td className="ac-columns-name">{column.column}</td>
                  <td className="ac-columns-sample">{samplesOf(imp, i)}</td>
                  <td>
                    <FieldSelect column={column} imp={imp} kind={kind} busy={busy} choose={choose} />
                  </td>
                  <td className="ac-nowrap">
                    <Why column={column} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Panel>
      {unmatched.length > 0 && (
        <Panel title={t('unmatched')}>
          <div className="ac-stack-s">
            <p>{unmatched.join(lang === 'zh' ? '、' : ', ')}</p>
            <Checkbox
              checked={imp.choice.keep_extra ?? false}
              disabled={busy}
              onChange={(e) => choose({ ...imp.choice, keep_extra: e.target.checked })}
            >
              {t('keepExtra')}
            </Checkbox>
          </div>
        </Panel>
      )}
    </div>
  );
}

const SAMPLES = 3;
function samplesOf(imp: Import, column: number): string {
  const values = (imp.preview?.rows ?? []).map((row) => row.cells[column]?.trim() ?? '').filter((v) => v !== '');
  return [...new Set(values)].slice(0, SAMPLES).join(' · ') || '–';
}

type SelectProps = Pick<StepProps, 'imp' | 'kind' | 'choose' | 'busy'> & { column: PlannedColumn };
function FieldSelect({ column, imp, kind, choose, busy }: SelectProps) {
  const { t } = useTranslation('imports');
  const lang = useLang();
  const used = new Set(imp.plan.columns.filter((c) => c.column !== column.column).map((c) => c.field));
  return (
    <Select<string>
      className="ac-columns-select"
      value={column.field}
      disabled={busy}
      aria-label={`${t('colField')}: ${column.column}`}
      showSearch={{ optionFilterProp: 'search' }}
      onChange={(field) => choose(withColumn(imp, column.column, field))}
      options={[
        { value: '', search: t('leaveOut'), label: <span className="ac-muted">{t('leaveOut')}</span> },
        ...kind.fields.map((f) => ({
          value: f.key,
          search: `${f.title.zh} ${f.title.en} ${f.key}`,
          label: (
            <span className={used.has(f.key) ? 'ac-faint' : undefined}>
              {textIn(f.title, lang)}
              {f.required && <span className="ac-small ac-muted"> ({t('required')})</span>}
              {f.personal !== '' && <LockOutlined title={t('personal')} style={{ marginLeft: 6 }} />}
            </span>
          ),
        })),
      ]}
    />
  );
}

/** From here on a match is the same or a known other name: nothing to look at twice. */
const SURE = 0.9;
function Why({ column }: { column: PlannedColumn }) {
  const { t } = useTranslation('imports');
  if (column.field === '') return <span className="ac-faint">–</span>;
  const reason = t(`reason.${column.reason as 'saved'}`, { defaultValue: column.reason });
  return (
    <span className={column.score >= SURE ? 'ac-muted' : 'ac-unsure'}>
      {reason}
      {column.score < SURE && ` ${t('score', { percent: Math.round(column.score * 100) })}`}
    </span>
  );
}
