import { SearchOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Alert, Checkbox, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { q } from '../../api/queries';
import type { Pack, PackDetail } from '../../api/types';
import { ErrorPage } from '../../app/ErrorPages';
import { Loading } from '../../app/Loading';
import { useScope } from '../../app/scope';
import { useLang } from '../../i18n';
import { DayPicker } from '../../shared/DayPicker';
import { formatDay, isDay } from '../../shared/day';
import { textIn } from '../../shared/format';
import { Tag } from '../../shared/marks';
import { PageHeader, Panel } from '../../shared/PageHeader';
import { EmptyState, ErrorState, FilteredEmpty } from '../../shared/states';
import { ParamTable } from './ParamTable';
import { matches } from './params';
import './packs.css';

const DEFAULT_DAY_ZONE = 'Asia/Shanghai';

/** Which rules are in force, and where does each value come from? */
export function PacksPage() {
  const { t } = useTranslation('packs');
  const { incident } = useScope();
  const search = useSearch({ from: '/packs' });
  const list = useQuery(q.packs());
  if (list.isPending) return <Loading />;
  if (list.isError) return <ErrorPage error={list.error} retry={() => list.refetch()} />;
  const packs = list.data.items;
  const chosen =
    packs.find((p) => p.id === search.pack) ??
    packs.find((p) => p.id === incident?.pack) ??
    packs.find((p) => p.kind === 'pack');
  if (!chosen) {
    return (
      <div className="ac-page">
        <PageHeader title={t('title')} sub={t('sub')} />
        <EmptyState title={t('noPacks')} />
      </div>
    );
  }
  return <PackPage packs={packs} chosen={chosen} />;
}

function useValidity() {
  const { t } = useTranslation('packs');
  const lang = useLang();
  return (pack: Pack) => {
    if (!pack.valid_from) return t('validAlways');
    const from = formatDay(pack.valid_from, lang, { year: true });
    return pack.valid_to
      ? t('valid', { from, to: formatDay(pack.valid_to, lang, { year: true }) })
      : t('validOpen', { from });
  };
}

function PackPage({ packs, chosen }: { packs: Pack[]; chosen: Pack }) {
  const { t } = useTranslation('packs');
  const lang = useLang();
  const { incident, on } = useScope();
  const search = useSearch({ from: '/packs' });
  const navigate = useNavigate({ from: '/packs' });
  const validity = useValidity();
  const choices = packs.filter((p) => p.kind === 'overlay' && (!p.base || p.base === chosen.id));
  const own = incident?.pack === chosen.id ? incident.overlays : [];
  const overlays = search.overlays === '-' ? [] : search.overlays ? search.overlays.split(',') : own;
  const ownDay = incident?.pack === chosen.id ? on : chosen.valid_from;
  const day = isDay(search.day) ? search.day : ownDay;
  const detail = useQuery({ ...q.pack(chosen.id, overlays, day), placeholderData: (old) => old });
  const set = (change: Record<string, string | undefined>) =>
    void navigate({ replace: true, search: (s) => ({ ...s, ...change }) });
  const cautions = packs.filter(
    (p) => (p.id === chosen.id || overlays.includes(p.id)) && textIn(p.caution, lang) !== '',
  );

  return (
    <div className="ac-page">
      <PageHeader
        title={t('title')}
        sub={t('sub')}
        tools={
          <DayPicker
            value={day ?? on}
            onChange={(d) => set({ day: d })}
            timeZone={incident?.time_zone ?? DEFAULT_DAY_ZONE}
            max="2099-12-31"
          />
        }
      />
      <div className="ac-packs-choice">
        <div className="ac-labelled">
          <label htmlFor="pack" className="ac-small ac-muted">
            {t('pack')}
          </label>
          <Select
            id="pack"
            value={chosen.id}
            popupMatchSelectWidth={false}
            onChange={(id) => set({ pack: id, overlays: undefined, day: undefined })}
            options={packs
              .filter((p) => p.kind === 'pack')
              .map((p) => ({ value: p.id, label: textIn(p.title, lang) || p.id }))}
          />
        </div>
        <div className="ac-labelled">
          <label htmlFor="overlays" className="ac-small ac-muted">
            {t('overlays')}
          </label>
          <Select
            id="overlays"
            mode="multiple"
            value={overlays}
            placeholder={t('overlaysNone')}
            disabled={choices.length === 0}
            onChange={(ids) => set({ overlays: ids.join(',') || '-' })}
            options={choices.map((p) => ({ value: p.id, label: textIn(p.title, lang) || p.id }))}
          />
        </div>
        <span className="ac-muted ac-packs-valid">
          <span className="ac-mono">{detail.data?.rules}</span> · {validity(chosen)}
        </span>
      </div>
      {cautions.map((p) => (
        <Alert
          key={p.id}
          type="warning"
          showIcon
          title={
            <>
              <strong>{textIn(p.title, lang)}</strong> {textIn(p.caution, lang)}
            </>
          }
        />
      ))}
      {detail.data && detail.data.outside?.length > 0 && (
        <Alert
          type="info"
          showIcon
          title={t('outside', { list: detail.data.outside.join(lang === 'zh' ? '、' : ', ') })}
        />
      )}
      {detail.isError && !detail.data ? (
        <ErrorState error={detail.error} retry={() => detail.refetch()} />
      ) : detail.data ? (
        <>
          <Params detail={detail.data} />
          <Rest detail={detail.data} />
        </>
      ) : (
        <Loading />
      )}
    </div>
  );
}

function Params({ detail }: { detail: PackDetail }) {
  const { t } = useTranslation('packs');
  const lang = useLang();
  const { q: text = '', only } = useSearch({ from: '/packs' });
  const navigate = useNavigate({ from: '/packs' });
  const set = (change: { q?: string; only?: string }) =>
    void navigate({ replace: true, search: (s) => ({ ...s, ...change }) });
  const unverified = detail.params.filter((p) => !p.verified).length;
  const shown = detail.params.filter((p) => (only !== 'unverified' || !p.verified) && matches(p, text, lang));
  return (
    <Panel flush>
      <div className="ac-dt-bar">
        <Input
          allowClear
          prefix={<SearchOutlined aria-hidden />}
          defaultValue={text}
          placeholder={t('search')}
          aria-label={t('search')}
          style={{ width: 300 }}
          onChange={(e) => set({ q: e.target.value || undefined })}
        />
        <span className="ac-row">
          {unverified > 0 && <Tag tone="warn">{t('unverified', { count: unverified })}</Tag>}
          <Checkbox
            checked={only === 'unverified'}
            onChange={(e) => set({ only: e.target.checked ? 'unverified' : undefined })}
          >
            {t('onlyUnverified')}
          </Checkbox>
        </span>
      </div>
      {shown.length === 0 ? (
        <FilteredEmpty onClear={() => set({ q: undefined, only: undefined })} />
      ) : (
        <ParamTable params={shown} />
      )}
    </Panel>
  );
}

function Rest({ detail }: { detail: PackDetail }) {
  const { t } = useTranslation('packs');
  const lang = useLang();
  return (
    <div className="ac-packs-rest">
      <Panel title={t('criteria')}>
        <ol className="ac-numbered">
          {detail.criteria.map((c) => (
            <li key={c.id}>
              {textIn(c.title, lang)} {c.binding === false && <Tag>{t('criteriaAdvisory')}</Tag>}
            </li>
          ))}
        </ol>
      </Panel>
      <Panel title={t('classes')}>
        <ul className="ac-stack-s">
          {detail.classes.map((c) => (
            <li key={c.id}>
              {textIn(c.title, lang)}{' '}
              <span className="ac-muted ac-small">
                {t(`countsAs.${c.counts_as === 'confirmed' || c.counts_as === 'asymptomatic' ? c.counts_as : 'none'}`)}
              </span>
            </li>
          ))}
        </ul>
      </Panel>
      {detail.zones?.length > 0 && (
        <Panel title={t('zones')}>
          <ul className="ac-stack-s">
            {detail.zones.map((z) => (
              <li key={z.id}>{textIn(z.title, lang)}</li>
            ))}
          </ul>
        </Panel>
      )}
    </div>
  );
}
