import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { q } from '../../api/queries';
import type { FigureKey, Incident, Situation } from '../../api/types';
import { useScope } from '../../app/scope';
import { useLang } from '../../i18n';
import { addDays, formatDay } from '../../shared/day';
import { type CurveBy, type CurveSplit, EpiCurve } from '../../shared/EpiCurve';
import { FigureCard } from '../../shared/FigureCard';
import { formatNumber } from '../../shared/format';
import { Panel } from '../../shared/PageHeader';
import { ErrorState } from '../../shared/states';

/** The curve shows at most this many days; a longer incident is read on its own pages. */
const CURVE_DAYS = 120;
const PARTS: FigureKey[] = ['found_in_community', 'found_under_control', 'confirmed', 'asymptomatic', 'reclassified'];

type Props = { incident: Incident; placeId: string; on: string; situation: Situation; title: string };

/** The day's figures, each of which opens, and the curve that leads to them. */
export function NewInfections({ incident, placeId, on, situation, title }: Props) {
  const { t } = useTranslation(['overview', 'words']);
  const lang = useLang();
  const { setDay } = useScope();
  const search = useSearch({ from: '/' });
  const navigate = useNavigate({ from: '/' });
  const by: CurveBy = search.by === 'onset' ? 'onset' : 'report';
  const split: CurveSplit = search.split === 'class' ? 'class' : 'found';
  const earliest = addDays(on, 1 - CURVE_DAYS);
  const from = incident.started_on > earliest ? incident.started_on : earliest;
  const series = useQuery({
    ...q.series({ incident_id: incident.id, place_id: placeId, from, to: on }, by),
    placeholderData: (old) => old,
  });
  const set = (change: { by?: string; split?: string }) =>
    void navigate({ replace: true, search: (s) => ({ ...s, ...change }) });
  const { new: now, previous, cumulative, definitions, drill } = situation;

  return (
    <Panel title={title}>
      <div className="ac-stack">
        <div className="ac-figures">
          <FigureCard
            label={t('words:figure.infections')}
            value={now.infections}
            previous={previous.infections}
            definition={definitions.infections}
            drill={drill.infections}
          />
          {PARTS.map((key) => (
            <FigureCard
              key={key}
              size="small"
              label={t(`words:figure.${key}`)}
              value={now[key]}
              previous={previous[key]}
              definition={definitions[key]}
              drill={drill[key]}
            />
          ))}
        </div>
        {series.isError && !series.data ? (
          <ErrorState error={series.error} retry={() => series.refetch()} />
        ) : (
          <EpiCurve
            days={series.data?.days ?? []}
            by={by}
            onBy={(next) => set({ by: next === 'onset' ? next : undefined })}
            split={split}
            onSplit={(next) => set({ split: next === 'class' ? next : undefined })}
            on={on}
            onDay={setDay}
            fileName={`curve-${by}-${on}`}
          />
        )}
        <p className="ac-muted">
          {t('overview:cumulativeTo', { day: formatDay(on, lang) })}
          {lang === 'zh' ? '：' : ': '}
          {(['infections', 'confirmed', 'asymptomatic', 'deaths'] as const).map((key, i) => (
            <span key={key}>
              {i > 0 && ' · '}
              <span className="ac-nowrap">
                {t(`words:figure.${key}`)}{' '}
                <strong style={{ color: 'var(--ac-text)' }}>{formatNumber(cumulative[key], lang)}</strong>
              </span>
            </span>
          ))}
        </p>
      </div>
    </Panel>
  );
}
