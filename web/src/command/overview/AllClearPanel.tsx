import { CheckCircleFilled, CloseCircleOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { type At, q } from '../../api/queries';
import { Loading } from '../../app/Loading';
import { byNeed, countMet, useCriterionValue } from '../../control/clearance/criterion';
import { useLang } from '../../i18n';
import { textIn } from '../../shared/format';
import { StateTag } from '../../shared/marks';
import { Panel } from '../../shared/PageHeader';
import { ErrorState } from '../../shared/states';

const SHOWN = 4;

/** How many criteria are met, and the first ones that are not. */
export function AllClearPanel({ at }: { at: At }) {
  const { t } = useTranslation(['overview', 'shared']);
  const write = useCriterionValue();
  const lang = useLang();
  const { data, isPending, error, refetch } = useQuery(q.clearance(at));
  const { met, of } = countMet(data?.criteria ?? []);
  const state = data && (
    <StateTag value={data.met ? 'met' : 'unmet'}>
      {data.met ? t('overview:allMet') : t('overview:metOf', { n: met, m: of })}
    </StateTag>
  );
  return (
    <Panel title={t('overview:clearance')} tools={state} flush>
      {isPending && <Loading />}
      {error && !data && <ErrorState error={error} retry={() => refetch()} />}
      {data && (
        <ul className="ac-criteria-short">
          {byNeed(data.criteria)
            .slice(0, SHOWN)
            .map((c) => (
              <li key={c.id}>
                {c.met ? (
                  <CheckCircleFilled style={{ color: 'var(--ac-green)' }} aria-hidden />
                ) : (
                  <CloseCircleOutlined aria-hidden />
                )}
                <span>
                  <span className="ac-sr">{t(c.met ? 'shared:state.met' : 'shared:state.unmet')} </span>
                  {textIn(c.title, lang)}
                </span>
                <span className="ac-num ac-nowrap">
                  {write(c.value, c.unit === 'ratio' ? c.unit : '')}{' '}
                  <span className="ac-faint">/ {write(c.needed, c.unit)}</span>
                </span>
              </li>
            ))}
          <li style={{ display: 'block' }} className="ac-no-print">
            <Link to="/clearance" search={(s) => ({ ...s, on: at.on })}>
              {t('overview:clearanceGo')}
            </Link>
          </li>
        </ul>
      )}
    </Panel>
  );
}
