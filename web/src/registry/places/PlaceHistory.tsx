import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { App, Button, DatePicker, Input } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { useMessage } from '../../api/message';
import { useCan } from '../../app/session';
import { useLang } from '../../i18n';
import { formatDay, formatInstant } from '../../shared/day';
import { nameIn } from '../../shared/format';
import { Panel } from '../../shared/PageHeader';
import { ErrorState } from '../../shared/states';
import { placeAsOf, placeHistory } from './queries';
import type { PlaceEvent, PlaceFile, PlaceState } from './types';

/** What was done to a place, newest first, and what it was on any day. */
export function PlaceHistory({ p }: { p: PlaceFile }) {
  const { t } = useTranslation('places');
  const history = useQuery(placeHistory(p.id));
  const events = history.data?.items ?? [];
  if (history.isError) {
    return (
      <Panel title={t('history.title')}>
        <ErrorState error={history.error} retry={() => history.refetch()} />
      </Panel>
    );
  }
  return (
    <Panel title={t('history.title')} tools={<OnDay p={p} />}>
      {history.data && events.length === 0 ? (
        <p className="ac-muted">{t('history.none')}</p>
      ) : (
        <ol className="ac-place-history">
          {events.map((e) => (
            <Row key={e.id} e={e} p={p} />
          ))}
        </ol>
      )}
    </Panel>
  );
}

/** What it was called before: the code only when that changed too. */
function wasCalled(before: PlaceState, p: PlaceFile): string {
  const code = before.code !== p.code ? before.code : '';
  return [before.name, code].filter(Boolean).join(' · ');
}

/** A change is called by what it was for this place. */
function kindOf(e: PlaceEvent) {
  if (e.kind === 'split' && e.part === 'new') return 'history.kind.split_new';
  if (e.kind === 'split' && e.part === 'child') return 'history.kind.split_child';
  if (e.kind === 'merge' && e.part === 'merged') return 'history.kind.merge_merged';
  if (e.kind === 'merge' && e.part === 'child') return 'history.kind.merge_child';
  return `history.kind.${e.kind}` as const;
}

function Row({ e, p }: { e: PlaceEvent; p: PlaceFile }) {
  const { t } = useTranslation('places');
  const lang = useLang();
  const undone = e.undone_at !== null && e.undone_at !== '';
  return (
    <li data-undone={undone || undefined}>
      <div className="ac-row-between">
        <strong>
          {t(kindOf(e))}
          {undone && <span className="ac-muted"> · {t('history.undone')}</span>}
        </strong>
        <time dateTime={e.from_on}>{t('history.from', { day: formatDay(e.from_on, lang) })}</time>
      </div>
      {!undone && e.kind === 'rename' && e.before && <p>{t('history.wasCalled', { name: wasCalled(e.before, p) })}</p>}
      {e.places.length > 0 && (
        <p className="ac-row">
          {e.places.slice(0, 6).map((x) => (
            <Link
              key={x.id}
              to="/places/$placeId"
              params={{ placeId: x.id }}
              search={(s) => ({ incident: s.incident, place: s.place })}
            >
              {nameIn(x, lang)}
            </Link>
          ))}
          {e.places.length > 6 && <span className="ac-muted">{t('history.more', { count: e.places.length - 6 })}</span>}
        </p>
      )}
      <p className="ac-muted">{e.reason}</p>
      <div className="ac-row-between ac-small ac-faint">
        <span>
          {e.by_name} · {formatInstant(e.at)}
        </span>
        {e.can_undo && <Undo e={e} p={p} />}
      </div>
    </li>
  );
}

function Undo({ e, p }: { e: PlaceEvent; p: PlaceFile }) {
  const { t } = useTranslation('places');
  const { t: shared } = useTranslation('shared');
  const can = useCan();
  const { modal, message } = App.useApp();
  const say = useMessage();
  const client = useQueryClient();
  if (!can('places.change.undo')) return null;
  async function undo() {
    let reason = '';
    const yes = await modal.confirm({
      title: t('history.undoTitle'),
      content: (
        <div className="ac-stack">
          <p>{t('history.undoText')}</p>
          <Input
            aria-label={t('change.reason')}
            placeholder={t('change.reason')}
            maxLength={500}
            onChange={(event) => {
              reason = event.target.value;
            }}
          />
        </div>
      ),
      okText: t('history.undo'),
      cancelText: shared('cancel'),
    });
    if (!yes) return;
    if (reason.trim().length < 2) {
      void message.error(t('change.reasonNeeded'));
      return;
    }
    try {
      await api.post(`/place-changes/${e.id}/undo`, { reason: reason.trim() });
      void message.success(t('history.undoDone'));
      await client.invalidateQueries({
        predicate: ({ queryKey }) => ['place', 'person', 'household'].includes(String(queryKey[0])),
      });
    } catch (error) {
      void message.error(say(error));
    }
  }
  return (
    <Button size="small" type="text" onClick={() => void undo()} aria-label={`${t('history.undo')}: ${p.name}`}>
      {t('history.undo')}
    </Button>
  );
}

/** What the place was called on a day, and where it belonged. */
function OnDay({ p }: { p: PlaceFile }) {
  const { t } = useTranslation('places');
  const lang = useLang();
  const [day, setDay] = useState('');
  const then = useQuery(placeAsOf(p.id, day));
  return (
    <div className="ac-row ac-place-onday">
      {then.data && day !== '' && (
        <span role="status">
          {then.data.retired
            ? t('history.notThere', { day: formatDay(day, lang) })
            : [then.data.trail, then.data.code].filter(Boolean).join(' · ')}
        </span>
      )}
      <DatePicker
        size="small"
        placeholder={t('history.onDay')}
        aria-label={t('history.onDay')}
        disabledDate={(d) => d.isAfter(dayjs(), 'day')}
        onChange={(d) => setDay(d ? d.format('YYYY-MM-DD') : '')}
      />
    </div>
  );
}
