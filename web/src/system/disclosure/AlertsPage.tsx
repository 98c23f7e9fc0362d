import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { App, Button, Input, Modal, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { useMessage } from '../../api/message';
import { useCan } from '../../app/session';
import { useLang } from '../../i18n';
import { type DataColumn, DataTable } from '../../shared/DataTable';
import { formatInstant } from '../../shared/day';
import { formatNumber } from '../../shared/format';
import { Tag } from '../../shared/marks';
import { PageHeader, Panel } from '../../shared/PageHeader';
import { EmptyState, ErrorState } from '../../shared/states';
import { alerts, type DataAlert, standing, watched } from './queries';

/** Who looked at too much, and how much of my own quota is used. */
export function AlertsPage() {
  const { t } = useTranslation('privacy');
  const can = useCan();
  return (
    <div className="ac-page">
      <PageHeader title={t('alerts.title')} sub={can('disclosure.alert.view') ? t('alerts.sub') : undefined} />
      <div className="ac-stack">
        {can('disclosure.alert.view') && <Alerts />}
        <Quota />
        {can('disclosure.watched.view') && <WatchedRecords />}
      </div>
    </div>
  );
}

const URGENT: DataAlert['kind'][] = ['watched_record', 'bulk_viewing', 'quota_reached', 'break_glass'];

function Alerts() {
  const { t } = useTranslation('privacy');
  const lang = useLang();
  const can = useCan();
  const [state, setState] = useState<'open' | 'all'>('open');
  const [settling, setSettling] = useState<DataAlert>();
  const query = useQuery(alerts(state === 'open' ? 'open' : undefined));
  const quota = useQuery(standing());
  const columns: DataColumn<DataAlert>[] = [
    {
      key: 'what',
      title: t('alerts.what'),
      width: 230,
      always: true,
      render: (a) => (
        <Tag tone={a.state === 'open' && URGENT.includes(a.kind) ? 'bad' : 'plain'}>{t(`alerts.kind.${a.kind}`)}</Tag>
      ),
    },
    { key: 'who', title: t('alerts.who'), width: 130, render: (a) => a.actor_name },
    {
      key: 'state',
      title: t('alerts.state'),
      width: 260,
      always: true,
      render: (a) => {
        if (a.state === 'settled') return t('alerts.settled', { name: a.settled_by_name });
        if (a.own) return t('alerts.own');
        if (a.kind === 'export_waiting') return <Link to="/exports">{t('exports.title')}</Link>;
        return (
          <span className="ac-row">
            {can('disclosure.alert.settle') && (
              <Button size="small" onClick={() => setSettling(a)}>
                {t('alerts.settle')}
              </Button>
            )}
            {can('audit.entry.view') && (
              <Link to="/audit" search={{ actor: a.actor_id } as never}>
                {t('alerts.trail')}
              </Link>
            )}
          </span>
        );
      },
    },
    {
      key: 'persons',
      title: t('alerts.persons'),
      width: 110,
      align: 'right',
      render: (a) => formatNumber(a.persons, lang),
    },
    { key: 'reason', title: t('alerts.reason'), width: 220, render: (a) => a.reason },
    { key: 'raised', title: t('alerts.raised'), width: 165, render: (a) => formatInstant(a.raised_at) },
    { key: 'last', title: t('alerts.last'), width: 165, render: (a) => formatInstant(a.last_at) },
  ];
  return (
    <Panel flush>
      <DataTable<DataAlert>
        id="alerts"
        columns={columns}
        rows={query.data?.items}
        rowKey={(a) => a.id}
        rowLabel={(a) => `${t(`alerts.kind.${a.kind}`)} ${a.actor_name}`}
        loading={query.isPending}
        error={query.error}
        retry={() => void query.refetch()}
        toolbar={
          <Segmented
            value={state}
            onChange={(v) => setState(v as 'open' | 'all')}
            options={[
              { value: 'open', label: `${t('alerts.open')} ${query.data?.open ?? ''}` },
              { value: 'all', label: t('alerts.all') },
            ]}
          />
        }
        empty={
          <EmptyState
            title={t('alerts.none')}
            why={t('alerts.noneWhy', { n: quota.data?.alert_persons_per_hour ?? 50 })}
          />
        }
      />
      {settling && <Settle alert={settling} close={() => setSettling(undefined)} />}
    </Panel>
  );
}

function Settle({ alert, close }: { alert: DataAlert; close: () => void }) {
  const { t } = useTranslation('privacy');
  const { message } = App.useApp();
  const say = useMessage();
  const client = useQueryClient();
  const [note, setNote] = useState('');
  const [busy, setBusy] = useState(false);
  async function send() {
    setBusy(true);
    try {
      await api.post(`/disclosure/alerts/${alert.id}/settle`, { note });
      await client.invalidateQueries({ queryKey: ['alert'] });
      close();
    } catch (e) {
      void message.error(say(e));
    } finally {
      setBusy(false);
    }
  }
  return (
    <Modal
      open
      title={`${t(`alerts.kind.${alert.kind}`)} · ${alert.actor_name}`}
      okText={t('alerts.settle')}
      okButtonProps={{ disabled: note.trim().length < 2, loading: busy }}
      onOk={() => void send()}
      onCancel={close}
    >
      <div className="ac-stack-s">
        <span>{t('alerts.note')}</span>
        <Input.TextArea
          rows={3}
          maxLength={500}
          aria-label={t('alerts.note')}
          value={note}
          placeholder={t('alerts.noteHint')}
          onChange={(e) => setNote(e.target.value)}
        />
      </div>
    </Modal>
  );
}

function Quota() {
  const { t } = useTranslation('privacy');
  const lang = useLang();
  const { message } = App.useApp();
  const say = useMessage();
  const client = useQueryClient();
  const query = useQuery(standing());
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState('');
  if (query.error) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  const s = query.data;
  if (!s) return null;
  const used = (n: number, max: number) =>
    max === 0
      ? t('quota.unlimited', { n: formatNumber(n, lang) })
      : t('quota.of', { n: formatNumber(n, lang), max: formatNumber(max, lang) });
  async function extend() {
    try {
      const { until } = await api.post<{ until: string }>('/disclosure/extensions', { reason });
      void message.success(t('quota.done', { at: formatInstant(until) }));
      setAsking(false);
      await client.invalidateQueries({ queryKey: ['alert'] });
    } catch (e) {
      void message.error(say(e));
    }
  }
  return (
    <Panel
      title={t('quota.title')}
      tools={
        <Button size="small" onClick={() => setAsking(true)}>
          {t('quota.extend')}
        </Button>
      }
    >
      <dl className="ac-dl">
        <dt>{t('quota.persons')}</dt>
        <dd className="ac-num">{used(s.persons_day, s.persons_per_day)}</dd>
        <dt>{t('quota.rows')}</dt>
        <dd className="ac-num">{used(s.rows_day, s.rows_per_day)}</dd>
      </dl>
      {s.extended_until && <p>{t('quota.extended', { at: formatInstant(s.extended_until) })}</p>}
      <Modal
        open={asking}
        title={t('quota.extend')}
        okText={t('quota.extend')}
        okButtonProps={{ disabled: reason.trim().length < 10 }}
        onOk={() => void extend()}
        onCancel={() => setAsking(false)}
      >
        <p>{t('quota.extendHint')}</p>
        <Input.TextArea
          rows={3}
          maxLength={500}
          aria-label={t('quota.reason')}
          placeholder={t('quota.reason')}
          value={reason}
          onChange={(e) => setReason(e.target.value)}
        />
      </Modal>
    </Panel>
  );
}

function WatchedRecords() {
  const { t } = useTranslation('privacy');
  const can = useCan();
  const { message } = App.useApp();
  const say = useMessage();
  const client = useQueryClient();
  const query = useQuery(watched());
  const [person, setPerson] = useState('');
  const [note, setNote] = useState('');
  async function change(work: () => Promise<unknown>) {
    try {
      await work();
      setPerson('');
      setNote('');
      await client.invalidateQueries({ queryKey: ['alert', 'watched'] });
    } catch (e) {
      void message.error(say(e));
    }
  }
  const items = query.data?.items ?? [];
  return (
    <Panel title={t('watched.title')}>
      <div className="ac-stack-s">
        <p className="ac-muted">{t('watched.hint')}</p>
        {query.error && <ErrorState error={query.error} retry={() => void query.refetch()} />}
        {items.length === 0 && <p>{t('watched.none')}</p>}
        {items.map((w) => (
          <div className="ac-row-between" key={w.id}>
            <span>
              {w.note} <span className="ac-faint ac-small">{`${w.created_by} · ${formatInstant(w.created_at)}`}</span>
            </span>
            {can('disclosure.watched.remove') && (
              <Button size="small" onClick={() => void change(() => api.delete(`/disclosure/watched/${w.id}`))}>
                {t('watched.remove')}
              </Button>
            )}
          </div>
        ))}
        {can('disclosure.watched.add') && (
          <div className="ac-row" style={{ flexWrap: 'wrap' }}>
            <Input
              style={{ width: 300 }}
              placeholder={t('watched.person')}
              aria-label={t('watched.person')}
              value={person}
              onChange={(e) => setPerson(e.target.value.trim())}
            />
            <Input
              style={{ width: 220 }}
              placeholder={t('watched.note')}
              aria-label={t('watched.note')}
              value={note}
              onChange={(e) => setNote(e.target.value)}
            />
            <Button
              disabled={!person || !note.trim()}
              onClick={() => void change(() => api.post('/disclosure/watched', { person_id: person, note }))}
            >
              {t('watched.add')}
            </Button>
          </div>
        )}
      </div>
    </Panel>
  );
}
