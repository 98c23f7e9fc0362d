import { theme as antTheme, ConfigProvider, type ThemeConfig } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import dayjs from 'dayjs';
import 'dayjs/locale/zh-cn';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { flushSync } from 'react-dom';
import { useLang } from '../i18n';
import { usePreference } from '../shared/preference';
import { nonce } from './nonce';

export type Mode = 'light' | 'dark';
export type ModeChoice = Mode | 'system';

const ModeContext = createContext<Mode>('light');
/** The ground things are drawn on now. Canvas drawings (curve, map) redraw when it changes. */
export const useMode = () => useContext(ModeContext);
export const useModeChoice = () => usePreference<ModeChoice>('theme', 'system');

/** What the system says about the person's wishes, as it changes. */
function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const media = window.matchMedia(query);
      media.addEventListener('change', listener);
      return () => media.removeEventListener('change', listener);
    },
    () => window.matchMedia(query).matches,
  );
}

/** Paper is always light: the page turns light for printing and back afterwards. */
function usePrinting(): boolean {
  const [printing, setPrinting] = useState(false);
  useEffect(() => {
    const before = () => flushSync(() => setPrinting(true));
    const after = () => setPrinting(false);
    window.addEventListener('beforeprint', before);
    window.addEventListener('afterprint', after);
    return () => {
      window.removeEventListener('beforeprint', before);
      window.removeEventListener('afterprint', after);
    };
  }, []);
  return printing;
}

const FONT =
  'system-ui, -apple-system, "Segoe UI", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';

const palette = {
  light: {
    accent: '#0B6E6E',
    red: '#B42318',
    amber: '#B54708',
    green: '#067647',
    blue: '#175CD3',
    text: '#16202A',
    text2: '#4A5661',
    text3: '#5F6B76',
    line: '#DDE2E6',
    lineStrong: '#858F99',
    bg: '#F5F7F8',
    surface: '#FFFFFF',
    raised: '#FFFFFF',
    sunken: '#EEF1F3',
    onAccent: '#FFFFFF',
    soft: '#E3F1F0',
  },
  dark: {
    accent: '#4FB8B0',
    red: '#F97066',
    amber: '#FDB022',
    green: '#47CD89',
    blue: '#84ADFF',
    text: '#E6ECEF',
    text2: '#B4C0C7',
    text3: '#93A1A9',
    line: '#2B363C',
    lineStrong: '#6F7D86',
    bg: '#0F1518',
    surface: '#161E22',
    raised: '#1D272C',
    sunken: '#11191C',
    onAccent: '#06201F',
    soft: '#16312F',
  },
} as const;

export function themeOf(mode: Mode, motion = true): ThemeConfig {
  const c = palette[mode];
  return {
    algorithm: mode === 'dark' ? antTheme.darkAlgorithm : antTheme.defaultAlgorithm,
    token: {
      colorPrimary: c.accent,
      colorInfo: c.blue,
      colorSuccess: c.green,
      colorWarning: c.amber,
      colorError: c.red,
      colorLink: c.accent,
      colorLinkHover: c.accent,
      colorText: c.text,
      colorTextSecondary: c.text2,
      colorTextTertiary: c.text3,
      colorTextDescription: c.text2,
      colorTextPlaceholder: c.text3,
      colorTextLightSolid: c.onAccent,
      colorBgLayout: c.bg,
      colorBgContainer: c.surface,
      colorBgElevated: c.raised,
      colorBorder: c.lineStrong,
      colorBorderSecondary: c.line,
      colorSplit: c.line,
      controlItemBgActive: c.soft,
      controlItemBgHover: c.sunken,
      controlItemBgActiveHover: c.soft,
      fontFamily: FONT,
      fontSize: 14,
      borderRadius: 4,
      borderRadiusLG: 6,
      controlHeight: 32,
      wireframe: false,
      motion,
      motionDurationFast: '0.08s',
      motionDurationMid: '0.12s',
      motionDurationSlow: '0.15s',
      boxShadow: '0 4px 16px rgb(16 32 42 / 14%)',
      boxShadowSecondary: '0 4px 16px rgb(16 32 42 / 14%)',
    },
    components: {
      Table: {
        cellPaddingBlock: 7,
        cellPaddingBlockMD: 7,
        cellPaddingInlineMD: 12,
        cellPaddingInline: 12,
        cellPaddingBlockSM: 3,
        cellPaddingInlineSM: 10,
        headerBg: c.surface,
        headerColor: c.text2,
        headerSplitColor: 'transparent',
        borderColor: c.line,
        rowHoverBg: c.sunken,
        rowSelectedBg: c.soft,
        rowSelectedHoverBg: c.soft,
        headerSortActiveBg: c.surface,
        headerSortHoverBg: c.sunken,
        bodySortBg: c.surface,
        cellFontSizeSM: 13,
      },
      Button: { primaryShadow: 'none', defaultShadow: 'none', dangerShadow: 'none', fontWeight: 500 },
      Tooltip: { colorBgSpotlight: mode === 'dark' ? '#33424A' : '#16202A', colorTextLightSolid: '#FFFFFF' },
      Modal: { titleFontSize: 16 },
      Form: { itemMarginBottom: 16, verticalLabelPadding: '0 0 4px' },
      Segmented: {
        itemSelectedBg: mode === 'dark' ? '#2F3D44' : c.surface,
        trackBg: c.sunken,
        itemColor: c.text2,
        itemSelectedColor: c.text,
      },
    },
  };
}

export function ThemeProvider({ children }: { children: ReactNode }) {
  const [choice] = useModeChoice();
  const systemDark = useMedia('(prefers-color-scheme: dark)');
  // antd must know: styles that only cut its animations short leave its popups unplaced.
  const still = useMedia('(prefers-reduced-motion: reduce)');
  const printing = usePrinting();
  const lang = useLang();
  const mode: Mode = printing ? 'light' : choice === 'system' ? (systemDark ? 'dark' : 'light') : choice;

  useEffect(() => {
    document.documentElement.dataset.theme = mode;
  }, [mode]);
  dayjs.locale(lang === 'zh' ? 'zh-cn' : 'en');
  const config = useMemo(() => themeOf(mode, !still), [mode, still]);

  return (
    <ModeContext.Provider value={mode}>
      <ConfigProvider
        theme={config}
        locale={lang === 'zh' ? zhCN : enUS}
        csp={nonce ? { nonce } : undefined}
        button={{ autoInsertSpace: false }}
      >
        {children}
      </ConfigProvider>
    </ModeContext.Provider>
  );
}
