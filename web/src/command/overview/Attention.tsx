import { CheckCircleOutlined, ExclamationCircleOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { q } from '../../api/queries';
import type { ImportSummary, Incident, List, Situation } from '../../api/types';
import { useScope } from '../../app/scope';
import { useCan } from '../../app/session';
import { useLang } from '../../i18n';
import { formatDay } from '../../shared/day';
import { DrillLink } from '../../shared/FigureCard';
import { Panel } from '../../shared/PageHeader';
import { DayTotals } from './DayTotals';

type Props = { incident: Incident; placeId: string; placeName: string; on: string; situation: Situation };
type Item = { id: string; text: string; action?: ReactNode; tone?: 'good' };

const NAMES_SHOWN = 4;

function useImportItems(incident: Incident): Item[] {
  const { t } = useTranslation('overview');
  const can = useCan();
  const { data } = useQuery({
    queryKey: ['import', 'recent', incident.id],
    queryFn: ({ signal }) => api.get<List<ImportSummary>>('/imports', { limit: 20 }, signal),
    enabled: can('imports.job.view'),
  });
  return (data?.items ?? []).flatMap((job): Item[] => {
    if (job.incident_id && job.incident_id !== incident.id) return [];
    const file = job.file.name;
    const go = (text: string) => <DrillLink href={`/imports/${job.id}`}>{text}</DrillLink>;
    if (job.state === 'done_with_refusals' && job.result)
      return [
        { id: job.id, text: t('item.refused', { count: job.result.refused, file }), action: go(t('item.refusedGo')) },
      ];
    if (job.state === 'failed')
      return [{ id: job.id, text: t('item.failed', { file }), action: go(t('item.failedGo')) }];
    if (job.state === 'ready') return [{ id: job.id, text: t('item.ready', { file }), action: go(t('item.readyGo')) }];
    return [];
  });
}

function useItems(
  { incident, placeId, placeName, on, situation }: Props,
  record: (place: { id: string; name: string }) => void,
): Item[] {
  const { t } = useTranslation('overview');
  const lang = useLang();
  const can = useCan();
  const { phase } = useScope();
  const imports = useImportItems(incident);
  const clearance = useQuery({
    ...q.clearance({ incident_id: incident.id, place_id: placeId, on }),
    enabled: can('clearance.view'),
  });
  const items: Item[] = [];
  const { missing } = situation.completeness;
  const first = missing[0];
  if (first) {
    const names =
      missing
        .slice(0, NAMES_SHOWN)
        .map((m) => m.name)
        .join(lang === 'zh' ? '、' : ', ') + (missing.length > NAMES_SHOWN ? ` ${t('item.more')}` : '');
    items.push({
      id: 'missing',
      text: t('item.missing', { count: missing.length, day: formatDay(on, lang), names }),
      action: can('cases.count.record') && (
        <button
          type="button"
          className="ac-link-button"
          onClick={() => record({ id: first.place_id, name: first.name })}
        >
          {t('item.missingGo')}
        </button>
      ),
    });
  }
  const unknown = situation.cumulative.route_unknown;
  if (unknown > 0) {
    const href = `/cases?${new URLSearchParams({ incident: incident.id, place: placeId, detection_route: 'unknown', counted: 'infections' })}`;
    items.push({
      id: 'route',
      text: t('item.routeUnknown', { count: unknown }),
      action: can('cases.case.list') && <DrillLink href={href}>{t('item.routeUnknownGo')}</DrillLink>,
    });
  }
  items.push(...imports);
  if (!phase)
    items.push({
      id: 'phase',
      text: t('item.noPhase', { place: placeName }),
      action: can('incident.phase.declare') && (
        <DrillLink href={`/incidents/${incident.id}`}>{t('item.noPhaseGo')}</DrillLink>
      ),
    });
  const declared = phase && ['community_zero', 'consolidation', 'reopening'].includes(phase.phase);
  if (clearance.data?.met && !declared)
    items.push({
      id: 'clear',
      tone: 'good',
      text: t('item.clear', { place: placeName }),
      action: <DrillLink href={`/clearance?on=${on}`}>{t('item.clearGo')}</DrillLink>,
    });
  return items;
}

/** What a person must do, found in the records; nothing is listed that the records don't show. */
export function Attention(props: Props) {
  const { t } = useTranslation('overview');
  const [recording, setRecording] = useState<{ id: string; name: string } | null>(null);
  const items = useItems(props, setRecording);
  const { missing } = props.situation.completeness;
  return (
    <Panel title={items.length > 0 ? `${t('attention')} (${items.length})` : t('attention')} flush>
      {items.length === 0 ? (
        <p className="ac-muted" style={{ padding: 16 }}>
          <CheckCircleOutlined style={{ color: 'var(--ac-green)', marginRight: 8 }} aria-hidden />
          {t('attentionNone')}
        </p>
      ) : (
        <ul className="ac-attention">
          {items.map((item) => (
            <li key={item.id} data-tone={item.tone}>
              {item.tone === 'good' ? <CheckCircleOutlined aria-hidden /> : <ExclamationCircleOutlined aria-hidden />}
              <div>
                <p>{item.text}</p>
                {item.action && <div className="ac-no-print">{item.action}</div>}
              </div>
            </li>
          ))}
        </ul>
      )}
      <DayTotals
        incident={props.incident}
        on={props.on}
        place={recording}
        choices={missing}
        onPlace={setRecording}
        onClose={() => setRecording(null)}
      />
    </Panel>
  );
}
