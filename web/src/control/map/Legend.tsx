import { useTranslation } from 'react-i18next';
import type { Mode } from '../../app/theme';
import { useLang } from '../../i18n';
import { formatNumber } from '../../shared/format';
import { ClassShape } from '../../shared/marks';
import type { Layer } from './mapState';
import { INK } from './mapStyle';

type Props = { mode: Mode; breaks: number[]; days: number; found: 'all' | 'community'; layers: readonly Layer[] };

/** What shades and marks mean, in the numbers of this moment. */
export function Legend({ mode, breaks, days, found, layers }: Props) {
  const { t } = useTranslation('map');
  const lang = useLang();
  const one = days === 1;
  const title =
    found === 'community'
      ? one
        ? t('legendShadeCommunityDay')
        : t('legendShadeCommunity', { days })
      : one
        ? t('legendShadeDay')
        : t('legendShade', { days });
  const range = (i: number) => {
    const low = breaks[i] ?? 0;
    const next = breaks[i + 1];
    if (next === undefined) return t('legendMore', { n: formatNumber(low, lang) });
    return next - 1 === low ? formatNumber(low, lang) : `${formatNumber(low, lang)}–${formatNumber(next - 1, lang)}`;
  };
  return (
    <div className="ac-legend">
      {layers.includes('shade') && (
        <>
          <h3>{title}</h3>
          <ul className="ac-legend-shades">
            {breaks.map((low, i) => (
              <li key={low}>
                <span className="ac-legend-swatch" style={{ background: INK[mode].shades[i] }} aria-hidden />
                {range(i)}
              </li>
            ))}
          </ul>
        </>
      )}
      {layers.includes('marks') && (
        <ul className="ac-legend-marks">
          <li>
            <ClassShape shape="full" /> {t('legendFull')}
          </li>
          <li>
            <ClassShape shape="ring" /> {t('legendRing')}
          </li>
          <li>
            <BothShape /> {t('legendMixed')}
          </li>
          <li>
            <Outline /> {t('legendSolid')}
          </li>
          <li>
            <Outline dotted /> {t('legendDotted')}
          </li>
          <li className="ac-muted">{t('legendSize')}</li>
        </ul>
      )}
    </div>
  );
}

function BothShape() {
  return (
    <svg width={16} height={16} viewBox="0 0 16 16" aria-hidden="true">
      <circle cx="8" cy="8" r="3.9" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <circle cx="8" cy="8" r="1.9" fill="currentColor" />
    </svg>
  );
}
function Outline({ dotted = false }: { dotted?: boolean }) {
  return (
    <svg width={16} height={16} viewBox="0 0 16 16" aria-hidden="true">
      <circle
        cx="8"
        cy="8"
        r="6.5"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.3"
        strokeLinecap="round"
        strokeDasharray={dotted ? '0.01 2.9' : undefined}
      />
    </svg>
  );
}
