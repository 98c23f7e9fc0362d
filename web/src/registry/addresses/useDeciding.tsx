import { useQueryClient } from '@tanstack/react-query';
import { App, Button } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, newIdempotencyKey } from '../../api/client';
import { useMessage } from '../../api/message';
import { KeyCap } from '../duplicates/KeyCap';
import type { Decided, Decision, Match } from './types';

const TOAST = 'address-decided';
const TOAST_SECONDS = 8;

/** Deciding texts: the last decision can be taken back. */
export function useDeciding() {
  const { t } = useTranslation('addresses');
  const client = useQueryClient();
  const { message } = App.useApp();
  const sentence = useMessage();
  const [busy, setBusy] = useState(false);
  const last = useRef<Decided | undefined>(undefined);
  const refresh = () => client.invalidateQueries({ queryKey: ['address'] });

  async function decide(match: Match, decision: Decision): Promise<boolean> {
    setBusy(true);
    try {
      const done = await api.post<Decided>(`/addresses/${match.id}/decide`, decision, {
        ifMatch: match.version,
        idempotencyKey: newIdempotencyKey(),
      });
      last.current = done;
      void refresh();
      void message.success({
        key: TOAST,
        duration: TOAST_SECONDS,
        content: (
          <span>
            {t(`done.${decision.state}`)} {done.others > 0 && t('doneOthers', { count: done.others })}
            {decision.state !== 'open' && (
              <Button size="small" type="link" onClick={() => void undo()}>
                {t('undo')} <KeyCap id="addressUndo" />
              </Button>
            )}
          </span>
        ),
      });
      return true;
    } catch (error) {
      void message.error(sentence(error));
      void refresh();
      return false;
    } finally {
      setBusy(false);
    }
  }

  async function undo() {
    const done = last.current;
    if (!done) return;
    last.current = undefined;
    message.destroy(TOAST);
    try {
      await api.post(`/addresses/${done.id}/decide`, { state: 'open' }, { ifMatch: done.version });
      void message.success(t('done.open'));
    } catch (error) {
      void message.error(sentence(error));
    }
    void refresh();
  }
  return { decide, undo, busy };
}
