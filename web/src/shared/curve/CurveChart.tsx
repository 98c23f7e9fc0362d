import { BarChart } from 'echarts/charts';
import { AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { forwardRef, useEffect, useImperativeHandle, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Lang, SeriesDay } from '../../api/types';
import { useMode } from '../../app/theme';
import { useLang } from '../../i18n';
import { formatDay } from '../day';
import { type CurveSplit, stackOf, stackValue } from '../EpiCurve';
import { formatNumber } from '../format';

echarts.use([
  BarChart,
  GridComponent,
  TooltipComponent,
  LegendComponent,
  MarkLineComponent,
  AriaComponent,
  CanvasRenderer,
]);

export type CurveHandle = { png: () => string | undefined };
type Props = {
  days: SeriesDay[];
  split: CurveSplit;
  on?: string;
  onDay?: (day: string) => void;
  height: number;
  label: string;
};

/** Below this width in px the legend takes two lines. */
const NARROW = 360;

type Words = { names: [string, string]; total: string; reclassified: string; incomplete: string };
type Ink = { strong: string; soft: string; grey1: string; grey2: string; text: string; line: string; surface: string };

function ink(): Ink {
  const css = getComputedStyle(document.documentElement);
  const read = (name: string) => css.getPropertyValue(name).trim();
  return {
    strong: read('--ac-curve-1'),
    soft: read('--ac-curve-2'),
    grey1: read('--ac-curve-grey-1'),
    grey2: read('--ac-curve-grey-2'),
    text: read('--ac-text-2'),
    line: read('--ac-line'),
    surface: read('--ac-surface'),
  };
}

function tooltip(day: SeriesDay, split: CurveSplit, words: Words, lang: Lang): string {
  const keys = stackOf(split);
  const row = (name: string, n: number) =>
    `<div style="display:flex;justify-content:space-between;gap:24px"><span>${name}</span><b style="font-variant-numeric:tabular-nums">${formatNumber(n, lang)}</b></div>`;
  return [
    `<div style="margin-bottom:2px">${formatDay(day.on, lang, { weekday: true })}${day.complete ? '' : ` · ${words.incomplete}`}</div>`,
    row(words.total, day.infections),
    ...keys.map((key, i) => row(words.names[i] as string, split === 'class' ? day[key] : stackValue(day, key))),
    row(words.reclassified, day.reclassified),
  ].join('');
}

function optionOf(
  days: SeriesDay[],
  split: CurveSplit,
  on: string | undefined,
  words: Words,
  lang: Lang,
  c: Ink,
  narrow: boolean,
): echarts.EChartsCoreOption {
  const keys = stackOf(split);
  const series = keys.map((key, i) => ({
    type: 'bar',
    stack: 'infections',
    name: words.names[i],
    barCategoryGap: days.length > 60 ? '10%' : '22%',
    color: i === 0 ? c.strong : c.soft,
    // Under control (and asymptomatic) is the dotted one, on paper and for colour-blind readers too.
    itemStyle:
      i === 1 ? { borderColor: c.strong, borderWidth: days.length > 60 ? 0 : 1, borderType: 'dotted' } : undefined,
    data: days.map((d) => ({
      value: stackValue(d, key),
      itemStyle: d.complete ? undefined : { color: i === 0 ? c.grey1 : c.grey2, borderColor: c.grey1 },
    })),
    markLine:
      i === 0 && on && days.some((d) => d.on === on)
        ? {
            silent: true,
            symbol: 'none',
            animation: false,
            label: { show: false },
            lineStyle: { color: c.text, type: 'solid', width: 1, opacity: 0.5 },
            data: [{ xAxis: on }],
          }
        : undefined,
  }));
  return {
    animation: false,
    aria: { enabled: false },
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: c.text },
    grid: {
      left: 8,
      right: 8,
      top: narrow ? 54 : 32,
      bottom: 4,
      outerBoundsMode: 'same',
      outerBoundsContain: 'axisLabel',
    },
    legend: {
      top: 0,
      left: 0,
      bottom: 'auto',
      itemWidth: 12,
      itemHeight: 10,
      itemGap: 16,
      textStyle: { color: c.text },
      selectedMode: false,
    },
    tooltip: {
      trigger: 'axis',
      axisPointer: { type: 'shadow' },
      transitionDuration: 0,
      backgroundColor: c.surface,
      borderColor: c.line,
      padding: [6, 10],
      textStyle: { color: c.text, fontSize: 12 },
      formatter: (items: unknown) => {
        const index = (items as { dataIndex: number }[])[0]?.dataIndex ?? -1;
        const day = days[index];
        return day ? tooltip(day, split, words, lang) : '';
      },
    },
    xAxis: {
      type: 'category',
      data: days.map((d) => d.on),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: c.line } },
      axisLabel: { color: c.text, hideOverlap: true, formatter: (day: string) => formatDay(day, lang) },
    },
    yAxis: {
      type: 'value',
      minInterval: 1,
      splitNumber: 3,
      axisLabel: { color: c.text, formatter: (n: number) => formatNumber(n, lang) },
      splitLine: { lineStyle: { color: c.line } },
    },
    series,
  };
}

/** Draws the curve. Loaded only by pages that show one. */
const CurveChart = forwardRef<CurveHandle, Props>(function CurveChart({ days, split, on, onDay, height, label }, ref) {
  const { t } = useTranslation(['words', 'shared']);
  const lang = useLang();
  const mode = useMode();
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<echarts.ECharts | null>(null);
  const pick = useRef(onDay);
  pick.current = onDay;
  const dayList = useRef(days);
  dayList.current = days;

  useImperativeHandle(ref, () => ({
    png: () => chart.current?.getDataURL({ type: 'png', pixelRatio: 2, backgroundColor: ink().surface }),
  }));

  useEffect(() => {
    if (!box.current) return;
    const drawn = echarts.init(box.current);
    chart.current = drawn;
    const resize = new ResizeObserver(() => drawn.resize());
    resize.observe(box.current);
    drawn.getZr().on('click', (e: { offsetX: number; offsetY: number }) => {
      const point = [e.offsetX, e.offsetY];
      if (!drawn.containPixel('grid', point)) return;
      const found = drawn.convertFromPixel({ gridIndex: 0 }, point);
      const index = Array.isArray(found) ? found[0] : found;
      const day = dayList.current[Number(index)];
      if (day) pick.current?.(day.on);
    });
    return () => {
      resize.disconnect();
      drawn.dispose();
      chart.current = null;
    };
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the mode decides the colours that ink() reads
  useEffect(() => {
    const keys = stackOf(split);
    const words: Words = {
      names: [t(`words:figure.${keys[0]}`), t(`words:figure.${keys[1]}`)],
      total: t('words:figure.infections'),
      reclassified: t('words:figure.reclassified'),
      incomplete: t('shared:curve.incomplete'),
    };
    chart.current?.setOption(optionOf(days, split, on, words, lang, ink(), (box.current?.clientWidth ?? 0) < NARROW), {
      notMerge: true,
    });
  }, [days, split, on, lang, mode, t]);

  return (
    <div
      ref={box}
      role="img"
      aria-label={label}
      style={{ height, width: '100%', cursor: onDay ? 'pointer' : undefined }}
    />
  );
});
export default CurveChart;
