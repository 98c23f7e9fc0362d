import { EditOutlined, SwapOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Link, Navigate, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Button } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { asProblem } from '../../api/problem';
import { q } from '../../api/queries';
import { ErrorPage, ForbiddenPage } from '../../app/ErrorPages';
import { Loading } from '../../app/Loading';
import { useScope } from '../../app/scope';
import { useCan } from '../../app/session';
import { useLang } from '../../i18n';
import { today } from '../../shared/day';
import { nameIn } from '../../shared/format';
import { PageHeader } from '../../shared/PageHeader';
import { WhoSaw } from '../../system/disclosure/WhoSaw';
import { CareTags, KeepMark, MinorMark } from './Marks';
import { MoveDialog } from './MoveDialog';
import { PersonFacts } from './PersonFacts';
import { CasesTab, ChronologyTab, HistoryTab, HomesTab, HouseholdTab } from './PersonTabs';
import { peopleQuery } from './queries';
import { RevealProvider } from './reveal';
import { TabBar } from './TabBar';
import type { Person } from './types';
import { ageText, codeWord } from './words';
import '../../control/cases/cases.css';
import './people.css';

const TABS = ['facts', 'household', 'chronology', 'homes', 'cases', 'history', 'who'] as const;
type Tab = (typeof TABS)[number];
const frame = (s: { incident?: string; place?: string }) => ({ incident: s.incident, place: s.place });

/** A person's file: who, where, with whom, what was done. Opening it is recorded. */
export function PersonPage() {
  const { personId } = useParams({ from: '/people/$personId' });
  const can = useCan();
  const found = useQuery({ ...peopleQuery.one(personId), enabled: can('people.person.view') });
  if (!can('people.person.view')) return <ForbiddenPage />;
  if (found.isError && !found.data) {
    const problem = asProblem(found.error);
    const winner = problem.code === 'people.merged' ? problem.params.winner : undefined;
    if (typeof winner === 'string' && winner !== personId)
      return <Navigate to="/people/$personId" params={{ personId: winner }} search={frame} replace />;
    return <ErrorPage error={found.error} retry={() => found.refetch()} />;
  }
  return found.data ? <PersonFile key={personId} p={found.data} /> : <Loading />;
}

function PersonFile({ p }: { p: Person }) {
  const { t } = useTranslation(['people', 'words', 'shared']);
  const can = useCan();
  const { incident } = useScope();
  const { tab } = useSearch({ from: '/people/$personId' });
  const navigate = useNavigate({ from: '/people/$personId' });
  const [moving, setMoving] = useState(false);
  const content: Record<Tab, ReactNode> = {
    facts: <PersonFacts p={p} timeZone={incident?.time_zone} />,
    household: <HouseholdTab p={p} />,
    chronology: <ChronologyTab id={p.id} />,
    homes: <HomesTab p={p} />,
    cases: <CasesTab p={p} />,
    history: <HistoryTab id={p.id} />,
    who: <WhoSaw personId={p.id} nameMasked={p.name_masked} />,
  };
  const needs: Partial<Record<Tab, string>> = { cases: 'cases.case.list', who: 'disclosure.person.view' };
  const shown = TABS.filter((x) => can(needs[x] ?? 'people.person.view'));
  const chosen: Tab = shown.find((x) => x === tab) ?? 'facts';
  return (
    <RevealProvider person={p}>
      <div className="ac-page ac-person">
        <PageHeader
          title={<Heading p={p} />}
          tabTitle={p.name_masked}
          sub={<Where p={p} />}
          tools={
            can('people.person.update') && (
              <>
                <Button icon={<SwapOutlined aria-hidden />} onClick={() => setMoving(true)}>
                  {t('people:move.open')}
                </Button>
                <Link to="/people/$personId/edit" params={{ personId: p.id }} search={frame}>
                  <Button icon={<EditOutlined aria-hidden />}>{t('shared:edit')}</Button>
                </Link>
              </>
            )
          }
        />
        <TabBar
          label={t('people:tab.label')}
          tabs={shown.map((key) => ({ key, label: t(`people:tab.${key}`) }))}
          chosen={chosen}
          onChoose={(key) =>
            void navigate({
              replace: true,
              resetScroll: false,
              search: (s) => ({ ...s, tab: key === 'facts' ? undefined : key }),
            })
          }
        >
          {content[chosen]}
        </TabBar>
        {moving && <MoveDialog p={p} onClose={() => setMoving(false)} />}
      </div>
    </RevealProvider>
  );
}

function Heading({ p }: { p: Person }) {
  const { t } = useTranslation(['people', 'words', 'shared']);
  const { incident } = useScope();
  return (
    <span className="ac-person-head">
      <span>{p.name_masked || '–'}</span>
      <span className="ac-person-facts">
        {[
          codeWord(t, 'sex', p.sex),
          ageText(t, p),
          codeWord(t, 'category', p.category),
          p.relation && codeWord(t, 'relation', p.relation),
        ]
          .filter((x) => x && x !== '–')
          .join(' · ')}
      </span>
      <MinorMark person={p} />
      <CareTags care={p.care.map((c) => c.need)} />
      <KeepMark until={p.keep_until} today={today(incident?.time_zone ?? 'Asia/Shanghai')} />
    </span>
  );
}

/** The way to the door. Each step is a place; the door itself is the household. */
function Where({ p }: { p: Person }) {
  const { t } = useTranslation('people');
  const lang = useLang();
  const can = useCan();
  const place = useQuery({ ...q.place(p.place_id ?? ''), enabled: !!p.place_id && can('places.place.view') });
  if (!p.place_id) return <span>{t('chip.without_home')}</span>;
  if (!place.data) return <span>{p.place_trail || p.place_name}</span>;
  const steps = [...place.data.ancestors, place.data];
  return (
    <span className="ac-trail">
      {steps.map((step, i) => (
        <span key={step.id}>
          {i > 0 && <span aria-hidden>› </span>}
          {step.level === 'household' ? (
            <Link to="/households/$placeId" params={{ placeId: step.id }} search={frame}>
              {nameIn(step, lang)}
            </Link>
          ) : (
            <Link to="/places/$placeId" params={{ placeId: step.id }} search={frame}>
              {nameIn(step, lang)}
            </Link>
          )}
        </span>
      ))}
    </span>
  );
}
