import { SearchOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Progress } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { useMessage } from '../../api/message';
import { useScope } from '../../app/scope';
import { useCan } from '../../app/session';
import { useLang } from '../../i18n';
import { formatInstant } from '../../shared/day';
import { formatNumber } from '../../shared/format';
import { duplicateQuery } from './queries';
import type { Sweep } from './types';

/** When the register was last searched for duplicates, how far a search is, and starting one. */
export function SweepBar({ placeId }: { placeId: string }) {
  const { t } = useTranslation('duplicates');
  const lang = useLang();
  const can = useCan();
  const { incident } = useScope();
  const client = useQueryClient();
  const sentence = useMessage();
  const [failed, setFailed] = useState('');
  const [starting, setStarting] = useState(false);
  const sweep = useQuery(duplicateQuery.sweep(placeId)).data;
  const running = sweep?.state === 'running';
  async function start() {
    setStarting(true);
    setFailed('');
    try {
      await api.post<Sweep>('/people/duplicates/sweep', { place_id: placeId });
      await client.invalidateQueries({ queryKey: ['duplicate', 'sweep'] });
    } catch (error) {
      setFailed(sentence(error));
    } finally {
      setStarting(false);
    }
  }
  return (
    <div className="ac-dup-sweep">
      <span className="ac-small ac-muted" aria-live="polite">
        {failed ||
          (running
            ? t('sweep.running')
            : sweep
              ? t('sweep.last', {
                  at: formatInstant(sweep.finished_at, incident?.time_zone),
                  found: formatNumber(sweep.found, lang),
                })
              : t('sweep.never'))}
      </span>
      {running ? (
        <Progress
          percent={sweep.total === 0 ? 0 : Math.floor((100 * sweep.done) / sweep.total)}
          size="small"
          aria-label={t('sweep.running')}
        />
      ) : (
        can('people.duplicate.sweep') && (
          <Button icon={<SearchOutlined aria-hidden />} loading={starting} onClick={() => void start()}>
            {t('sweep.start')}
          </Button>
        )
      )}
    </div>
  );
}
