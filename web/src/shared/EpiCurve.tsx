import { BarChartOutlined, DownloadOutlined, TableOutlined } from '@ant-design/icons';
import { Button, Dropdown, Segmented, Tooltip } from 'antd';
import { lazy, Suspense, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SeriesDay } from '../api/types';
import { useLang } from '../i18n';
import type { CurveHandle } from './curve/CurveChart';
import { formatDay } from './day';
import { downloadCsv, downloadDataUrl } from './download';
import { formatNumber } from './format';
import { useShortcut } from './shortcuts';

const CurveChart = lazy(() => import('./curve/CurveChart'));

export type CurveBy = 'report' | 'onset';
/** Stacked by how the infections were found, or by class. */
export type CurveSplit = 'found' | 'class';

type Props = {
  days: SeriesDay[];
  by: CurveBy;
  onBy?: (by: CurveBy) => void;
  split: CurveSplit;
  onSplit?: (split: CurveSplit) => void;
  /** The day the page looks at is marked. */
  on?: string;
  onDay?: (day: string) => void;
  height?: number;
  fileName?: string;
};

/** The two stacked series of a split, lower first. */
export function stackOf(
  split: CurveSplit,
): ['found_in_community', 'found_under_control'] | ['confirmed', 'asymptomatic'] {
  return split === 'found' ? ['found_in_community', 'found_under_control'] : ['confirmed', 'asymptomatic'];
}
/** Confirmed without the reclassified: those were counted when they were asymptomatic, so the stack equals new infections. */
export function stackValue(day: SeriesDay, key: ReturnType<typeof stackOf>[number]): number {
  return key === 'confirmed' ? day.confirmed - day.reclassified : day[key];
}

/** The epidemic curve, with its table twin, CSV and PNG. */
export function EpiCurve({ days, by, onBy, split, onSplit, on, onDay, height = 240, fileName = 'curve' }: Props) {
  const { t } = useTranslation(['shared', 'words']);
  const lang = useLang();
  const [view, setView] = useState<'chart' | 'table'>('chart');
  const chart = useRef<CurveHandle>(null);
  useShortcut('tableTwin', () => setView((v) => (v === 'chart' ? 'table' : 'chart')));

  const total = days.reduce((sum, d) => sum + d.infections, 0);
  const peak = days.reduce<SeriesDay | undefined>(
    (top, d) => (!top || d.infections > top.infections ? d : top),
    undefined,
  );
  const first = days[0];
  const last = days[days.length - 1];
  const summary =
    first && last && peak && total > 0
      ? t('shared:curve.summary', {
          from: formatDay(first.on, lang),
          to: formatDay(last.on, lang),
          total: formatNumber(total, lang),
          peakDay: formatDay(peak.on, lang),
          peak: formatNumber(peak.infections, lang),
        })
      : t('shared:curve.empty');
  const incomplete = days.some((d) => !d.complete);

  const csv = () =>
    downloadCsv(`${fileName}.csv`, [
      [
        'day',
        'infections',
        'confirmed',
        'asymptomatic',
        'reclassified',
        'found_in_community',
        'found_under_control',
        'complete',
      ],
      ...days.map((d) => [
        d.on,
        d.infections,
        d.confirmed,
        d.asymptomatic,
        d.reclassified,
        d.found_in_community,
        d.found_under_control,
        d.complete,
      ]),
    ]);
  const png = () => {
    const url = chart.current?.png();
    if (url) downloadDataUrl(`${fileName}.png`, url);
  };

  return (
    <figure style={{ margin: 0 }}>
      <div className="ac-row-between ac-no-print" style={{ marginBottom: 8 }}>
        <div className="ac-row">
          {onSplit && (
            <Segmented<CurveSplit>
              size="small"
              value={split}
              onChange={onSplit}
              options={[
                { value: 'found', label: t('shared:curve.byFound') },
                { value: 'class', label: t('shared:curve.byClass') },
              ]}
            />
          )}
          {onBy && (
            <Segmented<CurveBy>
              size="small"
              value={by}
              onChange={onBy}
              options={[
                { value: 'report', label: t('shared:curve.report') },
                { value: 'onset', label: t('shared:curve.onset') },
              ]}
            />
          )}
        </div>
        <div className="ac-row" style={{ gap: 0 }}>
          <Tooltip title={view === 'chart' ? t('shared:curve.table') : t('shared:curve.chart')}>
            <Button
              type="text"
              size="small"
              icon={view === 'chart' ? <TableOutlined /> : <BarChartOutlined />}
              aria-label={view === 'chart' ? t('shared:curve.table') : t('shared:curve.chart')}
              onClick={() => setView(view === 'chart' ? 'table' : 'chart')}
            />
          </Tooltip>
          <Dropdown
            trigger={['click']}
            menu={{
              items: [
                { key: 'csv', label: t('shared:curve.csv'), onClick: csv },
                { key: 'png', label: t('shared:curve.png'), onClick: png, disabled: view === 'table' },
              ],
            }}
          >
            <Button type="text" size="small" icon={<DownloadOutlined />} aria-label={t('shared:curve.csv')} />
          </Dropdown>
        </div>
      </div>
      {view === 'chart' ? (
        <Suspense
          fallback={
            <div className="ac-spin" style={{ height }}>
              {t('shared:curve.loading')}
            </div>
          }
        >
          <CurveChart ref={chart} days={days} split={split} on={on} onDay={onDay} height={height} label={summary} />
        </Suspense>
      ) : (
        <CurveTable days={days} split={split} height={height} />
      )}
      <figcaption className="ac-small ac-muted" style={{ marginTop: 4 }}>
        {summary} {incomplete && t('shared:curve.incompleteNote')}
      </figcaption>
    </figure>
  );
}

function CurveTable({ days, split, height }: { days: SeriesDay[]; split: CurveSplit; height: number }) {
  const { t } = useTranslation(['shared', 'words']);
  const lang = useLang();
  const keys = stackOf(split);
  return (
    <section
      className="ac-scroll-x"
      style={{ maxHeight: height, overflowY: 'auto' }}
      aria-label={t('shared:curve.table')}
    >
      <table className="ac-table">
        <thead>
          <tr>
            <th scope="col">{t('shared:curve.day')}</th>
            <th scope="col" className="ac-num">
              {t('words:figure.infections')}
            </th>
            {keys.map((key) => (
              <th scope="col" className="ac-num" key={key}>
                {t(`words:figure.${key}`)}
              </th>
            ))}
            <th scope="col" className="ac-num">
              {t('words:figure.reclassified')}
            </th>
          </tr>
        </thead>
        <tbody>
          {[...days].reverse().map((d) => (
            <tr key={d.on}>
              <th scope="row" className="ac-nowrap" style={{ fontWeight: 400 }}>
                {formatDay(d.on, lang)}{' '}
                {!d.complete && <span className="ac-small ac-faint">{t('shared:curve.incomplete')}</span>}
              </th>
              <td className="ac-num">{formatNumber(d.infections, lang)}</td>
              {keys.map((key) => (
                <td className="ac-num" key={key}>
                  {formatNumber(split === 'class' ? d[key] : stackValue(d, key), lang)}
                </td>
              ))}
              <td className="ac-num">{formatNumber(d.reclassified, lang)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
