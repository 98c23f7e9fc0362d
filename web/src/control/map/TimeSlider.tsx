import { CaretRightOutlined, LeftOutlined, PauseOutlined, RightOutlined } from '@ant-design/icons';
import { Button, Segmented, Select, Space } from 'antd';
import type { CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';
import type { SeriesDay } from '../../api/types';
import { useLang } from '../../i18n';
import { formatDay } from '../../shared/day';
import { formatNumber } from '../../shared/format';
import { SPEEDS, type Speed, WINDOWS, type WindowDays } from './timeWindow';

type Props = {
  days: SeriesDay[];
  at: number;
  onAt: (at: number) => void;
  window: WindowDays;
  onWindow: (days: WindowDays) => void;
  playing: boolean;
  onPlay: (on: boolean) => void;
  speed: Speed;
  onSpeed: (speed: Speed) => void;
  /** Infections in the window, said with the day. */
  inWindow: number;
};

/** The days of the incident as a histogram one can slide over; the window is a band on it. */
export function TimeSlider(props: Props) {
  const { days, at, onAt, playing, onPlay } = props;
  const { t } = useTranslation('map');
  const last = days.length - 1;
  const step = (by: number) => onAt(Math.max(0, Math.min(last, at + by)));
  return (
    <section className="ac-time ac-no-print" aria-label={t('time')}>
      <div className="ac-time-bar">
        <Space.Compact>
          <Button
            icon={<LeftOutlined aria-hidden />}
            aria-label={t('prev')}
            disabled={at <= 0}
            onClick={() => step(-1)}
          />
          <Button
            type="primary"
            icon={playing ? <PauseOutlined aria-hidden /> : <CaretRightOutlined aria-hidden />}
            aria-pressed={playing}
            onClick={() => onPlay(!playing)}
          >
            {playing ? t('pause') : t('play')}
          </Button>
          <Button
            icon={<RightOutlined aria-hidden />}
            aria-label={t('next')}
            disabled={at >= last}
            onClick={() => step(1)}
          />
        </Space.Compact>
        <Choices {...props} />
      </div>
      <Histogram {...props} />
    </section>
  );
}

function Choices({ window, onWindow, speed, onSpeed }: Props) {
  const { t } = useTranslation('map');
  return (
    <>
      <span className="ac-row" style={{ gap: 6 }}>
        <span className="ac-muted ac-small">{t('window')}</span>
        <Segmented<WindowDays>
          value={window}
          onChange={onWindow}
          aria-label={t('window')}
          options={WINDOWS.map((value) => ({ value, label: t('windowDays', { count: value }) }))}
        />
      </span>
      <Select<Speed>
        value={speed}
        onChange={onSpeed}
        aria-label={t('speed')}
        style={{ width: 128 }}
        options={SPEEDS.map((value) => ({ value, label: t('speedText', { n: value }) }))}
      />
    </>
  );
}

/** Where the chosen day stands this close to an end of the axis, that end is not named besides it. */
const NEAR_END = 0.2;

function Histogram({ days, at, onAt, window, inWindow }: Props) {
  const { t } = useTranslation('map');
  const lang = useLang();
  const peak = Math.max(1, ...days.map((d) => d.infections));
  const from = Math.max(0, at - window + 1);
  const n = Math.max(1, days.length);
  const day = days[at]?.on;
  const text = t('endText', { day: formatDay(day, lang, { weekday: true }), n: formatNumber(inWindow, lang) });
  return (
    <div className="ac-histogram">
      <svg viewBox={`0 0 ${n} 40`} preserveAspectRatio="none" role="img" aria-label={t('histogram')}>
        <rect className="ac-histogram-window" x={from} y={0} width={at - from + 1} height={40} />
        {days.map((d, i) => {
          const all = (d.infections / peak) * 37;
          const community = (d.found_in_community / peak) * 37;
          const inside = i >= from && i <= at;
          return (
            <g key={d.on} data-in={inside || undefined} data-incomplete={!d.complete || undefined}>
              <rect className="ac-bar-control" x={i + 0.1} width={0.8} y={40 - all} height={all - community} />
              <rect className="ac-bar-community" x={i + 0.1} width={0.8} y={40 - community} height={community} />
            </g>
          );
        })}
        <rect className="ac-histogram-end" x={at + 0.9} y={0} width={0.1} height={40} />
      </svg>
      <input
        type="range"
        min={0}
        max={n - 1}
        step={1}
        value={at}
        aria-label={t('end')}
        aria-valuetext={text}
        onChange={(e) => onAt(Number(e.target.value))}
      />
      <div className="ac-histogram-axis" aria-hidden>
        <span>{at / n > NEAR_END ? formatDay(days[0]?.on, lang) : ''}</span>
        <strong style={{ '--at': `${((at + 0.5) / n) * 100}%` } as CSSProperties}>
          {formatDay(day, lang, { weekday: true })}
        </strong>
        <span>{at / n < 1 - NEAR_END ? formatDay(days[n - 1]?.on, lang) : ''}</span>
      </div>
    </div>
  );
}
