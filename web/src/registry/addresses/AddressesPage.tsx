import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button, Segmented, Select } from 'antd';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ForbiddenPage } from '../../app/ErrorPages';
import { Loading } from '../../app/Loading';
import { useScope } from '../../app/scope';
import { useCan } from '../../app/session';
import { useLang } from '../../i18n';
import { formatNumber, nameIn } from '../../shared/format';
import { PageHeader } from '../../shared/PageHeader';
import { EmptyState, ErrorState } from '../../shared/states';
import { AddressWork } from './AddressWork';
import { addressQuery } from './queries';
import { RecheckButton } from './RecheckButton';
import { MATCH_STATES, type Match, type MatchState, REASONS, type Reason } from './types';
import './addresses.css';

/** Which place does a text mean? One after the other, with the keyboard. */
export function AddressesPage() {
  const { t } = useTranslation('addresses');
  const lang = useLang();
  const can = useCan();
  const { placeId, place } = useScope();
  const search = useSearch({ from: '/places/addresses' });
  const navigate = useNavigate({ from: '/places/addresses' });
  const state = MATCH_STATES.find((x) => x === search.state) ?? 'open';
  const reason = REASONS.find((x) => x === search.reason);
  if (!can('places.address.view')) return <ForbiddenPage />;
  if (!placeId) return <Loading />;
  const go = (change: { state?: string; reason?: string }) =>
    void navigate({ replace: true, search: (s) => ({ ...s, ...change }) });
  return (
    <div className="ac-page">
      <PageHeader
        title={t('title')}
        sub={place ? t('sub', { place: nameIn(place, lang) }) : t('subAll')}
        tools={can('places.address.decide') ? <RecheckButton placeId={placeId} /> : undefined}
      />
      <Queue key={`${placeId} ${state} ${reason}`} placeId={placeId} state={state} reason={reason} onFilter={go} />
    </div>
  );
}

type QueueProps = {
  placeId: string;
  state: MatchState;
  reason: Reason | undefined;
  onFilter: (change: { state?: string; reason?: string }) => void;
};

function Queue({ placeId, state, reason, onFilter }: QueueProps) {
  const { t } = useTranslation('addresses');
  const lang = useLang();
  const list = useInfiniteQuery(addressQuery.list(placeId, state, reason));
  const matches = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const [wanted, setWanted] = useState<string | undefined>();
  const at = Math.max(
    0,
    matches.findIndex((m) => m.id === wanted),
  );
  const current = matches[at];
  useEffect(() => {
    if (matches.length < 10 && list.hasNextPage && !list.isFetchingNextPage) void list.fetchNextPage();
  }, [matches.length, list.hasNextPage, list.isFetchingNextPage, list.fetchNextPage]);
  const first = list.data?.pages[0];
  const step = (by: 1 | -1) => setWanted(matches[Math.min(matches.length - 1, Math.max(0, at + by))]?.id);
  const all = Object.entries(first?.reasons ?? {}).filter(([code]) => code !== '');
  return (
    <>
      <div className="ac-adr-bar">
        <Segmented<MatchState>
          value={state}
          aria-label={t('state')}
          options={MATCH_STATES.map((value) => ({
            value,
            label: `${t(`tab.${value}`)} ${formatNumber(first?.states[value] ?? 0, lang)}`,
          }))}
          onChange={(value) => onFilter({ state: value === 'open' ? undefined : value, reason: undefined })}
        />
        {all.length > 0 && (
          <Select
            className="ac-adr-reason"
            allowClear
            aria-label={t('why')}
            placeholder={t('allReasons')}
            value={reason}
            onChange={(value?: string) => onFilter({ reason: value })}
            options={all
              .sort((a, b) => (b[1] ?? 0) - (a[1] ?? 0))
              .map(([code, n]) => ({
                value: code,
                label: `${t(`reason.${code as Reason}`)} ${formatNumber(n ?? 0, lang)}`,
              }))}
          />
        )}
      </div>
      {list.isError && !list.data ? (
        <ErrorState error={list.error} retry={() => list.refetch()} />
      ) : !first ? (
        <Loading />
      ) : !current ? (
        <EmptyState title={t(`empty.${state}`)} why={t(`emptyWhy.${state}`)} />
      ) : (
        <div className="ac-adr-body">
          <MatchNav
            matches={matches}
            current={current.id}
            total={first.total}
            onPick={setWanted}
            onMore={list.hasNextPage ? () => void list.fetchNextPage() : undefined}
            busy={list.isFetchingNextPage}
          />
          <AddressWork
            key={current.id}
            match={current}
            placeId={placeId}
            onStep={step}
            onDecided={() => setWanted(matches[at + 1]?.id ?? matches[at - 1]?.id)}
          />
        </div>
      )}
    </>
  );
}

type NavProps = {
  matches: Match[];
  current: string;
  total: number;
  onPick: (id: string) => void;
  onMore?: () => void;
  busy: boolean;
};

function MatchNav({ matches, current, total, onPick, onMore, busy }: NavProps) {
  const { t } = useTranslation('addresses');
  const lang = useLang();
  const here = useRef<HTMLButtonElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the row of the shown text stays in view
  useEffect(() => here.current?.scrollIntoView({ block: 'nearest' }), [current]);
  return (
    <nav className="ac-panel ac-adr-list" aria-label={t('queue')}>
      <p className="ac-small ac-muted ac-adr-count">{t('count', { n: formatNumber(total, lang) })}</p>
      <ol>
        {matches.map((m) => (
          <li key={m.id}>
            <button
              type="button"
              ref={m.id === current ? here : undefined}
              aria-current={m.id === current || undefined}
              onClick={() => onPick(m.id)}
            >
              <b>{m.text}</b>
              <span className="ac-small ac-muted">
                {[m.district, m.place_name || (m.reason && t(`reason.${m.reason}`))].filter(Boolean).join(' · ')}
              </span>
            </button>
          </li>
        ))}
      </ol>
      {onMore && (
        <Button type="text" block loading={busy} onClick={onMore}>
          {t('more')}
        </Button>
      )}
    </nav>
  );
}
