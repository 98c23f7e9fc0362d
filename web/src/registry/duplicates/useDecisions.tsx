import { type InfiniteData, useQueryClient } from '@tanstack/react-query';
import { App, Button } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, newIdempotencyKey } from '../../api/client';
import { useMessage } from '../../api/message';
import type { List } from '../../api/types';
import type { Choice } from './choices';
import { KeyCap } from './KeyCap';
import { duplicateQuery } from './queries';
import type { Decided, Decision, Pair, QueueState } from './types';

/** How long the toast with the undo stays; the key works until the next decision. */
const TOAST_SECONDS = 10;
const TOAST = 'duplicate-decided';

/** Deciding pairs: the pair leaves the list at once, and the last decision can be taken back. */
export function useDecisions(placeId: string, state: QueueState, onReturn: (id: string) => void) {
  const { t } = useTranslation('duplicates');
  const client = useQueryClient();
  const { message } = App.useApp();
  const sentence = useMessage();
  const [busy, setBusy] = useState(false);
  const last = useRef<{ pair: Pair; answer: Decided } | undefined>(undefined);
  const refresh = () => client.invalidateQueries({ queryKey: ['duplicate'] });

  async function decide(pair: Pair, decision: Exclude<Decision, 'open'>, choice?: Choice): Promise<boolean> {
    setBusy(true);
    try {
      const body = decision === 'merge' ? { decision, keep: choice?.keep, take: choice?.take } : { decision };
      const answer = await api.post<Decided>(`/people/duplicates/${pair.id}/decide`, body, {
        ifMatch: pair.version,
        idempotencyKey: newIdempotencyKey(),
      });
      last.current = { pair, answer };
      client.setQueryData<InfiniteData<List<Pair>>>(duplicateQuery.list(placeId, state).queryKey, (old) =>
        without(old, pair.id),
      );
      void refresh();
      void message.success({
        key: TOAST,
        duration: TOAST_SECONDS,
        content: (
          <span className="ac-dup-toast">
            {t(`done.${decision}`)}
            <Button size="small" onClick={() => void undo()}>
              {t('undo')} <KeyCap id="pairUndo" />
            </Button>
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
    if (!done) {
      void message.info(t('nothingToUndo'));
      return;
    }
    last.current = undefined;
    message.destroy(TOAST);
    try {
      if (done.answer.merge_id)
        await api.post(`/people/merges/${done.answer.merge_id}/undo`, { reason: t('undoReason') });
      else
        await api.post(
          `/people/duplicates/${done.pair.id}/decide`,
          { decision: 'open' },
          { ifMatch: done.answer.version },
        );
      void message.success(t('undone'));
      await refresh();
      onReturn(done.pair.id);
    } catch (error) {
      void message.error(sentence(error));
    }
  }
  return { decide, undo, busy };
}

function without(old: InfiniteData<List<Pair>> | undefined, id: string): InfiniteData<List<Pair>> | undefined {
  if (!old) return old;
  return {
    ...old,
    pages: old.pages.map((page) => ({
      ...page,
      total: Math.max(0, page.total - 1),
      items: page.items.filter((p) => p.id !== id),
    })),
  };
}
