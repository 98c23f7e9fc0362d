import { DownloadOutlined, UndoOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Alert, App, Button, Progress } from 'antd';
import { useTranslation } from 'react-i18next';
import { apiUrl } from '../api/client';
import { useScope } from '../app/scope';
import { useCan } from '../app/session';
import { useLang } from '../i18n';
import { formatInstant, instantDate } from '../shared/day';
import { formatNumber } from '../shared/format';
import { Panel } from '../shared/PageHeader';
import { Refusals } from './DryRunStep';
import type { StepProps } from './ImportPage';
import type { Import } from './types';
import { isOver } from './wizard';

/** Step 6: the run, its progress, its result, and the way back. */
export function RunStep(props: StepProps) {
  const { imp } = props;
  if (imp.state === 'running') return <Running {...props} />;
  if (isOver(imp.state)) return <Result {...props} />;
  return <Confirm {...props} />;
}

function Confirm({ imp, act, busy }: StepProps) {
  const { t } = useTranslation('imports');
  const lang = useLang();
  const can = useCan();
  const { rows } = imp.file.stats;
  const dry = imp.dry_run;
  const n = (x: number) => formatNumber(x, lang);
  return (
    <Panel title={t('run')} tools={<Discard act={act} />}>
      <div className="ac-stack-s">
        {!imp.plan.ready && <p>{t('notReady')}</p>}
        <p>
          {dry
            ? t('runWhy', {
                inserted: n(dry.inserted),
                updated: n(dry.updated),
                unchanged: n(dry.unchanged),
                refused: n(dry.refused),
              })
            : t('runWhyNoDry')}
        </p>
        <div className="ac-row">
          {!dry && (
            <Link to="." search={(s) => ({ ...s, step: 'dry' })}>
              <Button type="primary">{t('dryGo')}</Button>
            </Link>
          )}
          <Button
            type={dry ? 'primary' : 'default'}
            loading={busy}
            disabled={!imp.plan.ready || !can('imports.job.run')}
            onClick={() => void act('run')}
          >
            {t('runGo', { count: rows, shown: n(rows) })}
          </Button>
        </div>
      </div>
    </Panel>
  );
}

function Running({ imp, act, busy }: StepProps) {
  const { t } = useTranslation('imports');
  const lang = useLang();
  const { modal } = App.useApp();
  const p = imp.progress;
  const percent = p && p.rows_total > 0 ? Math.floor((p.rows_done / p.rows_total) * 100) : 0;
  const left =
    p && p.eta_s >= 0
      ? t('eta', {
          time: p.eta_s < 90 ? t('seconds', { count: p.eta_s }) : t('minutes', { count: Math.round(p.eta_s / 60) }),
        })
      : t('etaUnknown');
  const stop = () =>
    modal.confirm({
      title: t('cancelTitle'),
      content: t('cancelText'),
      okText: t('cancel'),
      okButtonProps: { danger: true },
      onOk: async () => void (await act('cancel')),
    });
  return (
    <Panel title={t('running')}>
      <div className="ac-stack-s">
        <Progress percent={percent} status="active" aria-label={t('running')} />
        <p aria-live="polite">
          {formatNumber(p?.rows_done ?? 0, lang)} / {formatNumber(p?.rows_total ?? imp.file.stats.rows, lang)}{' '}
          {t('rows')}
          {p && p.rows_per_s > 0 && ` · ${t('speed', { n: formatNumber(Math.round(p.rows_per_s), lang) })}`} · {left}
        </p>
        <p className="ac-muted">{t('runningWhy')}</p>
        <div>
          <Button danger disabled={busy} onClick={stop}>
            {t('cancel')}
          </Button>
        </div>
      </div>
    </Panel>
  );
}

const inFuture = (at: Import['undo_until']) => !!at && instantDate(at).getTime() > Date.now();

function Result({ imp, act, busy }: StepProps) {
  const { t } = useTranslation('imports');
  const lang = useLang();
  const can = useCan();
  const { incident } = useScope();
  const title = {
    done: t('doneTitle'),
    done_with_refusals: t('doneRefusedTitle'),
    failed: t('failedTitle'),
    cancelled: t('cancelledTitle'),
    undone: t('undoneTitle'),
  }[imp.state as 'done'];
  const broken = imp.state === 'failed' || imp.state === 'cancelled';
  const written = (imp.result?.inserted ?? 0) + (imp.result?.updated ?? 0);
  const words = (
    <>
      {imp.error && <p>{imp.error[lang]}</p>}
      {imp.undo && (
        <p>{t('undone', { undone: formatNumber(imp.undo.undone, lang), kept: formatNumber(imp.undo.kept, lang) })}</p>
      )}
      {broken && written > 0 && <p>{t('safe')}</p>}
      {imp.finished_at ? (
        <p className="ac-muted">{t('ended', { at: formatInstant(imp.finished_at, incident?.time_zone) })}</p>
      ) : null}
    </>
  );
  return (
    <div className="ac-stack">
      {imp.state === 'failed' ? (
        <Alert type="error" showIcon title={title} description={words} />
      ) : (
        <Panel title={title}>{words}</Panel>
      )}
      <div className="ac-row ac-no-print">
        <See imp={imp} />
        {(imp.result?.refused ?? 0) > 0 && inFuture(imp.rejects_until) && can('imports.rejects.read') && (
          <Button
            icon={<DownloadOutlined aria-hidden />}
            href={apiUrl(`/imports/${imp.id}/rejects.csv`, { lang: lang === 'zh' ? 'zh-CN' : 'en' })}
            download
          >
            {t('rejects')}
          </Button>
        )}
        <Undo imp={imp} act={act} busy={busy} written={written} />
        <Link to="/imports" search={(s) => ({ incident: s.incident, place: s.place, kind: imp.kind })}>
          <Button>{t('another')}</Button>
        </Link>
      </div>
      {imp.result && imp.result.refused > 0 && (
        <>
          <p className="ac-muted">{t('rejectsHint')}</p>
          <Refusals account={imp.result} refusals={imp.refusals ?? []} />
        </>
      )}
    </div>
  );
}

function See({ imp }: { imp: Import }) {
  const { t } = useTranslation('imports');
  if (imp.state === 'undone') return null;
  if (imp.kind === 'cases')
    return (
      <Link
        to="/cases"
        search={(s) => ({ incident: imp.incident_id || s.incident, place: s.place, import_id: imp.id })}
      >
        <Button type="primary">{t('seeCases')}</Button>
      </Link>
    );
  if (imp.kind === 'places')
    return (
      <Link to="/places" search={(s) => ({ incident: s.incident, place: s.place })}>
        <Button type="primary">{t('seePlaces')}</Button>
      </Link>
    );
  if (imp.kind === 'counts')
    return (
      <Link to="/counts" search={(s) => ({ incident: imp.incident_id || s.incident, place: s.place })}>
        <Button type="primary">{t('seeCounts')}</Button>
      </Link>
    );
  return null;
}

function Undo({ imp, act, busy, written }: Pick<StepProps, 'imp' | 'act' | 'busy'> & { written: number }) {
  const { t } = useTranslation('imports');
  const lang = useLang();
  const can = useCan();
  const client = useQueryClient();
  const { modal } = App.useApp();
  const { incident } = useScope();
  if (imp.state === 'undone' || written === 0 || !can('imports.job.undo') || !inFuture(imp.undo_until)) return null;
  const ask = () =>
    modal.confirm({
      title: t('undoTitle'),
      content: t('undoText', {
        inserted: formatNumber(imp.result?.inserted, lang),
        updated: formatNumber(imp.result?.updated, lang),
      }),
      okText: t('undo'),
      okButtonProps: { danger: true },
      onOk: async () => {
        await act('undo');
        await client.invalidateQueries({
          predicate: ({ queryKey }) =>
            ['case', 'place', 'count', 'situation', 'clearance'].includes(String(queryKey[0])),
        });
      },
    });
  return (
    <>
      <Button icon={<UndoOutlined aria-hidden />} disabled={busy} onClick={ask}>
        {t('undo')}
      </Button>
      <span className="ac-small ac-muted">
        {t('undoUntil', { at: formatInstant(imp.undo_until, incident?.time_zone) })}
      </span>
    </>
  );
}

/** Drops an import that has not begun. */
export function Discard({ act }: { act: StepProps['act'] }) {
  const { t } = useTranslation('imports');
  const can = useCan();
  const { modal } = App.useApp();
  if (!can('imports.job.run')) return null;
  return (
    <Button
      type="text"
      onClick={() =>
        modal.confirm({
          title: `${t('discard')}?`,
          content: t('discardText'),
          okText: t('discard'),
          okButtonProps: { danger: true },
          onOk: async () => void (await act('cancel')),
        })
      }
    >
      {t('discard')}
    </Button>
  );
}
