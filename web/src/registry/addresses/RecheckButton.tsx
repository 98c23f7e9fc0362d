import { useQueryClient } from '@tanstack/react-query';
import { App, Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { useMessage } from '../../api/message';

/** Resolves the open texts again, after places were added. */
export function RecheckButton({ placeId }: { placeId: string }) {
  const { t } = useTranslation('addresses');
  const client = useQueryClient();
  const { message } = App.useApp();
  const sentence = useMessage();
  const [busy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    try {
      const r = await api.post<{ looked: number; resolved: number }>('/addresses/recheck', { place_id: placeId });
      void message.success(t('rechecked', r));
      await client.invalidateQueries({ queryKey: ['address'] });
    } catch (error) {
      void message.error(sentence(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button loading={busy} onClick={() => void run()}>
      {t('recheck')}
    </Button>
  );
}
