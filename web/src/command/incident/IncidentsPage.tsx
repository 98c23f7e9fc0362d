import { PlusOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { q } from '../../api/queries';
import type { Incident } from '../../api/types';
import { useScope } from '../../app/scope';
import { useCan } from '../../app/session';
import { useLang } from '../../i18n';
import { type DataColumn, DataTable } from '../../shared/DataTable';
import { formatDay } from '../../shared/day';
import { FormDrawer } from '../../shared/FormDrawer';
import { nameIn } from '../../shared/format';
import { StateTag, Tag } from '../../shared/marks';
import { PageHeader, Panel } from '../../shared/PageHeader';
import { EmptyState } from '../../shared/states';
import { IncidentForm } from './IncidentForm';

/** Which responses are there, and which one am I working on? */
export function IncidentsPage() {
  const { t } = useTranslation('incident');
  const lang = useLang();
  const can = useCan();
  const navigate = useNavigate();
  const { incident: current } = useScope();
  const [creating, setCreating] = useState(false);
  const query = useQuery(q.incidents());
  const create = can('incident.incident.create') && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setCreating(true)}>
      {t('create')}
    </Button>
  );
  const columns: DataColumn<Incident>[] = [
    {
      key: 'name',
      title: t('col.name'),
      always: true,
      width: 260,
      render: (i) => (
        <span className="ac-row" style={{ flexWrap: 'nowrap' }}>
          <Link to="/incidents/$incidentId" params={{ incidentId: i.id }} className="ac-ellipsis">
            {nameIn(i, lang)}
          </Link>
          {i.id === current?.id && <Tag tone="accent">{t('current')}</Tag>}
        </span>
      ),
    },
    { key: 'place', title: t('col.place'), render: (i) => i.place_name },
    { key: 'pack', title: t('col.pack'), width: 240, render: (i) => [i.pack, ...i.overlays].join(' + ') },
    {
      key: 'started',
      title: t('col.started'),
      width: 130,
      render: (i) => formatDay(i.started_on, lang, { year: true }),
    },
    {
      key: 'last',
      title: t('col.lastData'),
      width: 130,
      render: (i) => formatDay(i.last_record_on, lang, { year: true }),
    },
    { key: 'status', title: t('col.status'), width: 110, render: (i) => <StateTag value={i.status} /> },
  ];
  return (
    <div className="ac-page">
      <PageHeader title={t('title')} sub={t('sub')} tools={create} />
      <Panel flush>
        <DataTable<Incident>
          id="incidents"
          columns={columns}
          rows={query.data?.items}
          rowKey={(i) => i.id}
          rowLabel={(i) => nameIn(i, lang)}
          loading={query.isPending}
          error={query.error}
          retry={() => query.refetch()}
          onOpen={(i) => void navigate({ to: '/incidents/$incidentId', params: { incidentId: i.id } })}
          empty={<EmptyState title={t('none')} why={t('noneWhy')} next={create} />}
        />
      </Panel>
      <FormDrawer open={creating} onClose={() => setCreating(false)} size={480} title={t('create')}>
        <IncidentForm onDone={() => setCreating(false)} />
      </FormDrawer>
    </div>
  );
}
