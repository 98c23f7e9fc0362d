import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { Alert, App, Button, Form } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { asProblem } from '../../api/problem';
import { q } from '../../api/queries';
import type { PlaceDetail } from '../../api/types';
import { ErrorPage, ForbiddenPage } from '../../app/ErrorPages';
import { Loading } from '../../app/Loading';
import { useCan } from '../../app/session';
import { useLang } from '../../i18n';
import { useSubmit } from '../../shared/form';
import { nameIn } from '../../shared/format';
import { PageHeader } from '../../shared/PageHeader';
import { PlaceForm, type PlaceValues, placeChanges, placeValues } from './PlaceForm';
import './places.css';

export function EditPlacePage() {
  const { placeId } = useParams({ from: '/places/$placeId/edit' });
  const can = useCan();
  const place = useQuery({ ...q.place(placeId), refetchOnWindowFocus: false });
  if (!can('places.place.update')) return <ForbiddenPage />;
  if (place.isError && !place.data) return <ErrorPage error={place.error} retry={() => place.refetch()} />;
  return place.data ? <Editor key={placeId} first={place.data} /> : <Loading />;
}

function Editor({ first }: { first: PlaceDetail }) {
  const { t } = useTranslation('places');
  const lang = useLang();
  const navigate = useNavigate();
  const client = useQueryClient();
  const { message } = App.useApp();
  const [form] = Form.useForm<PlaceValues>();
  const [base, setBase] = useState(first);
  const back = () =>
    navigate({
      to: '/places/$placeId',
      params: { placeId: first.id },
      search: (s) => ({ incident: s.incident, place: s.place }),
      ignoreBlocker: true,
    });
  const { submit, busy, error, clear } = useSubmit<PlaceValues>(form, async (values) => {
    const changes = placeChanges(placeValues(base), values);
    if (Object.keys(changes).length > 0) {
      await api.patch(`/places/${base.id}`, changes, { ifMatch: base.version });
      void message.success(t('saved'));
      await client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] === 'place' });
    }
    await back();
  });
  const stale = asProblem(error).code === 'conflict.stale';
  async function takeNewest() {
    const newest = await client.fetchQuery({ ...q.place(first.id), staleTime: 0 });
    const mine = placeChanges(placeValues(base), form.getFieldsValue(true) as PlaceValues);
    form.setFieldsValue({ ...placeValues(newest), ...mine } as PlaceValues);
    setBase(newest);
    clear();
  }
  return (
    <div className="ac-page">
      <PageHeader title={t('editTitle', { name: nameIn(base, lang) })} />
      <PlaceForm
        form={form}
        initial={placeValues(first)}
        error={stale ? null : error}
        busy={busy}
        submitText={t('save')}
        onSubmit={submit}
        onCancel={() => void back()}
        notice={
          stale && (
            <Alert
              type="warning"
              showIcon
              title={t('stale')}
              action={<Button onClick={() => void takeNewest()}>{t('staleNext')}</Button>}
            />
          )
        }
      />
    </div>
  );
}
