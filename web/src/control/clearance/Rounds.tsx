import { PlusOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { q } from '../../api/queries';
import type { Incident, Round } from '../../api/types';
import { Loading } from '../../app/Loading';
import { useCan } from '../../app/session';
import { useLang } from '../../i18n';
import { formatDay } from '../../shared/day';
import { FormDrawer } from '../../shared/FormDrawer';
import { formatNumber, formatShare } from '../../shared/format';
import { Panel } from '../../shared/PageHeader';
import { ErrorState } from '../../shared/states';
import { RoundForm } from './RoundForm';

/** Newest rounds shown at once; older ones are one click away. */
const SHOWN = 12;

type Props = { incident: Incident; placeId: string; placeName: string };

/** Totals of the area-wide testing rounds, from which coverage is computed. */
export function Rounds({ incident, placeId, placeName }: Props) {
  const { t } = useTranslation(['clearance', 'shared']);
  const lang = useLang();
  const can = useCan();
  const [chosen, setChosen] = useState<'here' | 'below'>('here');
  const [whole, setWhole] = useState(false);
  const [editing, setEditing] = useState<Round | 'new' | null>(null);
  const query = useQuery({ ...q.rounds(incident.id, placeId), enabled: can('lab.round.view') });
  if (!can('lab.round.view')) return null;
  const all = query.data?.items ?? [];
  const hasBelow = all.some((r) => r.place_id !== placeId);
  const hasHere = all.some((r) => r.place_id === placeId);
  const which = hasHere ? chosen : 'below';
  const rounds = all
    .filter((r) => (r.place_id === placeId) === (which === 'here'))
    .sort((a, b) => b.number - a.number || a.place_name.localeCompare(b.place_name));
  const next = Math.max(0, ...all.filter((r) => r.place_id === placeId).map((r) => r.number)) + 1;
  const canRecord = can('lab.round.record');
  return (
    <Panel
      id="rounds"
      flush
      title={t('clearance:rounds')}
      tools={
        <>
          {hasHere && hasBelow && (
            <Segmented<'here' | 'below'>
              value={which}
              onChange={setChosen}
              aria-label={t('clearance:round.place')}
              options={[
                { value: 'here', label: t('clearance:roundsHere') },
                { value: 'below', label: t('clearance:roundsBelow') },
              ]}
            />
          )}
          {canRecord && (
            <Button icon={<PlusOutlined />} onClick={() => setEditing('new')}>
              {t('clearance:roundsAdd')}
            </Button>
          )}
        </>
      }
    >
      {query.isPending && <Loading />}
      {query.isError && <ErrorState error={query.error} retry={() => query.refetch()} />}
      {query.data && rounds.length === 0 && (
        <p className="ac-muted" style={{ padding: 16 }}>
          {t('clearance:roundsNone')}
        </p>
      )}
      {rounds.length > 0 && (
        <RoundTable rounds={whole ? rounds : rounds.slice(0, SHOWN)} onEdit={canRecord ? setEditing : undefined} />
      )}
      {!whole && rounds.length > SHOWN && (
        <div className="ac-dt-foot">
          <button type="button" className="ac-link-button" onClick={() => setWhole(true)}>
            {t('clearance:roundsMore', { n: formatNumber(rounds.length, lang) })}
          </button>
        </div>
      )}
      <FormDrawer
        open={editing !== null}
        onClose={() => setEditing(null)}
        title={
          editing === 'new' || editing === null
            ? t('clearance:roundsAdd')
            : t('clearance:roundsEdit', { n: editing.number })
        }
      >
        {editing !== null && (
          <RoundForm
            incident={incident}
            place={
              editing === 'new' ? { id: placeId, name: placeName } : { id: editing.place_id, name: editing.place_name }
            }
            round={editing === 'new' ? undefined : editing}
            next={next}
            onDone={() => setEditing(null)}
          />
        )}
      </FormDrawer>
    </Panel>
  );
}

function RoundTable({ rounds, onEdit }: { rounds: Round[]; onEdit?: (round: Round) => void }) {
  const { t } = useTranslation(['clearance', 'shared']);
  const lang = useLang();
  return (
    <div className="ac-scroll-x">
      <table className="ac-table">
        <thead>
          <tr>
            <th scope="col" className="ac-num">
              {t('clearance:round.number')}
            </th>
            <th scope="col">{t('clearance:round.place')}</th>
            <th scope="col">{t('clearance:round.opened')}</th>
            <th scope="col">{t('clearance:round.closed')}</th>
            <th scope="col" className="ac-num">
              {t('clearance:round.due')}
            </th>
            <th scope="col" className="ac-num">
              {t('clearance:round.sampled')}
            </th>
            <th scope="col" className="ac-num">
              {t('clearance:round.resulted')}
            </th>
            <th scope="col" className="ac-num">
              {t('clearance:round.coverage')}
            </th>
            <th scope="col" className="ac-num">
              {t('clearance:round.positives')}
            </th>
            {onEdit && (
              <th scope="col">
                <span className="ac-sr">{t('shared:edit')}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {rounds.map((r) => (
            <tr key={r.id}>
              <td className="ac-num">{r.number}</td>
              <td>{r.place_name}</td>
              <td className="ac-nowrap">{formatDay(r.opened_on, lang)}</td>
              <td className="ac-nowrap">{r.closed_on ? formatDay(r.closed_on, lang) : t('clearance:round.open')}</td>
              <td className="ac-num">{formatNumber(r.due, lang)}</td>
              <td className="ac-num">{formatNumber(r.sampled, lang)}</td>
              <td className="ac-num">{formatNumber(r.resulted, lang)}</td>
              <td className="ac-num">{formatShare(r.sampled, r.due, lang)}</td>
              <td className="ac-num">{formatNumber(r.community_positives, lang)}</td>
              {onEdit && (
                <td className="ac-num">
                  <button type="button" className="ac-link-button ac-no-print" onClick={() => onEdit(r)}>
                    {t('shared:edit')}
                    <span className="ac-sr">{t('clearance:roundsEdit', { n: r.number })}</span>
                  </button>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
