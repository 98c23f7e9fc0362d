import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { q } from '../../api/queries';
import type { Incident } from '../../api/types';
import { Loading } from '../../app/Loading';
import { useScope } from '../../app/scope';
import { useLang } from '../../i18n';
import { addDays, formatDay } from '../../shared/day';
import { Panel } from '../../shared/PageHeader';
import { ErrorState } from '../../shared/states';

/** Days shown at once: a long incident is read in windows that end at the newest day looked at. */
const WINDOW = 42;

/** The determination on each past day; choosing one shows that day. */
export function PastDays({
  incident,
  placeId,
  on,
  onDay,
}: {
  incident: Incident;
  placeId: string;
  on: string;
  onDay: (day: string) => void;
}) {
  const { t } = useTranslation('clearance');
  const lang = useLang();
  const { defaultDay } = useScope();
  const to = on > defaultDay ? on : defaultDay;
  const start = addDays(on < addDays(to, 1 - WINDOW) ? on : to, 1 - WINDOW);
  const from = start < incident.started_on ? incident.started_on : start;
  const end = addDays(from, WINDOW - 1) < to ? addDays(from, WINDOW - 1) : to;
  const query = useQuery({
    ...q.clearanceDays({ incident_id: incident.id, place_id: placeId, from, to: end }),
    placeholderData: (old) => old,
  });
  return (
    <Panel title={t('timeline')}>
      {query.isPending && <Loading />}
      {query.isError && <ErrorState error={query.error} retry={() => query.refetch()} />}
      {query.data && (
        <>
          <ol className="ac-days">
            {query.data.days.map((d) => (
              <li key={d.on}>
                <button
                  type="button"
                  className="ac-day"
                  style={{ width: '100%' }}
                  data-met={d.met}
                  aria-pressed={d.on === on}
                  title={t('timelineDay', { day: formatDay(d.on, lang), n: d.met_count, m: d.count })}
                  onClick={() => onDay(d.on)}
                >
                  <span className="ac-sr">
                    {t('timelineDay', { day: formatDay(d.on, lang), n: d.met_count, m: d.count })}
                  </span>
                  <span aria-hidden>{d.met ? '✓' : `${d.met_count}/${d.count}`}</span>
                  <small aria-hidden>
                    {Number(d.on.slice(5, 7))}/{Number(d.on.slice(8))}
                  </small>
                </button>
              </li>
            ))}
          </ol>
          <p className="ac-small ac-muted ac-no-print" style={{ marginTop: 8 }}>
            {t('timelineHint')}
          </p>
        </>
      )}
    </Panel>
  );
}
