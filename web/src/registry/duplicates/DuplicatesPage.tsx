import { LeftOutlined, RightOutlined } from '@ant-design/icons';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button, Segmented } from 'antd';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ForbiddenPage } from '../../app/ErrorPages';
import { Loading } from '../../app/Loading';
import { useScope } from '../../app/scope';
import { useCan } from '../../app/session';
import { useLang } from '../../i18n';
import { formatNumber, nameIn } from '../../shared/format';
import { PageHeader } from '../../shared/PageHeader';
import { useShortcut } from '../../shared/shortcuts';
import { EmptyState, ErrorState } from '../../shared/states';
import { type Choice, following, keeping, nextId, suggested } from './choices';
import { KeyCap } from './KeyCap';
import { MergesList } from './MergesList';
import { PairList } from './PairList';
import { PairSides } from './PairSides';
import { duplicateQuery } from './queries';
import { SweepBar } from './SweepBar';
import { type Pair, QUEUE_STATES, type QueueState, type Sides } from './types';
import { useDecisions } from './useDecisions';
import './duplicates.css';

const TABS = [...QUEUE_STATES, 'merged'] as const;
type TabKey = (typeof TABS)[number];

/** Which records are one person? Pair by pair, with the keyboard, and never for good. */
export function DuplicatesPage() {
  const { t } = useTranslation('duplicates');
  const lang = useLang();
  const can = useCan();
  const { placeId, place } = useScope();
  const search = useSearch({ from: '/people/duplicates' });
  const navigate = useNavigate({ from: '/people/duplicates' });
  const tab = TABS.find((x) => x === search.state) ?? 'open';
  if (!can('people.duplicate.list')) return <ForbiddenPage />;
  if (!placeId) return <Loading />;
  const go = (state: TabKey) =>
    void navigate({ replace: true, search: (s) => ({ ...s, state: state === 'open' ? undefined : state }) });
  return (
    <div className="ac-page">
      <PageHeader
        title={t('title')}
        sub={place ? t('sub', { place: nameIn(place, lang) }) : t('subAll')}
        tools={<SweepBar placeId={placeId} />}
      />
      <Segmented<TabKey>
        className="ac-dup-tabs"
        value={tab}
        aria-label={t('state')}
        options={TABS.map((value) => ({ value, label: t(`tab.${value}`) }))}
        onChange={go}
      />
      {tab === 'merged' ? (
        <MergesList placeId={placeId} />
      ) : (
        <Queue key={`${placeId} ${tab}`} placeId={placeId} state={tab} />
      )}
    </div>
  );
}

function Queue({ placeId, state }: { placeId: string; state: QueueState }) {
  const { t } = useTranslation('duplicates');
  const lang = useLang();
  const list = useInfiniteQuery(duplicateQuery.list(placeId, state));
  const pairs = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const ids = useMemo(() => pairs.map((p) => p.id), [pairs]);
  const [wanted, setWanted] = useState<string | undefined>();
  const current = pairs.find((p) => p.id === wanted) ?? pairs[0];
  // Here, above the pair that is shown: the last decision can be undone while the next pair is.
  const decisions = useDecisions(placeId, state, setWanted);
  useEffect(() => {
    if (pairs.length < 10 && list.hasNextPage && !list.isFetchingNextPage) void list.fetchNextPage();
  }, [pairs.length, list.hasNextPage, list.isFetchingNextPage, list.fetchNextPage]);
  if (list.isError && !list.data) return <ErrorState error={list.error} retry={() => list.refetch()} />;
  if (!list.data) return <Loading />;
  const step = (by: 1 | -1) => setWanted(nextId(ids, current?.id, by));
  const at = current ? ids.indexOf(current.id) : -1;
  const total = list.data.pages[0]?.total ?? 0;
  return (
    <div className="ac-dup-body" data-empty={current ? undefined : true}>
      {current && (
        <PairList
          pairs={pairs}
          current={current.id}
          onPick={setWanted}
          onMore={list.hasNextPage ? () => void list.fetchNextPage() : undefined}
          busy={list.isFetchingNextPage}
        />
      )}
      <div className="ac-dup-work">
        {current && (
          <div className="ac-dup-pager">
            <Button
              icon={<LeftOutlined aria-hidden />}
              aria-label={t('previous')}
              disabled={at <= 0}
              onClick={() => step(-1)}
            />
            <span>{t('position', { at: formatNumber(at + 1, lang), total: formatNumber(total, lang) })}</span>
            <Button
              icon={<RightOutlined aria-hidden />}
              aria-label={t('next')}
              disabled={at >= ids.length - 1}
              onClick={() => step(1)}
            />
            <span className="ac-small ac-muted ac-dup-hint">
              <KeyCap id="pairPrevious" /> <KeyCap id="pairNext" /> {t('keysMove')}
            </span>
          </div>
        )}
        <Deciding
          key={current?.id ?? 'none'}
          pair={current}
          state={state}
          decisions={decisions}
          onStep={step}
          onDecided={(id) => setWanted(following(ids, id))}
        />
      </div>
    </div>
  );
}

type DecidingProps = {
  pair: Pair | undefined;
  state: QueueState;
  decisions: ReturnType<typeof useDecisions>;
  onStep: (by: 1 | -1) => void;
  onDecided: (id: string) => void;
};

function Deciding({ pair, state, decisions, onStep, onDecided }: DecidingProps) {
  const { t } = useTranslation('duplicates');
  const can = useCan();
  const may = can('people.duplicate.decide');
  const found = useQuery({
    ...duplicateQuery.sides(pair?.id ?? '', pair?.version ?? 0),
    enabled: !!pair && can('people.duplicate.view'),
  });
  const sides: Sides | undefined = found.data;
  const [made, setMade] = useState<Choice | undefined>();
  const choice = made ?? (sides ? suggested(sides) : undefined);
  const { decide, undo, busy } = decisions;
  const act = async (decision: 'merge' | 'different' | 'later') => {
    if (!pair || busy || (decision === 'merge' && !choice)) return;
    if (await decide(pair, decision, choice)) onDecided(pair.id);
  };
  const keep = (side: 'a' | 'b') => sides && setMade(keeping(side, sides.fields));
  useShortcut('pairNext', () => onStep(1), !!pair);
  useShortcut('pairPrevious', () => onStep(-1), !!pair);
  useShortcut('pairKeepLeft', () => keep('a'), may && !!sides);
  useShortcut('pairKeepRight', () => keep('b'), may && !!sides);
  useShortcut('pairMerge', () => void act('merge'), may && !!choice);
  useShortcut('pairDifferent', () => void act('different'), may && !!pair && state !== 'different');
  useShortcut('pairLater', () => void act('later'), may && !!pair && state !== 'later');
  useShortcut('pairUndo', () => void undo(), may);
  if (!pair) return <Nothing state={state} />;
  return (
    <>
      {found.isError ? (
        <ErrorState error={found.error} retry={() => found.refetch()} />
      ) : (
        <PairSides pair={pair} sides={sides} choice={choice} onChoice={may ? setMade : undefined} />
      )}
      {state === 'different' && pair.decided_by_name && (
        <p className="ac-small ac-muted">{t('decidedBy', { name: pair.decided_by_name })}</p>
      )}
      {may && (
        <div className="ac-dup-actions ac-no-print">
          <Button type="primary" loading={busy} disabled={!choice} onClick={() => void act('merge')}>
            {t('merge')} <KeyCap id="pairMerge" />
          </Button>
          {state !== 'different' && (
            <Button disabled={busy} onClick={() => void act('different')}>
              {t('different')} <KeyCap id="pairDifferent" />
            </Button>
          )}
          {state !== 'later' && (
            <Button disabled={busy} onClick={() => void act('later')}>
              {t('later')} <KeyCap id="pairLater" />
            </Button>
          )}
          <span className="ac-small ac-muted ac-dup-hint">{t('reversible')}</span>
        </div>
      )}
    </>
  );
}

function Nothing({ state }: { state: QueueState }) {
  const { t } = useTranslation('duplicates');
  return <EmptyState title={t(`empty.${state}`)} why={t(`emptyWhy.${state}`)} />;
}
