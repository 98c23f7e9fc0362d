import { CheckOutlined, ExclamationOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Alert, Button, Spin } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client';
import { ErrorPage, ForbiddenPage } from '../app/ErrorPages';
import { Loading } from '../app/Loading';
import { useScope } from '../app/scope';
import { useCan } from '../app/session';
import { useLang } from '../i18n';
import { formatInstant } from '../shared/day';
import { FormError } from '../shared/form';
import { textIn } from '../shared/format';
import { StateTag } from '../shared/marks';
import { PageHeader } from '../shared/PageHeader';
import { AccountLine } from './AccountLine';
import { ColumnsStep } from './ColumnsStep';
import { DryRunStep } from './DryRunStep';
import { FileStep } from './FileStep';
import { importQuery } from './queries';
import { RunStep } from './RunStep';
import { SheetStep } from './SheetStep';
import type { Choice, Import, ImportKind } from './types';
import { ValuesStep } from './ValuesStep';
import { isOver, STEPS, type Step, stepFor, stepOpen, withConstant } from './wizard';
import './imports.css';

/** What every step is given. `act` sends a request about this import and shows its answer. */
export type StepProps = {
  imp: Import;
  kind: ImportKind;
  choose: (choice: Choice) => void;
  act: (path: string) => Promise<Import | undefined>;
  busy: boolean;
};

/** One import, from the file to its result: six steps, of which the last is also its record. */
export function ImportPage() {
  const { importId } = useParams({ from: '/imports/$importId' });
  const can = useCan();
  const imp = useQuery(importQuery.one(importId));
  const kinds = useQuery(importQuery.kinds());
  if (!can('imports.job.view')) return <ForbiddenPage />;
  if (imp.isError && !imp.data) return <ErrorPage error={imp.error} retry={() => imp.refetch()} />;
  if (kinds.isError && !kinds.data) return <ErrorPage error={kinds.error} retry={() => kinds.refetch()} />;
  const kind = kinds.data?.items.find((k) => k.kind === imp.data?.kind);
  return imp.data && kind ? <Wizard key={importId} imp={imp.data} kind={kind} /> : <Loading />;
}

function useActions(imp: Import) {
  const client = useQueryClient();
  const [busy, setBusy] = useState(0);
  const [error, setError] = useState<unknown>(null);
  const { queryKey } = importQuery.one(imp.id);
  // Choices made one after another are sent one after another: each is the whole choice.
  const line = useRef<Promise<unknown>>(Promise.resolve());
  function send(request: () => Promise<Import>): Promise<Import | undefined> {
    const next = line.current.then(async () => {
      setBusy((n) => n + 1);
      setError(null);
      try {
        await client.cancelQueries({ queryKey });
        const answer = await request();
        client.setQueryData(queryKey, answer);
        return answer;
      } catch (e) {
        setError(e);
        void client.invalidateQueries({ queryKey });
        return undefined;
      } finally {
        setBusy((n) => n - 1);
      }
    });
    line.current = next;
    return next;
  }
  return {
    busy: busy > 0,
    error,
    choose: (choice: Choice) => void send(() => api.put<Import>(`/imports/${imp.id}/choice`, choice)),
    act: (path: string) => send(() => api.post<Import>(`/imports/${imp.id}/${path}`)),
  };
}

function Wizard({ imp, kind }: { imp: Import; kind: ImportKind }) {
  const { t } = useTranslation('imports');
  const lang = useLang();
  const { incident } = useScope();
  const search = useSearch({ from: '/imports/$importId' });
  const navigate = useNavigate({ from: '/imports/$importId' });
  const { busy, error, choose, act } = useActions(imp);
  const over = isOver(imp.state) || imp.state === 'running';
  const asked = STEPS.find((s) => s === search.step);
  const first = useRef(stepFor(imp, kind.fields));
  const step: Step = over ? 'run' : (asked ?? first.current);
  const go = (next: Step) => void navigate({ search: (s) => ({ ...s, step: next }) });
  const name = imp.file.name || textIn(kind.title, lang);
  const props: StepProps = { imp, kind, choose, act, busy };
  return (
    <div className="ac-page">
      <PageHeader
        title={
          <span className="ac-row">
            {name} <StateTag value={imp.state} />
          </span>
        }
        tabTitle={name}
        sub={
          <>
            <Link
              className="ac-import-back"
              to="/imports"
              search={(s) => ({ incident: s.incident, place: s.place, kind: imp.kind })}
            >
              {t('title')}
            </Link>
            {' · '}
            {textIn(kind.title, lang)}
            {' · '}
            {t('created', { name: imp.created_by_name, at: formatInstant(imp.created_at, incident?.time_zone) })}
          </>
        }
      />
      <AccountLine imp={imp} />
      <FormError error={error} />
      <div className="ac-wizard">
        <StepList imp={imp} kind={kind} step={step} over={over} onGo={go} />
        <div className="ac-wizard-body">
          {!over && <Problems imp={imp} choose={choose} busy={busy} />}
          <Spin spinning={busy && step !== 'dry' && step !== 'run'} delay={300} description={t('saving')}>
            <StepBody step={step} {...props} />
          </Spin>
          {!over && <Foot step={step} tried={imp.dry_run !== null} onGo={go} />}
        </div>
      </div>
    </div>
  );
}

function StepBody({ step, ...props }: StepProps & { step: Step }) {
  switch (step) {
    case 'file':
      return <FileStep {...props} />;
    case 'sheet':
      return <SheetStep {...props} />;
    case 'columns':
      return <ColumnsStep {...props} />;
    case 'values':
      return <ValuesStep {...props} />;
    case 'dry':
      return <DryRunStep {...props} />;
    case 'run':
      return <RunStep {...props} />;
  }
}

type ListProps = { imp: Import; kind: ImportKind; step: Step; over: boolean; onGo: (step: Step) => void };
function StepList({ imp, kind, step, over, onGo }: ListProps) {
  const { t } = useTranslation('imports');
  return (
    <nav aria-label={t('steps')} className={over ? 'ac-no-print ac-desk-only' : 'ac-no-print'}>
      <ol className="ac-steps">
        {STEPS.map((s, i) => {
          const open = !over && s !== 'run' && stepOpen(s, imp, kind.fields);
          return (
            <li key={s} data-open={open || undefined}>
              <button
                type="button"
                disabled={over}
                aria-current={s === step ? 'step' : undefined}
                onClick={() => onGo(s)}
              >
                <span className="ac-step-mark" aria-hidden>
                  {over ? <CheckOutlined aria-hidden /> : open ? <ExclamationOutlined aria-hidden /> : i + 1}
                </span>
                <span>
                  {t(`step.${s}`)}
                  {open && <span className="ac-small ac-step-note"> {t('stepOpen')}</span>}
                </span>
              </button>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}

/** What stops the import, in every step, because it may be settled in any. */
type ProblemsProps = { imp: Import; choose: (choice: Choice) => void; busy: boolean };
function Problems({ imp, choose, busy }: ProblemsProps) {
  const { t } = useTranslation('imports');
  const lang = useLang();
  if (imp.plan.problems.length === 0) return null;
  return (
    <Alert
      type="warning"
      showIcon
      title={t('problems')}
      description={
        <ul className="ac-list">
          {imp.plan.problems.map((p) => (
            <li key={`${p.code}-${p.column}`}>
              {p[lang]}
              {p.code === 'places.coordinates_swapped' && (
                <div className="ac-row">
                  {(['lat_lon', 'lon_lat'] as const).map((order) => (
                    <Button
                      key={order}
                      size="small"
                      disabled={busy}
                      onClick={() => choose(withConstant(imp.choice, 'coordinates', order))}
                    >
                      {t(order === 'lat_lon' ? 'turnRound' : 'asItStands')}
                    </Button>
                  ))}
                </div>
              )}
            </li>
          ))}
        </ul>
      }
    />
  );
}

type FootProps = { step: Step; tried: boolean; onGo: (step: Step) => void };
function Foot({ step, tried, onGo }: FootProps) {
  const { t } = useTranslation('imports');
  const at = STEPS.indexOf(step);
  const [before, after] = [STEPS[at - 1], STEPS[at + 1]];
  return (
    <div className="ac-row-between ac-no-print">
      <span>{before && <Button onClick={() => onGo(before)}>{t('back')}</Button>}</span>
      {after && (
        <Button type={step === 'dry' && !tried ? 'default' : 'primary'} onClick={() => onGo(after)}>
          {t('next')}
        </Button>
      )}
    </div>
  );
}
