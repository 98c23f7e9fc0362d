import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Input, Modal, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, apiUrl } from '../../api/client';
import { useMessage } from '../../api/message';
import { useCan } from '../../app/session';
import { useLang } from '../../i18n';
import { type DataColumn, DataTable } from '../../shared/DataTable';
import { formatInstant } from '../../shared/day';
import { formatNumber } from '../../shared/format';
import { Tag } from '../../shared/marks';
import { PageHeader, Panel } from '../../shared/PageHeader';
import { EmptyState } from '../../shared/states';
import { DIRECT_EXPORT, type ExportJob, exportsOf } from '../disclosure/queries';

/** Files of people: what I asked for, and what waits for my decision. */
export function ExportsPage() {
  const { t } = useTranslation('privacy');
  const can = useCan();
  const asks = can('disclosure.export.request');
  const decides = can('disclosure.export.decide');
  const [tab, setTab] = useState<'mine' | 'waiting'>(asks ? 'mine' : 'waiting');
  return (
    <div className="ac-page">
      <PageHeader
        title={t('exports.title')}
        sub={t('exports.sub', { n: DIRECT_EXPORT })}
        tools={
          asks &&
          decides && (
            <Segmented
              value={tab}
              onChange={(v) => setTab(v as 'mine' | 'waiting')}
              options={[
                { value: 'mine', label: t('exports.mine') },
                { value: 'waiting', label: t('exports.waiting') },
              ]}
            />
          )
        }
      />
      <Jobs waiting={tab === 'waiting'} />
    </div>
  );
}

function stateOf(e: ExportJob): 'waiting' | 'approved' | 'refused' | 'expired' | 'fetched' {
  if (e.state !== 'approved') return e.state;
  if (e.once && e.downloads > 0) return 'fetched';
  return e.until && new Date(e.until) < new Date() ? 'expired' : 'approved';
}

const TONES = { waiting: 'warn', approved: 'good', refused: 'bad', expired: 'plain', fetched: 'plain' } as const;

function Jobs({ waiting }: { waiting: boolean }) {
  const { t } = useTranslation('privacy');
  const lang = useLang();
  const query = useQuery(exportsOf(waiting));
  const [deciding, setDeciding] = useState<{ job: ExportJob; approve: boolean }>();
  const form = (e: ExportJob) => t(e.plain ? 'exports.plain' : 'exports.masked');
  const columns: DataColumn<ExportJob>[] = [
    {
      key: 'what',
      title: t('exports.what'),
      width: 190,
      always: true,
      render: (e) => (
        <>
          {t(`exports.kind.${e.kind}`)} · {form(e)} · {e.format.toUpperCase()}{' '}
          {e.once && <Tag>{t('exports.once')}</Tag>}
        </>
      ),
    },
    {
      key: 'state',
      title: t('alerts.state'),
      width: 260,
      always: true,
      render: (e) => {
        if (waiting)
          return (
            <span className="ac-row">
              <Button size="small" type="primary" onClick={() => setDeciding({ job: e, approve: true })}>
                {t('exports.approve')}
              </Button>
              <Button size="small" onClick={() => setDeciding({ job: e, approve: false })}>
                {t('exports.refuse')}
              </Button>
            </span>
          );
        const state = stateOf(e);
        return (
          <span className="ac-row">
            <Tag tone={TONES[state]}>{t(`exports.state.${state}`)}</Tag>
            {state === 'approved' && (
              <Button size="small" type="primary" href={apiUrl(`/exports/${e.id}/file`)} download>
                {t('exports.fetch')}
              </Button>
            )}
            {state === 'approved' && e.until && (
              <span className="ac-faint ac-small">{t('exports.until', { at: formatInstant(e.until) })}</span>
            )}
            {e.decision && <span className="ac-small">{`${e.decided_by_name}: ${e.decision}`}</span>}
          </span>
        );
      },
    },
    {
      key: 'persons',
      title: t('exports.persons'),
      width: 90,
      align: 'right',
      render: (e) => formatNumber(e.persons, lang),
    },
    { key: 'reason', title: t('exports.reason'), width: 240, render: (e) => e.reason },
    { key: 'by', title: t('exports.by'), width: 120, hidden: !waiting, render: (e) => e.requested_by_name },
    { key: 'at', title: t('exports.at'), width: 165, render: (e) => formatInstant(e.requested_at) },
  ];
  return (
    <Panel flush>
      <DataTable<ExportJob>
        id={waiting ? 'exports-waiting' : 'exports'}
        columns={columns}
        rows={query.data?.items}
        rowKey={(e) => e.id}
        rowLabel={(e) => `${t(`exports.kind.${e.kind}`)} ${e.persons}`}
        loading={query.isPending}
        error={query.error}
        retry={() => void query.refetch()}
        empty={
          waiting ? (
            <EmptyState title={t('exports.noneWaiting')} />
          ) : (
            <EmptyState title={t('exports.noneMine')} why={t('exports.noneMineWhy')} />
          )
        }
      />
      {deciding && <Decide {...deciding} form={form(deciding.job)} close={() => setDeciding(undefined)} />}
    </Panel>
  );
}

function Decide({ job, approve, form, close }: { job: ExportJob; approve: boolean; form: string; close: () => void }) {
  const { t } = useTranslation('privacy');
  const lang = useLang();
  const { message } = App.useApp();
  const say = useMessage();
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  async function send() {
    setBusy(true);
    try {
      await api.post(`/exports/${job.id}/decide`, { decision: approve ? 'approve' : 'refuse', reason });
      await Promise.all(['export', 'alert'].map((key) => client.invalidateQueries({ queryKey: [key] })));
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
      title={t(approve ? 'exports.approve' : 'exports.refuse')}
      okText={t(approve ? 'exports.approve' : 'exports.refuse')}
      okButtonProps={{ loading: busy, disabled: !approve && reason.trim().length < 5, danger: !approve }}
      onOk={() => void send()}
      onCancel={close}
    >
      <div className="ac-stack-s">
        {approve && (
          <p>{t('exports.approveText', { name: job.requested_by_name, n: formatNumber(job.persons, lang), form })}</p>
        )}
        <p>
          {t('exports.reason')}: {job.reason}
        </p>
        <Input.TextArea
          rows={3}
          maxLength={500}
          aria-label={t('exports.decision')}
          placeholder={t('exports.decision')}
          value={reason}
          onChange={(e) => setReason(e.target.value)}
        />
      </div>
    </Modal>
  );
}
