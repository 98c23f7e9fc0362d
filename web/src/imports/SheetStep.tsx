import { Checkbox, InputNumber, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useLang } from '../i18n';
import { formatNumber } from '../shared/format';
import { Panel } from '../shared/PageHeader';
import type { StepProps } from './ImportPage';
import type { Import } from './types';

const DELIMITERS = { comma: ',', semicolon: ';', tab: '\t', pipe: '|', spaces: 'spaces' } as const;

/** Step 2: how the file is read. The preview shows at once whether that is right. */
export function SheetStep({ imp, choose, busy }: StepProps) {
  const { t } = useTranslation('imports');
  const lang = useLang();
  const { file, choice } = imp;
  const sheets = file.sheets ?? [];
  return (
    <div className="ac-stack">
      <Panel title={t('step.sheet')}>
        <div className="ac-form-row">
          {file.format === 'delimited' && (
            <>
              <div className="ac-form-cell">
                <label htmlFor="encoding">{t('encoding')}</label>
                <Select
                  id="encoding"
                  value={file.encoding}
                  disabled={busy}
                  style={{ width: 180 }}
                  onChange={(encoding) => choose({ ...choice, encoding })}
                  options={[...new Set([file.encoding, ...file.encodings_possible])].map((value) => ({
                    value,
                    label: value.toUpperCase(),
                  }))}
                />
              </div>
              <div className="ac-form-cell">
                <label htmlFor="delimiter">{t('delimiter')}</label>
                <Select
                  id="delimiter"
                  value={file.delimiter}
                  disabled={busy}
                  style={{ width: 140 }}
                  onChange={(delimiter) => choose({ ...choice, delimiter })}
                  options={Object.entries(DELIMITERS).map(([name, value]) => ({
                    value,
                    label: t(`delimiterOf.${name as keyof typeof DELIMITERS}`),
                  }))}
                />
              </div>
            </>
          )}
          {(file.format === 'delimited' || file.format === 'xlsx') && (
            <div className="ac-form-cell">
              <label htmlFor="header-row">{t('headerRow')}</label>
              <InputNumber
                key={file.header_row}
                id="header-row"
                min={1}
                max={1000}
                precision={0}
                placeholder={t('auto')}
                disabled={busy}
                defaultValue={file.header_row > 0 ? file.header_row : undefined}
                onBlur={(e) => {
                  const n = Number(e.target.value) || 0;
                  if (n > 0 && n !== file.header_row) choose({ ...choice, header_row: n });
                }}
              />
            </div>
          )}
        </div>
        {sheets.length > 0 && (
          <fieldset className="ac-fieldset">
            <legend>{t('sheets')}</legend>
            <Checkbox.Group
              disabled={busy}
              value={sheets.filter((s) => s.chosen).map((s) => s.name)}
              onChange={(names) => names.length > 0 && choose({ ...choice, sheets: names.map(String) })}
              style={{ display: 'grid', gap: 6 }}
              options={sheets.map((s) => ({
                value: s.name,
                label: (
                  <>
                    {s.name}{' '}
                    <span className="ac-muted">
                      {t('sheetRows', { n: formatNumber(s.rows, lang) })}
                      {s.hidden && ` · ${t('sheetHidden')}`}
                    </span>
                  </>
                ),
              }))}
            />
          </fieldset>
        )}
      </Panel>
      <Preview imp={imp} />
    </div>
  );
}

export function Preview({ imp }: { imp: Import }) {
  const { t } = useTranslation('imports');
  if (!imp.preview) return <p className="ac-muted">{t('previewNone')}</p>;
  const { header, rows } = imp.preview;
  return (
    <Panel title={t('preview', { n: rows.length })} flush>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className="ac-scroll-x ac-preview-table" tabIndex={0} aria-label={t('preview', { n: rows.length })}>
        <table className="ac-table">
          <thead>
            <tr>
              <th className="ac-num">#</th>
              {header.map((name) => (
                <th key={name}>{name}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.number}>
                <td className="ac-num ac-faint">{row.number}</td>
                {header.map((name, i) => (
                  <td key={name} className="ac-preview-cell" title={row.cells[i]}>
                    {row.cells[i] ?? ''}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Panel>
  );
}
