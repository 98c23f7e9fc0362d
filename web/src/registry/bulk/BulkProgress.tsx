import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Progress } from 'antd';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { useMessage } from '../../api/message';
import { useLang } from '../../i18n';
import { instantDate } from '../../shared/day';
import { formatNumber } from '../../shared/format';
import { refreshPeople } from '../people/refresh';
import { type Bulk, bulkQuery, isUnderWay, progress } from './bulk';
import { Refusals } from './Refusals';
import './bulk.css';

/** How a change goes, and what came of it; taking it back while that is possible. */
export function BulkProgress({ id, onClose }: { id: string; onClose?: () => void }) {
  const { t } = useTranslation(['bulk', 'shared']);
  const lang = useLang();
  const client = useQueryClient();
  const b = useQuery(bulkQuery.one(id)).data;
  const over = b && !isUnderWay(b);
  useEffect(() => {
    if (over) void refreshPeople(client);
  }, [over, client]);
  if (!b) return <Progress percent={0} />;
  const n = (value: number) => formatNumber(value, lang);
  return (
    <section aria-live="polite">
      {!over && <Progress percent={progress(b)} status="active" />}
      <p>
        <strong>{t(`bulk:state.${b.state}`)}</strong>{' '}
        {t('bulk:account', { selected: n(b.selected), changed: n(b.changed), same: n(b.same), refused: n(b.refused) })}
        {b.state === 'undone' && ` ${t('bulk:back', { undone: n(b.undone), kept: n(b.kept) })}`}
      </p>
      <Refusals verdicts={b.refusals ?? []} />
      {!over && <p className="ac-muted">{t('bulk:mayLeave')}</p>}
      <div className="ac-row">
        {b.state === 'done' && b.changed > 0 && <Undo b={b} />}
        {onClose && <Button onClick={onClose}>{t('shared:close')}</Button>}
      </div>
    </section>
  );
}

export function Undo({ b }: { b: Bulk }) {
  const { t } = useTranslation(['bulk', 'shared']);
  const { message, modal } = App.useApp();
  const sentence = useMessage();
  const lang = useLang();
  const client = useQueryClient();
  if (instantDate(b.undo_until) < new Date()) return null;
  const undo = async () => {
    const sure = await modal.confirm({
      title: t('bulk:undoTitle', { n: formatNumber(b.changed, lang) }),
      content: t('bulk:undoText'),
      okText: t('bulk:undo'),
      cancelText: t('shared:cancel'),
    });
    if (!sure) return;
    try {
      await api.post(`/people/bulks/${b.id}/undo`);
    } catch (error) {
      void message.error(sentence(error));
    }
    await client.invalidateQueries({ queryKey: ['bulk'] });
  };
  return <Button onClick={() => void undo()}>{t('bulk:undo')}</Button>;
}
