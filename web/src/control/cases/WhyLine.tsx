import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { q } from '../../api/queries';
import type { SeriesDay } from '../../api/types';
import { useCan } from '../../app/session';
import { useLang } from '../../i18n';
import { formatDay } from '../../shared/day';
import { formatNumber } from '../../shared/format';
import { type CaseFilters, figureOf } from './filters';

type Props = {
  filters: CaseFilters;
  incidentId: string;
  placeId: string;
  placeName: string;
  total: number | undefined;
};

/**
 * Says why the list is as long as it is, when it was opened from a figure: which figure,
 * of which place and days, and which part of it has no list because areas reported totals.
 */
export function WhyLine({ filters, incidentId, placeId, placeName, total }: Props) {
  const { t } = useTranslation(['cases', 'words']);
  const lang = useLang();
  const can = useCan();
  const figure = figureOf(filters);
  const { from = '', to = '' } = filters;
  const series = useQuery({
    ...q.series({ incident_id: incidentId, place_id: placeId, from, to }, 'report'),
    enabled: figure !== undefined && can('situation.view'),
  });
  const open = filters.open_on ?? filters.no_anchor_on;
  if (open && total !== undefined) {
    const values = { n: formatNumber(total, lang), day: formatDay(open, lang, { year: true }), place: placeName };
    return <p className="ac-why">{t(filters.open_on ? 'cases:why.open' : 'cases:why.noAnchor', values)}</p>;
  }
  if (!figure || total === undefined) return null;
  const all = series.data?.days.reduce((n, d) => n + d[figure as keyof Omit<SeriesDay, 'on' | 'complete'>], 0);
  const elsewhere = all === undefined ? 0 : all - total;
  const days =
    from === to
      ? formatDay(from, lang, { year: true })
      : t('cases:between', { from: formatDay(from, lang, { year: true }), to: formatDay(to, lang, { year: true }) });
  const n = formatNumber(total, lang);
  return (
    <p className="ac-why">
      {t('cases:why.figure', { figure: t(`words:figure.${figure}`), place: placeName, days, n })}
      {all !== undefined && elsewhere === 0 && ` ${t('cases:why.equal')}`}
      {elsewhere > 0 && (
        <>
          {' '}
          {t('cases:why.fromTotals', { all: formatNumber(all, lang), n: formatNumber(elsewhere, lang) })}{' '}
          <Link to="/counts" search={(s) => ({ incident: s.incident, place: s.place, from, to })}>
            {t('cases:why.openTotals')}
          </Link>
        </>
      )}
      {elsewhere < 0 && (
        <>
          {' '}
          {t('cases:why.replaced', { all: formatNumber(all, lang) })}{' '}
          <Link to="/counts" search={(s) => ({ incident: s.incident, place: s.place, from, to })}>
            {t('cases:why.openTotals')}
          </Link>
        </>
      )}
    </p>
  );
}
