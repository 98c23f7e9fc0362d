import { PrinterOutlined, SearchOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLang } from '../../i18n';
import { textIn } from '../../shared/format';
import { Tag } from '../../shared/marks';
import { PageHeader, Panel } from '../../shared/PageHeader';
import { EmptyState, ErrorState } from '../../shared/states';
import { type RegisterField, register } from '../disclosure/queries';
import './dataregister.css';

type Class =
  | 'name'
  | 'phone'
  | 'id_number'
  | 'address'
  | 'health'
  | 'free_text'
  | 'location'
  | 'fact'
  | 'keyed_hash'
  | 'staff'
  | 'secret';

/** People and cases first, then what is kept about staff and for the record. */
function rank(table: string): number {
  const at = ['people', 'household', 'case', 'import', 'user'].findIndex((name) => table.startsWith(name));
  return at < 0 ? 9 : at;
}

/** Which personal data are kept, why, for how long, and who sees them. Made to be printed. */
export function DataRegisterPage() {
  const { t } = useTranslation('privacy');
  const lang = useLang();
  const [text, setText] = useState('');
  const query = useQuery(register());
  const needle = text.trim().toLowerCase();
  const fields = (query.data?.items ?? []).filter(
    (f) =>
      needle === '' ||
      [f.column, f.table, f.class, textIn(f.name, lang), textIn(f.table_name, lang), textIn(f.purpose, lang)].some(
        (s) => s.toLowerCase().includes(needle),
      ),
  );
  const tables = [...new Set(fields.map((f) => f.table))].sort((a, b) => rank(a) - rank(b));
  return (
    <div className="ac-page ac-register">
      <PageHeader
        title={t('register.title')}
        sub={t('register.sub')}
        tools={
          <span className="ac-row ac-no-print">
            <Input
              prefix={<SearchOutlined aria-hidden />}
              allowClear
              placeholder={t('register.search')}
              aria-label={t('register.search')}
              style={{ width: 200 }}
              onChange={(e) => setText(e.target.value)}
            />
            <Button icon={<PrinterOutlined aria-hidden />} onClick={() => window.print()}>
              {t('register.print')}
            </Button>
          </span>
        }
      />
      {query.error && <ErrorState error={query.error} retry={() => void query.refetch()} />}
      {query.data && fields.length === 0 && <EmptyState title={t('register.search')} />}
      <div className="ac-stack">
        {tables.map((table) => (
          <TableOf key={table} fields={fields.filter((f) => f.table === table)} />
        ))}
        {query.data && <p className="ac-muted ac-small">{t('register.technical')}</p>}
      </div>
    </div>
  );
}

function TableOf({ fields }: { fields: RegisterField[] }) {
  const { t } = useTranslation('privacy');
  const lang = useLang();
  const head = fields[0];
  if (!head) return null;
  return (
    <Panel
      title={
        <>
          {textIn(head.table_name, lang)} <span className="ac-faint ac-mono ac-small">{head.table}</span>
        </>
      }
    >
      <div style={{ overflowX: 'auto' }}>
        <table className="ac-table ac-register-table">
          <thead>
            <tr>
              <th>{t('register.field')}</th>
              <th>{t('register.class')}</th>
              <th>{t('register.purpose')}</th>
              <th>{t('register.basis')}</th>
              <th>{t('register.retention')}</th>
              <th>{t('register.sees')}</th>
            </tr>
          </thead>
          <tbody>
            {fields.map((f) => (
              <tr key={f.column}>
                <td>
                  {textIn(f.name, lang)}
                  <div className="ac-faint ac-small ac-mono">{f.column}</div>
                </td>
                <td>
                  {t(`register.classes.${f.class as Class}`)}{' '}
                  {f.sealed && <Tag tone="good">{t('register.sealed')}</Tag>}
                </td>
                <td>{textIn(f.purpose, lang)}</td>
                <td>{textIn(f.basis, lang)}</td>
                <td>{textIn(f.retention, lang)}</td>
                <td className="ac-small">
                  {f.plain.length > 0 && <div>{t('register.plain', { ops: f.plain.join(', ') })}</div>}
                  {f.masked.length > 0 && <div>{t('register.masked', { ops: f.masked.join(', ') })}</div>}
                  {f.plain.length + f.masked.length === 0 && t('register.nobody')}
                  {(f.note.zh || f.note.en) && <div>{textIn(f.note, lang)}</div>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
