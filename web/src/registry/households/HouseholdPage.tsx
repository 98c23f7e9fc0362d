import { EditOutlined, PrinterOutlined, UserAddOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { asProblem } from '../../api/problem';
import { q } from '../../api/queries';
import type { Classification, Lang, PlaceDetail } from '../../api/types';
import { ErrorPage, ForbiddenPage } from '../../app/ErrorPages';
import { Loading } from '../../app/Loading';
import { useScope } from '../../app/scope';
import { useCan } from '../../app/session';
import { useLang } from '../../i18n';
import { nameIn } from '../../shared/format';
import { ClassMark } from '../../shared/marks';
import { PageHeader, Panel } from '../../shared/PageHeader';
import { EmptyState } from '../../shared/states';
import { HomeMap } from '../people/HomeMap';
import { CareTags } from '../people/Marks';
import { MemberTable } from '../people/MemberTable';
import { PersonLink } from '../people/PersonFacts';
import { Pair } from '../people/PersonPreview';
import { peopleQuery } from '../people/queries';
import type { Household } from '../people/types';
import { DoorSheet } from './DoorSheet';
import { EditHousehold } from './EditHousehold';
import { Neighbours } from './Neighbours';
import '../../control/cases/cases.css';
import '../people/people.css';
import './households.css';

const frame = (s: { incident?: string; place?: string }) => ({ incident: s.incident, place: s.place });

/** One door: who lives behind it, what care they need, who lives next to it. */
export function HouseholdPage() {
  const { placeId } = useParams({ from: '/households/$placeId' });
  const can = useCan();
  const may = can('people.household.view');
  const found = useQuery({ ...peopleQuery.household(placeId), enabled: may });
  const place = useQuery({ ...q.place(placeId), enabled: may && can('places.place.view') });
  if (!may) return <ForbiddenPage />;
  if (found.isError && !found.data) {
    const wrongLevel = asProblem(found.error).status < 500 && place.data && place.data.level !== 'household';
    if (wrongLevel) return <NotADoor placeId={placeId} />;
    return <ErrorPage error={found.error} retry={() => found.refetch()} />;
  }
  return found.data ? <Door key={placeId} h={found.data} place={place.data} /> : <Loading />;
}

/** A door is told apart by its building and unit: "101" alone is in every house. */
function doorName(trail: string, place: PlaceDetail | undefined, lang: Lang): string {
  if (!place) return trail.split(' › ').slice(-3).join(' · ');
  const near = place.ancestors.filter((a) => a.level === 'building' || a.level === 'unit');
  return [...near, place].map((p) => nameIn(p, lang)).join(' · ');
}

function NotADoor({ placeId }: { placeId: string }) {
  const { t } = useTranslation('people');
  return (
    <div className="ac-page">
      <PageHeader title={t('door.tabTitle')} />
      <EmptyState
        title={t('door.notHousehold')}
        next={
          <Link to="/places/$placeId" params={{ placeId }} search={frame}>
            <Button type="primary">{t('door.toPlace')}</Button>
          </Link>
        }
      />
    </div>
  );
}

function Door({ h, place }: { h: Household; place: PlaceDetail | undefined }) {
  const { t } = useTranslation(['people', 'shared']);
  const lang = useLang();
  const can = useCan();
  const [editing, setEditing] = useState(false);
  const id = h.place.id;
  const name = doorName(h.place.trail, place, lang);
  const add = can('people.person.create') && (
    <Link to="/people/new" search={(s) => ({ incident: s.incident, place: s.place, at: id })}>
      <Button type="primary" icon={<UserAddOutlined aria-hidden />}>
        {t('people:door.addPerson')}
      </Button>
    </Link>
  );
  return (
    <div className="ac-page ac-door">
      <PageHeader
        title={
          <span className="ac-person-head">
            <span>{name}</span>
            <span className="ac-person-facts">{t('people:door.members', { count: h.members.length })}</span>
          </span>
        }
        tabTitle={name}
        sub={place ? <Steps place={place} /> : h.place.trail}
        tools={
          <>
            {can('people.household.update') && (
              <Button icon={<EditOutlined aria-hidden />} onClick={() => setEditing(true)}>
                {t('people:door.edit')}
              </Button>
            )}
            <Button icon={<PrinterOutlined aria-hidden />} onClick={() => window.print()}>
              {t('people:door.print')}
            </Button>
            {add}
          </>
        }
      />
      <div className="ac-person-grid ac-no-print">
        <div>
          <Panel title={t('people:door.members')} flush>
            {h.members.length === 0 ? (
              <EmptyState title={t('people:door.noMembers')} why={t('people:door.noMembersWhy')} next={add} />
            ) : (
              <MemberTable members={h.members} headId={h.head_id} />
            )}
          </Panel>
          <Neighbours placeId={id} unitId={place?.parent_id ?? undefined} />
        </div>
        <div>
          <CareSummary h={h} />
          <Facts h={h} />
          <Panel title={t('people:door.mapTitle')} flush>
            <HomeMap placeId={h.building_id || id} />
          </Panel>
        </div>
      </div>
      <DoorSheet h={h} name={name} />
      {editing && <EditHousehold h={h} onClose={() => setEditing(false)} />}
    </div>
  );
}

function Steps({ place }: { place: PlaceDetail }) {
  const lang = useLang();
  return (
    <span className="ac-trail">
      {place.ancestors.map((step, i) => (
        <span key={step.id}>
          {i > 0 && <span aria-hidden>› </span>}
          <Link to="/places/$placeId" params={{ placeId: step.id }} search={frame}>
            {nameIn(step, lang)}
          </Link>
        </span>
      ))}
    </span>
  );
}

function CareSummary({ h }: { h: Household }) {
  const { t } = useTranslation('people');
  return (
    <Panel title={t('door.careTitle')}>
      {h.care.length === 0 ? (
        <p className="ac-muted">{t('door.careNone')}</p>
      ) : (
        <ul className="ac-care-list">
          {h.care.map((c) => (
            <li key={c.need}>
              <CareTags care={[c.need]} />
              <span className="ac-muted">{t('door.careCount', { count: c.count })}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

/** Counts only: whose case it is stands in the case file. */
function DoorCases({ placeId }: { placeId: string }) {
  const { t } = useTranslation('people');
  const { incident } = useScope();
  const found = useQuery(peopleQuery.cases(incident?.id, { place_id: placeId }));
  if (!found.data) return <>–</>;
  const counts = new Map<Classification, number>();
  for (const c of found.data.items) counts.set(c.classification, (counts.get(c.classification) ?? 0) + 1);
  if (counts.size === 0) return <>{t('door.casesNone')}</>;
  return (
    <Link to="/cases" search={(s) => ({ incident: s.incident, place: placeId })}>
      <span className="ac-row">
        {[...counts].map(([value, count]) => (
          <span key={value} className="ac-row" style={{ gap: 4 }}>
            <ClassMark value={value} /> {count}
          </span>
        ))}
      </span>
    </Link>
  );
}

function Facts({ h }: { h: Household }) {
  const { t } = useTranslation(['people', 'words']);
  const can = useCan();
  const head = h.members.find((m) => m.id === h.head_id) ?? h.members.find((m) => m.relation === 'head');
  return (
    <Panel title={t('people:door.facts')}>
      <dl className="ac-dl">
        <Pair
          name={t('people:door.head')}
          value={head ? <PersonLink id={head.id} name={head.name_masked} /> : t('people:door.headNone')}
        />
        <Pair name={t('people:door.number')} value={<span className="ac-mono">{h.number_masked || '–'}</span>} />
        <Pair name={t('people:door.kind')} value={h.kind ? t(`people:door.${h.kind}`) : '–'} />
        {can('cases.case.list') && (
          <Pair name={t('people:door.casesTitle')} value={<DoorCases placeId={h.place.id} />} />
        )}
        {h.note_masked && <Pair name={t('people:door.note')} value={h.note_masked} />}
      </dl>
    </Panel>
  );
}
