import { DownloadOutlined, SafetyCertificateOutlined } from '@ant-design/icons';
import { Alert, Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import type { AuditVerification } from '../../api/types';
import { useLang } from '../../i18n';
import { formatInstant } from '../../shared/day';
import { formatNumber } from '../../shared/format';
import { Panel } from '../../shared/PageHeader';
import { CopyButton } from '../../shared/Secret';
import { ErrorState } from '../../shared/states';

type State = { busy: boolean; result?: AuditVerification; note?: string; error?: unknown };

/** Walks the whole chain on the server and says whether it is as it was written. */
export function Verify() {
  const { t } = useTranslation('audit');
  const lang = useLang();
  const [state, setState] = useState<State>({ busy: false });
  async function run(ask: () => Promise<Partial<State>>) {
    setState((s) => ({ ...s, busy: true, error: undefined }));
    try {
      const got = await ask();
      setState((s) => ({ ...s, ...got, busy: false }));
    } catch (error) {
      setState((s) => ({ ...s, busy: false, error }));
    }
  }
  const { result, note } = state;
  const bad = result?.first_bad;
  return (
    <Panel>
      <div className="ac-stack-s">
        <div className="ac-row-between">
          <span className="ac-muted">
            {result?.checkpoint
              ? t('checkpointKept', {
                  size: formatNumber(result.checkpoint.size, lang),
                  at: formatInstant(result.checkpoint.signed_at),
                })
              : result
                ? t('checkpointNone')
                : t('checkpointText')}
          </span>
          <span className="ac-row">
            <Button
              icon={<DownloadOutlined />}
              disabled={state.busy}
              onClick={() =>
                void run(async () => ({ note: (await api.get<{ note: string }>('/audit/checkpoint')).note }))
              }
            >
              {t('checkpointGet')}
            </Button>
            <Button
              type="primary"
              icon={<SafetyCertificateOutlined />}
              loading={state.busy}
              onClick={() => void run(async () => ({ result: await api.get<AuditVerification>('/audit/verify') }))}
            >
              {state.busy ? t('verifying') : t('verify')}
            </Button>
          </span>
        </div>
        {result &&
          (result.ok ? (
            <Alert
              type="success"
              showIcon
              role="status"
              title={t('verifyOk', { count: result.entries, n: formatNumber(result.entries, lang) })}
            />
          ) : (
            <Alert
              type="error"
              showIcon
              role="alert"
              title={bad === null || bad === undefined ? t('verifyBadUnknown') : t('verifyBad', { seq: bad })}
              description={result.problem}
            />
          ))}
        {state.error !== undefined && <ErrorState error={state.error} />}
        {note && (
          <div className="ac-row" style={{ alignItems: 'flex-start' }}>
            <pre
              className="ac-mono"
              style={{
                margin: 0,
                padding: 12,
                background: 'var(--ac-sunken)',
                borderRadius: 4,
                overflowX: 'auto',
                flex: 1,
              }}
            >
              {note}
            </pre>
            <CopyButton text={note} />
          </div>
        )}
      </div>
    </Panel>
  );
}
