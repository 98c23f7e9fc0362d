import { ExperimentOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useCan } from '../app/session';
import { useLang } from '../i18n';
import { formatNumber } from '../shared/format';
import { Panel } from '../shared/PageHeader';
import type { StepProps } from './ImportPage';
import type { Account, Refusal } from './types';
import { byReason } from './wizard';

/** Step 5: what would happen to each row. Nothing is written. */
export function DryRunStep({ imp, act, busy }: StepProps) {
  const { t } = useTranslation('imports');
  const can = useCan();
  return (
    <div className="ac-stack">
      <Panel title={t('dry')}>
        <div className="ac-stack-s">
          <p>{t('dryWhy')}</p>
          {!imp.plan.ready && <p className="ac-muted">{t('notReady')}</p>}
          <div>
            <Button
              type={imp.dry_run ? 'default' : 'primary'}
              icon={<ExperimentOutlined aria-hidden />}
              loading={busy}
              disabled={!imp.plan.ready || !can('imports.job.run')}
              onClick={() => void act('dry-run')}
            >
              {busy ? t('dryBusy') : imp.dry_run ? t('dryAgain') : t('dryGo')}
            </Button>
          </div>
        </div>
      </Panel>
      {imp.dry_run && <Refusals account={imp.dry_run} refusals={imp.refusals ?? []} />}
    </div>
  );
}

/** Why rows are refused, by reason, each with rows one can look at in the file. */
export function Refusals({ account, refusals }: { account: Account; refusals: Refusal[] }) {
  const { t } = useTranslation('imports');
  const lang = useLang();
  if (account.refused === 0)
    return (
      <Panel title={t('reasons')}>
        <p className="ac-muted">{t('refusedNone')}</p>
      </Panel>
    );
  return (
    <Panel title={t('reasons')}>
      <ul className="ac-reasons">
        {byReason(account, refusals).map(({ code, count, samples }) => (
          <li key={code}>
            <span className="ac-reason-count">{t('reasonRows', { n: formatNumber(count, lang) })}</span>
            <div>
              {samples.length === 0 && <span className="ac-mono">{code}</span>}
              <ul className="ac-list">
                {samples.map((r) => (
                  <li key={`${r.sheet}-${r.row}-${r.column}`}>
                    <span className="ac-muted ac-nowrap">
                      {r.sheet && `${r.sheet} `}
                      {t('sampleRow', { row: r.row })}
                    </span>{' '}
                    {r[lang]}
                  </li>
                ))}
              </ul>
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
