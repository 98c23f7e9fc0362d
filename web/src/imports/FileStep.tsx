import { Checkbox, InputNumber } from 'antd';
import { useTranslation } from 'react-i18next';
import { useLang } from '../i18n';
import { formatNumber } from '../shared/format';
import { Panel } from '../shared/PageHeader';
import type { StepProps } from './ImportPage';
import { Discard } from './RunStep';
import { sizeText } from './wizard';

/** Step 1: what the file is, and what the checks found. */
export function FileStep({ imp, choose, act }: StepProps) {
  const { t } = useTranslation('imports');
  const lang = useLang();
  const { file, choice } = imp;
  const confirm = file.findings.some((f) => f.confirm);
  return (
    <Panel title={t('step.file')} tools={<Discard act={act} />}>
      <div className="ac-stack">
        <dl className="ac-dl">
          <dt>{t('file')}</dt>
          <dd>{file.name}</dd>
          <dt>{t('size')}</dt>
          <dd>{sizeText(file.size)}</dd>
          <dt>{t('format')}</dt>
          <dd>{t(`formatOf.${file.format as 'delimited'}`, { defaultValue: file.format })}</dd>
          <dt>{t('dataRows')}</dt>
          <dd>{formatNumber(file.stats.rows, lang)}</dd>
        </dl>
        <div>
          <h3>{t('findings')}</h3>
          {file.findings.length === 0 ? (
            <p className="ac-muted">{t('findingsNone')}</p>
          ) : (
            <ul className="ac-list">
              {file.findings.map((f) => (
                <li key={f.code}>{f[lang]}</li>
              ))}
            </ul>
          )}
        </div>
        {confirm && (
          <Checkbox
            checked={choice.confirm_cut ?? false}
            onChange={(e) => choose({ ...choice, confirm_cut: e.target.checked })}
          >
            {t('confirmCut')}
          </Checkbox>
        )}
        <div className="ac-stack-s">
          <label htmlFor="control-rows">{t('control')}</label>
          <InputNumber
            id="control-rows"
            min={0}
            precision={0}
            style={{ width: 160 }}
            defaultValue={choice.control_rows || undefined}
            onBlur={(e) => {
              const n = Number(e.target.value) || 0;
              if (n !== (choice.control_rows ?? 0)) choose({ ...choice, control_rows: n });
            }}
          />
          <span className="ac-small ac-muted">{t('controlHint')}</span>
        </div>
      </div>
    </Panel>
  );
}
