import { DownOutlined, EditOutlined, PlusOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { Alert, Button, Dropdown } from 'antd';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { q } from '../../api/queries';
import type { Incident, PlaceDetail } from '../../api/types';
import { ErrorPage, ForbiddenPage } from '../../app/ErrorPages';
import { Loading } from '../../app/Loading';
import { phaseAt, useScope } from '../../app/scope';
import { useCan } from '../../app/session';
import { useLang } from '../../i18n';
import { formatDay } from '../../shared/day';
import { FigureCard } from '../../shared/FigureCard';
import { formatNumber, nameIn } from '../../shared/format';
import { Tag } from '../../shared/marks';
import { PageHeader, Panel } from '../../shared/PageHeader';
import { ErrorState } from '../../shared/states';
import { ChangeDrawer } from './ChangeDialogs';
import { PlaceHistory } from './PlaceHistory';
import { PlaceMap } from './PlaceMap';
import type { ChangeKind, PlaceFile } from './types';
import './places.css';

const MiniMap = lazy(async () => ({ default: (await import('../../control/map/MiniMap')).MiniMap }));

/** One place: where it stands, what is below it, how the outbreak stands there. */
export function PlacePage() {
  const { placeId } = useParams({ from: '/places/$placeId' });
  const can = useCan();
  const place = useQuery(q.place(placeId));
  if (!can('places.place.view')) return <ForbiddenPage />;
  if (place.isError && !place.data) return <ErrorPage error={place.error} retry={() => place.refetch()} />;
  return place.data ? <File p={place.data as PlaceFile} /> : <Loading />;
}

function File({ p }: { p: PlaceFile }) {
  const { t } = useTranslation(['places', 'words']);
  const lang = useLang();
  const can = useCan();
  const { incident, on, placeId, setPlace } = useScope();
  const phases = useQuery(q.phases(incident?.id ?? ''));
  const trail = [...p.ancestors.map((a) => a.id), p.id];
  const phase = phaseAt(phases.data?.items ?? [], p.path, on);
  const inside = incident !== undefined && trail.includes(incident.place_id);
  const [change, setChange] = useState<ChangeKind>();
  return (
    <div className="ac-page">
      <PageHeader
        title={
          <span className="ac-row">
            {nameIn(p, lang) || p.code} <Tag>{t(`words:level.${p.level}`)}</Tag>
            {phase && <Tag tone="accent">{t(`words:phase.${phase.phase}`)}</Tag>}
          </span>
        }
        tabTitle={nameIn(p, lang)}
        sub={<Above p={p} />}
        tools={
          <>
            {p.id !== placeId && <Button onClick={() => setPlace(p.id)}>{t('places:scope')}</Button>}
            <ChangeMenu p={p} onChoose={setChange} />
            {can('places.place.update') && (
              <Link
                to="/places/$placeId/edit"
                params={{ placeId: p.id }}
                search={(s) => ({ incident: s.incident, place: s.place })}
              >
                <Button icon={<EditOutlined aria-hidden />}>{t('places:edit')}</Button>
              </Link>
            )}
            {can('places.place.create') && p.level !== 'household' && (
              <Link to="/places/new" search={(s) => ({ incident: s.incident, place: s.place, under: p.id })}>
                <Button icon={<PlusOutlined aria-hidden />}>{t('places:new')}</Button>
              </Link>
            )}
          </>
        }
      />
      {p.retired_on && <RetiredNotice p={p} />}
      <div className="ac-place-grid">
        <div>
          {can('situation.view') &&
            (inside && incident ? <FiguresOf incident={incident} p={p} on={on} /> : <NoFigures />)}
          <Below p={p} />
          <PlaceHistory p={p} />
        </div>
        <div>
          {can('situation.view') && inside && incident && (
            <Panel title={t('places:mapTitle')} flush>
              <Suspense fallback={<Loading />}>
                <MiniMap incidentId={incident.id} placeId={p.id} on={on} />
              </Suspense>
            </Panel>
          )}
          <Facts p={p} />
          <PlaceMap p={p} />
        </div>
      </div>
      <ChangeDrawer p={p} kind={change} onDone={() => setChange(undefined)} />
    </div>
  );
}

/** The changes of the tree that this person may make here. */
function ChangeMenu({ p, onChoose }: { p: PlaceFile; onChoose: (kind: ChangeKind) => void }) {
  const { t } = useTranslation('places');
  const can = useCan();
  const kinds: ChangeKind[] = p.retired_on
    ? p.successor_id
      ? []
      : ['reopen']
    : ['rename', 'move', 'split', 'merge', 'retire'];
  const allowed = kinds.filter((kind) => can(`places.place.${kind}`));
  if (allowed.length === 0) return null;
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: allowed.map((key) => ({ key, label: t(`change.menu.${key}`), danger: key === 'retire' })),
        onClick: ({ key }) => onChoose(key as ChangeKind),
      }}
    >
      <Button>
        {t('change.menuTitle')} <DownOutlined aria-hidden />
      </Button>
    </Dropdown>
  );
}

function RetiredNotice({ p }: { p: PlaceFile }) {
  const { t } = useTranslation('places');
  const lang = useLang();
  const day = formatDay(p.retired_on, lang);
  return (
    <Alert
      type="info"
      showIcon
      title={t(p.successor_id ? 'retired.merged' : 'retired.since', { day })}
      action={
        p.successor && (
          <Link
            to="/places/$placeId"
            params={{ placeId: p.successor.id }}
            search={(s) => ({ incident: s.incident, place: s.place })}
          >
            {t('retired.open', { name: nameIn(p.successor, lang) })}
          </Link>
        )
      }
    />
  );
}

function Above({ p }: { p: PlaceDetail }) {
  const lang = useLang();
  return (
    <span className="ac-row" style={{ gap: 4 }}>
      {p.ancestors.map((a, i) => (
        <span key={a.id}>
          {i > 0 && <span aria-hidden>› </span>}
          <Link
            to="/places/$placeId"
            params={{ placeId: a.id }}
            search={(s) => ({ incident: s.incident, place: s.place })}
          >
            {nameIn(a, lang)}
          </Link>
        </span>
      ))}
    </span>
  );
}

function NoFigures() {
  const { t } = useTranslation('places');
  return (
    <Panel title={t('figures')}>
      <p className="ac-muted">{t('noFigures')}</p>
    </Panel>
  );
}

function FiguresOf({ incident, p, on }: { incident: Incident; p: PlaceDetail; on: string }) {
  const { t } = useTranslation(['places', 'words']);
  const lang = useLang();
  const can = useCan();
  const situation = useQuery(q.situation({ incident_id: incident.id, place_id: p.id, on }));
  const s = situation.data;
  const frame = { incident: incident.id, place: p.id };
  return (
    <Panel
      title={
        <>
          {t('places:figures')}{' '}
          <span className="ac-small ac-muted">{t('places:figuresOn', { day: formatDay(on, lang) })}</span>
        </>
      }
      tools={
        <>
          {can('cases.case.list') && (
            <Link to="/cases" search={frame}>
              {t('places:cases')}
            </Link>
          )}
          <Link to="/map" search={{ ...frame, on }}>
            {t('places:map')}
          </Link>
        </>
      }
    >
      {situation.isError && !s ? (
        <ErrorState error={situation.error} retry={() => situation.refetch()} />
      ) : !s ? (
        <Loading />
      ) : (
        <div className="ac-stack">
          <div className="ac-place-figures">
            {(['infections', 'found_in_community', 'confirmed', 'asymptomatic'] as const).map((key) => (
              <FigureCard
                key={key}
                size={key === 'infections' ? 'large' : 'small'}
                label={`${t(`words:figure.${key}`)}`}
                value={s.new[key]}
                previous={s.previous[key]}
                definition={s.definitions[key]}
                drill={s.drill[key]}
              />
            ))}
          </div>
          <p className="ac-muted">
            {t('places:cumulative')}{' '}
            {(['infections', 'confirmed', 'asymptomatic', 'deaths'] as const).map((key, i) => (
              <span key={key}>
                {i > 0 && ' · '}
                {t(`words:figure.${key}`)}{' '}
                <strong style={{ color: 'var(--ac-text)' }}>{formatNumber(s.cumulative[key], lang)}</strong>
              </span>
            ))}
          </p>
        </div>
      )}
    </Panel>
  );
}

const BELOW_SHOWN = 12;
function Below({ p }: { p: PlaceDetail }) {
  const { t } = useTranslation(['places', 'words']);
  const lang = useLang();
  const children = useQuery({ ...q.children(p.id), enabled: p.children_count > 0 });
  const rows = children.data?.items ?? [];
  return (
    <Panel
      title={t('places:below')}
      tools={
        p.children_count > 0 && (
          <Link to="/places" search={(s) => ({ incident: s.incident, place: s.place, under: p.id })}>
            {t('places:look')}
          </Link>
        )
      }
    >
      {p.children_count === 0 ? (
        <p className="ac-muted">{t('places:noChildren')}</p>
      ) : (
        <div className="ac-stack">
          <dl className="ac-place-levels">
            {p.child_levels.map(({ level, count }) => (
              <div key={level}>
                <dt className="ac-small ac-muted">{t(`words:level.${level}`)}</dt>
                <dd className="ac-figure-value small">{formatNumber(count, lang)}</dd>
              </div>
            ))}
          </dl>
          <ul className="ac-place-children">
            {rows.slice(0, BELOW_SHOWN).map((child) => (
              <li key={child.id}>
                <Link
                  to="/places/$placeId"
                  params={{ placeId: child.id }}
                  search={(s) => ({ incident: s.incident, place: s.place })}
                >
                  {nameIn(child, lang) || child.code}
                </Link>
              </li>
            ))}
            {p.children_count > BELOW_SHOWN && (
              <li className="ac-muted">
                {t('places:more', {
                  shown: Math.min(BELOW_SHOWN, rows.length),
                  total: formatNumber(p.children_count, lang),
                })}
              </li>
            )}
          </ul>
        </div>
      )}
    </Panel>
  );
}

function Facts({ p }: { p: PlaceFile }) {
  const { t } = useTranslation(['places', 'words']);
  const lang = useLang();
  const position = p.lon === null || p.lat === null ? t('places:unknown') : `${p.lon.toFixed(5)}, ${p.lat.toFixed(5)}`;
  const number = (n: number | null) => (n ? formatNumber(n, lang) : t('places:unknown'));
  return (
    <Panel title={t('places:facts')}>
      <dl className="ac-dl">
        <dt>{t('places:code')}</dt>
        <dd className="ac-mono">{p.code || t('places:unknown')}</dd>
        <dt>{t('places:nameEn')}</dt>
        <dd>{p.name_en || t('places:unknown')}</dd>
        {p.kind !== '' && (
          <>
            <dt>{t('places:kind')}</dt>
            <dd>{t(`places:kinds.${p.kind}`, { defaultValue: p.kind })}</dd>
          </>
        )}
        <dt>{t('places:population')}</dt>
        <dd>{number(p.population)}</dd>
        {p.people !== null && p.people !== undefined && (
          <>
            <dt>{t('places:registered')}</dt>
            <dd>
              <Link to="/people" search={(s) => ({ incident: s.incident, place: p.id })}>
                {t('places:registeredCount', { count: p.people, shown: formatNumber(p.people, lang) })}
              </Link>
            </dd>
          </>
        )}
        {p.level === 'building' && (
          <>
            <dt>{t('places:floors')}</dt>
            <dd>{number(p.floors)}</dd>
            <dt>{t('places:height')}</dt>
            <dd>{p.height ? t('places:metres', { n: formatNumber(p.height, lang) }) : t('places:unknown')}</dd>
          </>
        )}
        <dt>{t('places:position')}</dt>
        <dd className="ac-mono">{position}</dd>
        <dt>{t('places:outline')}</dt>
        <dd>{t(p.has_geometry ? 'places:outlineYes' : 'places:outlineNo')}</dd>
      </dl>
    </Panel>
  );
}
