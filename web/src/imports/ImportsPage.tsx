import { InboxOutlined } from '@ant-design/icons';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Radio, Spin, Upload } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, newIdempotencyKey } from '../api/client';
import { ForbiddenPage } from '../app/ErrorPages';
import { Loading } from '../app/Loading';
import { useScope } from '../app/scope';
import { useCan } from '../app/session';
import { useLang } from '../i18n';
import { type DataColumn, DataTable } from '../shared/DataTable';
import { formatInstant } from '../shared/day';
import { FormError } from '../shared/form';
import { formatNumber, nameIn, textIn } from '../shared/format';
import { StateTag } from '../shared/marks';
import { PageHeader, Panel } from '../shared/PageHeader';
import { EmptyState, ErrorState } from '../shared/states';
import { AccountText } from './AccountLine';
import { importQuery } from './queries';
import type { Import, ImportKind } from './types';
import './imports.css';

/** Starts an import, and lists the earlier ones. */
export function ImportsPage() {
  const { t } = useTranslation('imports');
  const can = useCan();
  if (!can('imports.job.view') && !can('imports.job.create')) return <ForbiddenPage />;
  return (
    <div className="ac-page">
      <PageHeader title={t('title')} sub={t('sub')} />
      {can('imports.job.create') && <Start />}
      <Earlier />
    </div>
  );
}

/** What is imported daily stands before what is imported once. */
const ORDER = ['cases', 'counts', 'people', 'addresses', 'places', 'map'];

function Start() {
  const { t } = useTranslation('imports');
  const lang = useLang();
  const can = useCan();
  const { incident, placeId, place } = useScope();
  const search = useSearch({ from: '/imports' });
  const navigate = useNavigate({ from: '/imports' });
  const client = useQueryClient();
  const kinds = useQuery(importQuery.kinds());
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const key = useRef(newIdempotencyKey());
  if (kinds.isError) return <ErrorState error={kinds.error} retry={() => kinds.refetch()} />;
  if (!kinds.data) return <Loading />;
  const offered = ORDER.flatMap((name) => kinds.data.items.filter((k) => k.kind === name && can(k.operation)));
  const kind = offered.find((k) => k.kind === search.kind) ?? offered[0];
  if (!kind) return null;
  const needsIncident = kind.kind === 'cases' || kind.kind === 'counts';
  const setKind = (k: ImportKind) => void navigate({ replace: true, search: (s) => ({ ...s, kind: k.kind }) });

  async function upload(file: File) {
    setBusy(true);
    setError(null);
    try {
      const form = new FormData();
      form.append('kind', kind?.kind ?? '');
      if (incident && needsIncident) form.append('incident_id', incident.id);
      if (placeId) form.append('place_id', placeId);
      form.append('file', file, file.name);
      const made = await api.upload<Import>('/imports', form, { idempotencyKey: key.current });
      client.setQueryData(importQuery.one(made.id).queryKey, made);
      await navigate({
        to: '/imports/$importId',
        params: { importId: made.id },
        search: (s) => ({ incident: s.incident, place: s.place }),
      });
    } catch (e) {
      key.current = newIdempotencyKey();
      setError(e);
    } finally {
      setBusy(false);
    }
  }
  return (
    <Panel title={t('start')}>
      <div className="ac-stack">
        <FormError error={error} />
        <div className="ac-row" style={{ gap: 16 }}>
          <span className="ac-muted">{t('kind')}</span>
          <Radio.Group
            value={kind.kind}
            optionType="button"
            buttonStyle="solid"
            onChange={(e) => {
              const chosen = offered.find((k) => k.kind === e.target.value);
              if (chosen) setKind(chosen);
            }}
            options={offered.map((k) => ({ value: k.kind, label: textIn(k.title, lang) }))}
          />
          <span className="ac-muted">
            {needsIncident
              ? incident
                ? t('into', { incident: nameIn(incident, lang), place: place ? nameIn(place, lang) : '' })
                : t('noIncident')
              : place && t('intoPlace', { place: nameIn(place, lang) })}
          </span>
        </div>
        <Spin spinning={busy} description={t('uploading')}>
          <Upload.Dragger
            multiple={false}
            showUploadList={false}
            disabled={busy || (needsIncident && !incident)}
            accept=".csv,.tsv,.txt,.xlsx,.json,.ndjson,.geojson,.osm,.pbf,.gz,.bz2"
            beforeUpload={(file) => {
              void upload(file);
              return false;
            }}
          >
            <p className="ac-drop-icon">
              <InboxOutlined aria-hidden />
            </p>
            <p>{t('drop')}</p>
            <p className="ac-muted ac-small">{t('dropHint')}</p>
          </Upload.Dragger>
        </Spin>
      </div>
    </Panel>
  );
}

function Earlier() {
  const { t } = useTranslation('imports');
  const lang = useLang();
  const { incident } = useScope();
  const navigate = useNavigate({ from: '/imports' });
  const kinds = useQuery(importQuery.kinds());
  const list = useInfiniteQuery(importQuery.list());
  const rows = list.data?.pages.flatMap((page) => page.items);
  const kindName = (kind: string) => textIn(kinds.data?.items.find((k) => k.kind === kind)?.title, lang) || kind;
  const columns: DataColumn<Import>[] = [
    {
      key: 'file',
      title: t('column.file'),
      width: 240,
      always: true,
      render: (i) => (
        <Link
          to="/imports/$importId"
          params={{ importId: i.id }}
          search={(s) => ({ incident: s.incident, place: s.place })}
        >
          {i.file.name || kindName(i.kind)}
        </Link>
      ),
    },
    { key: 'kind', title: t('column.kind'), width: 100, render: (i) => kindName(i.kind) },
    { key: 'state', title: t('column.state'), width: 150, render: (i) => <StateTag value={i.state} /> },
    {
      key: 'account',
      title: t('column.account'),
      width: 400,
      render: (i) =>
        i.result ? (
          <AccountText account={i.result} />
        ) : i.progress ? (
          `${formatNumber(i.progress.rows_done, lang)} / ${formatNumber(i.progress.rows_total, lang)}`
        ) : (
          '–'
        ),
    },
    { key: 'by', title: t('column.by'), width: 120, render: (i) => i.created_by_name },
    { key: 'at', title: t('column.at'), width: 150, render: (i) => formatInstant(i.created_at, incident?.time_zone) },
  ];
  return (
    <Panel title={t('list')} flush>
      <DataTable<Import>
        id="imports"
        columns={columns}
        rows={rows}
        rowKey={(i) => i.id}
        rowLabel={(i) => i.file.name}
        loading={list.isPending}
        error={list.error}
        retry={() => list.refetch()}
        onOpen={(i) =>
          void navigate({
            to: '/imports/$importId',
            params: { importId: i.id },
            search: (s) => ({ incident: s.incident, place: s.place }),
          })
        }
        onMore={list.hasNextPage ? () => void list.fetchNextPage() : undefined}
        loadingMore={list.isFetchingNextPage}
        empty={<EmptyState title={t('none')} why={t('noneWhy')} />}
      />
    </Panel>
  );
}
