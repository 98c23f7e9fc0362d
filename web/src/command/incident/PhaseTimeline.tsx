import { RollbackOutlined } from '@ant-design/icons';
import { Button, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Incident, Phase } from '../../api/types';
import { useLang } from '../../i18n';
import { addDays, daysBetween, formatDay, today } from '../../shared/day';
import { lanesOf, phaseBefore, position } from './phases';

const TICKS = 5;

/** One lane a place, one bar a phase; the present phase is the filled one. */
export function PhaseTimeline({
  incident,
  phases,
  onStepBack,
}: {
  incident: Incident;
  phases: Phase[];
  onStepBack?: (present: Phase) => void;
}) {
  const { t } = useTranslation(['incident', 'words']);
  const lang = useLang();
  const earliest = phases.reduce((min, p) => (p.starts_on < min ? p.starts_on : min), incident.started_on);
  const latest = phases.reduce((max, p) => (p.starts_on > max ? p.starts_on : max), earliest);
  // A past incident is drawn to its last data, a running one to today.
  const quiet = incident.closed_on || (incident.is_demo ? incident.last_record_on : null) || today(incident.time_zone);
  const end = addDays(quiet > latest ? quiet : latest, 3);
  const lanes = lanesOf(phases, end);
  const days = daysBetween(earliest, end);
  const ticks = Array.from({ length: TICKS }, (_, i) => addDays(earliest, Math.round((days * i) / (TICKS - 1))));
  const order = (placeId: string) => (placeId === incident.place_id ? 0 : 1);
  return (
    <section className="ac-lanes" aria-label={t('incident:gantt')}>
      {lanes
        .sort((a, b) => order(a.placeId) - order(b.placeId))
        .map((lane) => {
          const open = lane.bars.find((b) => b.open)?.phase;
          return (
            <div className="ac-lane" key={lane.placeId}>
              <div
                className="ac-lane-name"
                title={lane.placeName}
                style={order(lane.placeId) === 0 ? { fontWeight: 600 } : undefined}
              >
                {lane.placeName}
              </div>
              <ol className="ac-lane-track">
                {lane.bars.map((bar) => {
                  const { left, width } = position(bar, earliest, end);
                  const name = t(`words:phase.${bar.phase.phase}`);
                  const text = t('incident:ganttBar', {
                    place: lane.placeName,
                    phase: name,
                    from: formatDay(bar.from, lang),
                    to: bar.open ? t('incident:ongoing') : formatDay(bar.to, lang),
                  });
                  return (
                    <li
                      key={bar.phase.id}
                      className="ac-bar"
                      data-open={bar.open}
                      data-back={bar.phase.stepped_back}
                      style={{ left: `${left}%`, width: `${width}%` }}
                      title={bar.phase.stepped_back ? `${text} (${t('incident:steppedBack')})` : text}
                    >
                      {bar.phase.stepped_back && <span aria-hidden>↩ </span>}
                      {name}
                    </li>
                  );
                })}
              </ol>
              <div className="ac-lane-tool">
                {open && onStepBack && phaseBefore(open.phase) && (
                  <Tooltip title={t('incident:stepBack')}>
                    <Button
                      type="text"
                      size="small"
                      icon={<RollbackOutlined />}
                      aria-label={`${t('incident:stepBack')}: ${lane.placeName}`}
                      onClick={() => onStepBack(open)}
                    />
                  </Tooltip>
                )}
              </div>
            </div>
          );
        })}
      <div className="ac-axis-pad" />
      <div className="ac-axis" aria-hidden>
        {ticks.map((day, i) => (
          <span key={day} style={{ left: `${(i / (TICKS - 1)) * 100}%` }}>
            {formatDay(day, lang)}
          </span>
        ))}
      </div>
      <div />
    </section>
  );
}
