import { CloseOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { q } from '../../api/queries';
import type { Day, PlaceDetail, SeriesDay } from '../../api/types';
import { Loading } from '../../app/Loading';
import { useScope } from '../../app/scope';
import { useCan } from '../../app/session';
import { useLang } from '../../i18n';
import { formatDay } from '../../shared/day';
import { formatNumber, nameIn } from '../../shared/format';
import { ClassShape } from '../../shared/marks';
import { ErrorState } from '../../shared/states';
import { Trail } from '../../shared/Trail';
import { mapQuery } from './outbreak';

type Props = {
  placeId: string;
  incidentId: string;
  from: Day;
  to: Day;
  /** The days of the slider, to draw the place's course over all of them. */
  first: Day;
  last: Day;
  onPick: (id: string) => void;
  onClose: () => void;
};

/** The figures of the chosen place for the window, and the ways on. */
export function PlacePanel({ placeId, incidentId, from, to, first, last, onPick, onClose }: Props) {
  const { t } = useTranslation(['map', 'words']);
  const lang = useLang();
  const place = useQuery(q.place(placeId));
  const series = useQuery(q.series({ incident_id: incidentId, place_id: placeId, from: first, to: last }, 'report'));
  if (place.isError) return <ErrorState error={place.error} retry={() => place.refetch()} />;
  if (!place.data) return <Loading />;
  const p = place.data;
  const inWindow = (series.data?.days ?? []).filter((d) => d.on >= from && d.on <= to);
  const span =
    from === to ? formatDay(from, lang) : t('map:days', { from: formatDay(from, lang), to: formatDay(to, lang) });
  return (
    <div className="ac-map-place">
      <div className="ac-row-between" style={{ flexWrap: 'nowrap', alignItems: 'flex-start' }}>
        <div style={{ minWidth: 0 }}>
          <h2>
            {nameIn(p, lang)} <span className="ac-small ac-muted">{t(`words:level.${p.level}`)}</span>
          </h2>
          <Trail parts={p.ancestors.map((a) => ({ id: a.id, name: nameIn(a, lang) }))} />
        </div>
        <Button type="text" icon={<CloseOutlined aria-hidden />} aria-label={t('map:close')} onClick={onClose} />
      </div>
      <p className="ac-small ac-muted">{span}</p>
      {series.isError ? (
        <ErrorState error={series.error} retry={() => series.refetch()} />
      ) : series.isPending ? (
        <Loading />
      ) : (
        <>
          <Figures days={inWindow} />
          <Course days={series.data.days} from={from} to={to} />
        </>
      )}
      <Ways place={p} from={from} to={to} any={inWindow.some((d) => d.infections > 0)} />
      {p.level === 'building' && <Units building={p} incidentId={incidentId} from={from} to={to} onPick={onPick} />}
    </div>
  );
}

function Figures({ days }: { days: SeriesDay[] }) {
  const { t } = useTranslation(['map', 'words']);
  const lang = useLang();
  const sum = (key: keyof Omit<SeriesDay, 'on' | 'complete'>) => days.reduce((n, d) => n + d[key], 0);
  const number = (n: number) => formatNumber(n, lang);
  if (sum('infections') === 0 && sum('reclassified') === 0) return <p className="ac-muted">{t('map:noneInWindow')}</p>;
  return (
    <>
      <p className="ac-map-total">
        <span className="ac-figure-value">{number(sum('infections'))}</span> {t('words:figure.infections')}
      </p>
      <dl className="ac-dl">
        <dt>{t('words:found.community')}</dt>
        <dd>{number(sum('found_in_community'))}</dd>
        <dt>{t('words:found.control')}</dt>
        <dd>{number(sum('found_under_control'))}</dd>
        <dt className="ac-mark">
          <ClassShape shape="full" /> {t('words:classification.confirmed')}
        </dt>
        <dd>{number(sum('confirmed') - sum('reclassified'))}</dd>
        <dt className="ac-mark">
          <ClassShape shape="ring" /> {t('words:classification.asymptomatic')}
        </dt>
        <dd>{number(sum('asymptomatic'))}</dd>
      </dl>
      {sum('reclassified') > 0 && (
        <p className="ac-small ac-muted">{t('map:reclassifiedToo', { n: number(sum('reclassified')) })}</p>
      )}
    </>
  );
}

function Course({ days, from, to }: { days: SeriesDay[]; from: Day; to: Day }) {
  const { t } = useTranslation('map');
  const peak = Math.max(1, ...days.map((d) => d.infections));
  const n = Math.max(1, days.length);
  return (
    <div>
      <h3 className="ac-small ac-muted">{t('trend')}</h3>
      <svg className="ac-course" viewBox={`0 0 ${n} 32`} preserveAspectRatio="none" role="img" aria-label={t('trend')}>
        {days.map((d, i) => {
          const all = (d.infections / peak) * 32;
          const community = (d.found_in_community / peak) * 32;
          return (
            <g key={d.on} data-in={(d.on >= from && d.on <= to) || undefined}>
              <rect className="ac-bar-control" x={i + 0.1} width={0.8} y={32 - all} height={all - community} />
              <rect className="ac-bar-community" x={i + 0.1} width={0.8} y={32 - community} height={community} />
            </g>
          );
        })}
      </svg>
    </div>
  );
}

function Ways({ place, from, to, any }: { place: PlaceDetail; from: Day; to: Day; any: boolean }) {
  const { t } = useTranslation('map');
  const can = useCan();
  const { setPlace, placeId } = useScope();
  return (
    <div className="ac-row">
      {can('cases.case.list') && (
        <Link to="/cases" search={(s) => ({ ...onlyFrame(s), place: place.id, counted: 'infections', from, to })}>
          <Button type={any ? 'primary' : 'default'}>{t('openCases')}</Button>
        </Link>
      )}
      {can('places.place.view') && (
        <Link to="/places/$placeId" params={{ placeId: place.id }} search={onlyFrame}>
          <Button>{t('openPlace')}</Button>
        </Link>
      )}
      {place.children_count > 0 && place.id !== placeId && (
        <Button onClick={() => setPlace(place.id)}>{t('goInto')}</Button>
      )}
    </div>
  );
}

/** Only what every address keeps: the map's own state stays behind. */
export function onlyFrame(s: { incident?: string; place?: string }) {
  return { incident: s.incident, place: s.place };
}

const UNITS_SHOWN = 60;
type UnitsProps = { building: PlaceDetail; incidentId: string; from: Day; to: Day; onPick: (id: string) => void };
/** Below the building the map ends: its stairwell units are a list. */
function Units({ building, incidentId, from, to, onPick }: UnitsProps) {
  const { t } = useTranslation('map');
  const lang = useLang();
  const at = { incident_id: incidentId, place_id: building.id, level: 'unit', from, to };
  const children = useQuery(q.children(building.id));
  const counted = useQuery({ ...mapQuery(at), placeholderData: (old) => old });
  const units = (children.data?.items ?? []).filter((c) => c.level === 'unit');
  const of = new Map((counted.data?.items ?? []).map((i) => [i.place_id, i.figures]));
  const rows = units
    .map((u) => ({ unit: u, n: of.get(u.id)?.infections ?? 0, community: of.get(u.id)?.found_in_community ?? 0 }))
    .sort((a, b) => b.n - a.n || a.unit.name.localeCompare(b.unit.name, 'zh-CN', { numeric: true }));
  return (
    <div>
      <h3>{t('units')}</h3>
      {children.isPending && <Loading />}
      {children.data && rows.length === 0 && <p className="ac-muted">{t('unitsNone')}</p>}
      <ul className="ac-units">
        {rows.slice(0, UNITS_SHOWN).map(({ unit, n, community }) => (
          <li key={unit.id}>
            <button type="button" className="ac-link-button" onClick={() => onPick(unit.id)}>
              {nameIn(unit, lang)}
            </button>
            <span className="ac-num">
              {n > 0 ? (
                <>
                  <strong>{formatNumber(n, lang)}</strong>{' '}
                  <span className="ac-small ac-muted">
                    {t('split', {
                      community: formatNumber(community, lang),
                      control: formatNumber(n - community, lang),
                    })}
                  </span>
                </>
              ) : (
                <span className="ac-faint">0</span>
              )}
            </span>
          </li>
        ))}
      </ul>
      {rows.length > UNITS_SHOWN && <p className="ac-small ac-muted">{t('unitsMore', { n: rows.length })}</p>}
    </div>
  );
}
