import { InfoCircleOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { Tooltip } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Drill, Text } from '../api/types';
import { useLang } from '../i18n';
import { formatChange, formatNumber, textIn } from './format';

/** A link the server wrote as an address of this application, such as `/cases?counted=infections&from=…`. */
export function DrillLink({
  href,
  children,
  title,
  className,
}: {
  href: string;
  children: ReactNode;
  title?: string;
  className?: string;
}) {
  const url = new URL(href, window.location.origin);
  const search = Object.fromEntries(url.searchParams);
  return (
    <Link
      to={url.pathname as '/'}
      search={search as never}
      hash={url.hash.slice(1) || undefined}
      title={title}
      className={className}
    >
      {children}
    </Link>
  );
}

/** The (i) beside a figure: what exactly it counts. */
export function Definition({ text }: { text: Text | undefined }) {
  const { t } = useTranslation('shared');
  const lang = useLang();
  const words = textIn(text, lang);
  if (!words) return null;
  return (
    <Tooltip title={words} trigger={['hover', 'focus', 'click']}>
      <button type="button" className="ac-info ac-no-print" aria-label={`${t('definition')}: ${words}`}>
        <InfoCircleOutlined aria-hidden />
      </button>
    </Tooltip>
  );
}

type Props = {
  label: ReactNode;
  value: number | null | undefined;
  /** The same figure a day earlier; shows the change. */
  previous?: number;
  definition?: Text;
  drill?: Drill;
  asOf?: string;
  size?: 'large' | 'small';
  /** Words under the figure. */
  note?: ReactNode;
};

/** A number that opens: its definition, its age, and the list it counts. */
export function FigureCard({ label, value, previous, definition, drill, asOf, size = 'large', note }: Props) {
  const { t } = useTranslation('shared');
  const lang = useLang();
  const text = formatNumber(value, lang);
  return (
    <div className="ac-figure">
      <span className="ac-figure-label">
        {label}
        <Definition text={definition} />
      </span>
      <span className={size === 'small' ? 'ac-figure-value small' : 'ac-figure-value'}>
        {drill && drill.line_listed > 0 ? (
          <DrillLink href={drill.href} title={t('openListCount', { count: drill.line_listed })}>
            {text}
          </DrillLink>
        ) : (
          text
        )}
      </span>
      {previous !== undefined && value !== null && value !== undefined && (
        <span className="ac-small ac-muted">{t('change', { change: formatChange(value - previous, lang) })}</span>
      )}
      {drill && drill.from_totals > 0 && (
        <span className="ac-small ac-faint">{t('fromTotals', { n: formatNumber(drill.from_totals, lang) })}</span>
      )}
      {asOf && <span className="ac-small ac-faint">{t('asOf', { at: asOf })}</span>}
      {note && <span className="ac-small ac-muted">{note}</span>}
    </div>
  );
}
