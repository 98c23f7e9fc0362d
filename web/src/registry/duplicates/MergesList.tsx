import { ArrowRightOutlined } from '@ant-design/icons';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { App, Button, Form, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { Loading } from '../../app/Loading';
import { useScope } from '../../app/scope';
import { useCan } from '../../app/session';
import { formatInstant } from '../../shared/day';
import { FormError, useIdempotencyKey, useSubmit } from '../../shared/form';
import { Tag } from '../../shared/marks';
import { EmptyState, ErrorState } from '../../shared/states';
import { duplicateQuery } from './queries';
import type { Merge } from './types';

/** Past merges: who became part of whom, by whom, and taking it back. */
export function MergesList({ placeId }: { placeId: string }) {
  const { t } = useTranslation('duplicates');
  const list = useInfiniteQuery(duplicateQuery.merges(placeId));
  const [undoing, setUndoing] = useState<Merge | undefined>();
  if (list.isError && !list.data) return <ErrorState error={list.error} retry={() => list.refetch()} />;
  if (!list.data) return <Loading />;
  const all = list.data.pages.flatMap((page) => page.items);
  if (all.length === 0) return <EmptyState title={t('merges.none')} why={t('merges.noneWhy')} />;
  return (
    <div className="ac-panel">
      <ul className="ac-dup-merges">
        {all.map((m) => (
          <MergeRow key={m.id} m={m} onUndo={() => setUndoing(m)} />
        ))}
      </ul>
      {list.hasNextPage && (
        <Button type="text" block loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('more')}
        </Button>
      )}
      {undoing && <UndoDialog m={undoing} onClose={() => setUndoing(undefined)} />}
    </div>
  );
}

const MOVED = ['cases', 'people', 'households', 'people_care', 'people_homes', 'people_doubts'] as const;

function MergeRow({ m, onUndo }: { m: Merge; onUndo: () => void }) {
  const { t } = useTranslation('duplicates');
  const can = useCan();
  const { incident } = useScope();
  const moved = MOVED.filter((table) => m.moved[table]).map((table) => t(`moved.${table}`, { count: m.moved[table] }));
  const field = (name: string) =>
    (t as unknown as (k: string, o: object) => string)(`field.${name}`, { defaultValue: name });
  return (
    <li data-undone={m.undone_at ? true : undefined}>
      <div className="ac-dup-merge-who">
        <span>{m.loser.name_masked || t('noName')}</span>
        <ArrowRightOutlined aria-label={t('merges.into')} />
        {m.winner ? (
          <Link
            to="/people/$personId"
            params={{ personId: m.winner_id }}
            search={(s) => ({ incident: s.incident, place: s.place })}
          >
            {m.winner.name_masked || t('noName')}
          </Link>
        ) : (
          <span className="ac-muted">{t('merges.further')}</span>
        )}
        {m.undone_at && <Tag tone="plain">{t('merges.undone')}</Tag>}
      </div>
      <div className="ac-small ac-muted">
        <p>{m.winner?.place_trail || m.loser.place_trail}</p>
        <p>
          {t('merges.by', { name: m.by_name, at: formatInstant(m.at, incident?.time_zone) })}
          {moved.length > 0 && ` · ${moved.join(t('hangs.comma'))}`}
        </p>
        {m.undone_at && (
          <p>
            {t('merges.undoneBy', {
              name: m.undone_by_name,
              at: formatInstant(m.undone_at, incident?.time_zone),
              reason: m.undo_reason,
            })}
            {m.kept.length > 0 && ` ${t('merges.kept', { fields: m.kept.map(field).join(t('hangs.comma')) })}`}
          </p>
        )}
      </div>
      {m.can_be_undone && can('people.merge.undo') && <Button onClick={onUndo}>{t('merges.undo')}</Button>}
    </li>
  );
}

/** The server takes no undo without a reason. */
const REASON_MIN = 2;

function UndoDialog({ m, onClose }: { m: Merge; onClose: () => void }) {
  const { t } = useTranslation(['duplicates', 'shared']);
  const client = useQueryClient();
  const { message } = App.useApp();
  const [form] = Form.useForm<{ reason: string }>();
  const { key } = useIdempotencyKey();
  const { submit, busy, error } = useSubmit(form, async ({ reason }) => {
    const answer = await api.post<Merge>(
      `/people/merges/${m.id}/undo`,
      { reason: reason.trim() },
      { idempotencyKey: key },
    );
    void message.success(t(answer.kept.length > 0 ? 'duplicates:merges.doneKept' : 'duplicates:merges.done'));
    await client.invalidateQueries({ queryKey: ['duplicate'] });
    onClose();
  });
  return (
    <Modal
      open
      title={t('duplicates:merges.title')}
      okText={t('duplicates:merges.undo')}
      cancelText={t('shared:cancel')}
      onOk={form.submit}
      onCancel={onClose}
      confirmLoading={busy}
    >
      <Form form={form} layout="vertical" requiredMark={false} onFinish={submit}>
        <FormError error={error} />
        <p style={{ marginBottom: 12 }}>{t('duplicates:merges.what')}</p>
        <Form.Item
          name="reason"
          label={t('duplicates:merges.reason')}
          extra={t('duplicates:merges.hint')}
          rules={[{ required: true, whitespace: true, min: REASON_MIN, message: t('duplicates:merges.reasonNeeded') }]}
        >
          <Input.TextArea autoFocus rows={2} maxLength={500} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
