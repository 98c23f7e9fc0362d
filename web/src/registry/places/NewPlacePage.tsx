import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { App, Form } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { q } from '../../api/queries';
import type { Place } from '../../api/types';
import { ForbiddenPage } from '../../app/ErrorPages';
import { Loading } from '../../app/Loading';
import { useCan } from '../../app/session';
import { useLang } from '../../i18n';
import { useIdempotencyKey, useSubmit } from '../../shared/form';
import { nameIn } from '../../shared/format';
import { PageHeader } from '../../shared/PageHeader';
import { PlacePicker } from '../../shared/PlacePicker';
import { LEVELS, PlaceForm, type PlaceValues, placeChanges } from './PlaceForm';
import './places.css';

/** Creates a place below another; its level is one of those deeper than its parent's. */
export function NewPlacePage() {
  const { t } = useTranslation('places');
  const lang = useLang();
  const can = useCan();
  const { under } = useSearch({ from: '/places/new' });
  const navigate = useNavigate({ from: '/places/new' });
  const client = useQueryClient();
  const { message } = App.useApp();
  const [form] = Form.useForm<PlaceValues>();
  const { key } = useIdempotencyKey();
  const parent = useQuery(q.place(under ?? ''));
  const { submit, busy, error } = useSubmit<PlaceValues>(form, async (values) => {
    const body = { ...placeChanges(undefined, values), level: values.level, parent_id: under };
    const made = await api.post<Place>('/places', body, { idempotencyKey: key });
    void message.success(t('created', { name: nameIn(made, lang) }));
    await client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] === 'place' });
    await navigate({
      to: '/places/$placeId',
      params: { placeId: made.id },
      search: (s) => ({ incident: s.incident, place: s.place }),
      ignoreBlocker: true,
    });
  });
  if (!can('places.place.create')) return <ForbiddenPage />;
  if (under && parent.isPending) return <Loading />;
  const rank = parent.data ? LEVELS.indexOf(parent.data.level) : -1;
  const levels = LEVELS.slice(rank + 1);
  return (
    <div className="ac-page">
      <PageHeader title={parent.data ? t('createIn', { name: nameIn(parent.data, lang) }) : t('create')} />
      <PlaceForm
        key={under}
        form={form}
        initial={{ level: levels[0] }}
        levels={levels}
        parent={
          <PlacePicker
            value={under}
            label={t('parent')}
            placeholder={t('parentNone')}
            onChange={(id) =>
              void navigate({ replace: true, search: (s) => ({ ...s, under: id }), ignoreBlocker: true })
            }
          />
        }
        error={error}
        busy={busy}
        submitText={t('create')}
        onSubmit={submit}
        onCancel={() =>
          void navigate({ to: '/places', search: (s) => ({ incident: s.incident, place: s.place, under }) })
        }
      />
    </div>
  );
}
