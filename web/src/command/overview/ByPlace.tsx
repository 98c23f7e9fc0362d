import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { type At, q } from '../../api/queries';
import type { PlaceFigures } from '../../api/types';
import { Loading } from '../../app/Loading';
import { useScope } from '../../app/scope';
import { useLang } from '../../i18n';
import { DrillLink } from '../../shared/FigureCard';
import { formatNumber, nameIn } from '../../shared/format';
import { Tag } from '../../shared/marks';
import { Panel } from '../../shared/PageHeader';
import { ErrorState } from '../../shared/states';

/** The line list behind a figure of one place. */
function listOf(at: At, placeId: string, more: Record<string, string>): string {
  return `/cases?${new URLSearchParams({ incident: at.incident_id, place: placeId, date: 'report', ...more })}`;
}

function Rows({ at, rows }: { at: At; rows: PlaceFigures[] }) {
  const { t } = useTranslation('words');
  const lang = useLang();
  const { setPlace } = useScope();
  const day = { from: at.on, to: at.on, counted: 'infections' };
  const number = (n: number, href: string) =>
    n > 0 ? <DrillLink href={href}>{formatNumber(n, lang)}</DrillLink> : formatNumber(n, lang);
  return rows.map((row) => (
    <tr key={row.place_id}>
      <th scope="row" style={{ fontWeight: 400 }}>
        <button type="button" className="ac-link-button" onClick={() => setPlace(row.place_id)}>
          {nameIn(row, lang)}
        </button>
      </th>
      <td className="ac-num">{number(row.new.infections, listOf(at, row.place_id, day))}</td>
      <td className="ac-num">
        {number(row.new.found_in_community, listOf(at, row.place_id, { ...day, found: 'community' }))}
      </td>
      <td className="ac-num">{formatNumber(row.cumulative.infections, lang)}</td>
      <td className="ac-num">
        {row.population ? formatNumber(Math.round((row.cumulative.infections / row.population) * 1e6) / 10, lang) : '–'}
      </td>
      <td>{row.phase ? <Tag tone="accent">{t(`phase.${row.phase}`)}</Tag> : <span className="ac-faint">–</span>}</td>
    </tr>
  ));
}

/** Figures of the places below, most new infections first; the rows and the rest add up to the place. */
export function ByPlace({ at }: { at: At }) {
  const { t } = useTranslation(['overview', 'words']);
  const lang = useLang();
  const { place } = useScope();
  const { level } = useSearch({ from: '/' });
  const navigate = useNavigate({ from: '/' });
  const query = useQuery(q.byPlace(at, level));
  const items = query.data?.items ?? [];
  const rest = query.data?.rest;
  const rows = [...items].sort(
    (a, b) => b.new.infections - a.new.infections || b.cumulative.infections - a.cumulative.infections,
  );
  const counted = rest ? [...rows, rest] : rows;
  const whole = query.data?.whole;
  const total = (pick: (row: PlaceFigures) => number) =>
    formatNumber(whole ? pick(whole) : counted.reduce((sum, row) => sum + pick(row), 0), lang);
  const hasRest = rest && (rest.cumulative.infections > 0 || rest.new.infections > 0);
  const options = [
    { value: '', label: t('overview:children') },
    ...(place?.child_levels ?? [])
      .filter((l) => l.count <= 2000)
      .map((l) => ({ value: l.level, label: `${t(`words:level.${l.level}`)} (${formatNumber(l.count, lang)})` })),
  ];
  const tools = (
    <Select
      size="small"
      aria-label={t('overview:byLevel')}
      value={level ?? ''}
      options={options}
      popupMatchSelectWidth={false}
      onChange={(value) => void navigate({ replace: true, search: (s) => ({ ...s, level: value || undefined }) })}
    />
  );
  return (
    <Panel title={t('overview:byPlace')} tools={tools} flush>
      {query.isPending && <Loading />}
      {query.isError && <ErrorState error={query.error} retry={() => query.refetch()} />}
      {query.data && rows.length === 0 && (
        <p className="ac-muted" style={{ padding: 16 }}>
          {t('overview:noPlaces')}
        </p>
      )}
      {rows.length > 0 && (
        <div className="ac-scroll-x" style={{ maxHeight: 560, overflowY: 'auto' }}>
          <table className="ac-table">
            <thead style={{ position: 'sticky', top: 0, zIndex: 1 }}>
              <tr>
                <th scope="col">{t('overview:col.name')}</th>
                <th scope="col" className="ac-num">
                  {t('overview:col.new')}
                </th>
                <th scope="col" className="ac-num">
                  {t('overview:col.community')}
                </th>
                <th scope="col" className="ac-num">
                  {t('overview:col.cumulative')}
                </th>
                <th scope="col" className="ac-num">
                  {t('overview:col.per100k')}
                </th>
                <th scope="col">{t('overview:col.phase')}</th>
              </tr>
            </thead>
            <tbody>
              <Rows at={at} rows={rows} />
              {hasRest && (
                <tr>
                  <th scope="row" style={{ fontWeight: 400 }} className="ac-muted">
                    {t('overview:rest')}
                  </th>
                  <td className="ac-num">{formatNumber(rest.new.infections, lang)}</td>
                  <td className="ac-num">{formatNumber(rest.new.found_in_community, lang)}</td>
                  <td className="ac-num">{formatNumber(rest.cumulative.infections, lang)}</td>
                  <td className="ac-num">–</td>
                  <td>–</td>
                </tr>
              )}
            </tbody>
            <tfoot>
              <tr>
                <td>{t('overview:sum')}</td>
                <td className="ac-num">{total((r) => r.new.infections)}</td>
                <td className="ac-num">{total((r) => r.new.found_in_community)}</td>
                <td className="ac-num">{total((r) => r.cumulative.infections)}</td>
                <td />
                <td />
              </tr>
            </tfoot>
          </table>
        </div>
      )}
    </Panel>
  );
}
