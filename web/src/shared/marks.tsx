import {
  CheckCircleFilled,
  ClockCircleOutlined,
  CloseCircleFilled,
  CloseCircleOutlined,
  ExclamationCircleFilled,
  LoadingOutlined,
  MinusCircleOutlined,
} from '@ant-design/icons';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Classification, ZoneClass } from '../api/types';

/** Shape of a class: ● confirmed, ○ asymptomatic, ◐ screening positive or not yet settled, ✕ excluded. */
export type Shape = 'full' | 'ring' | 'half' | 'cross';
export const shapeOf: Record<Classification, Shape> = {
  confirmed: 'full',
  asymptomatic: 'ring',
  screening_positive: 'half',
  suspected: 'half',
  probable: 'half',
  excluded: 'cross',
};

/** The bare mark. Around it: a solid outline when found in the community, a dotted one when found under control. */
export function ClassShape({ shape, community, size = 16 }: { shape: Shape; community?: boolean; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" aria-hidden="true" style={{ color: 'var(--ac-text)' }}>
      {community !== undefined && shape !== 'cross' && (
        <circle
          cx="8"
          cy="8"
          r="7.25"
          fill="none"
          stroke="currentColor"
          strokeWidth="1"
          strokeDasharray={community ? undefined : '1.4 1.9'}
        />
      )}
      {shape === 'full' && <circle cx="8" cy="8" r="4.5" fill="currentColor" />}
      {shape === 'ring' && <circle cx="8" cy="8" r="3.9" fill="none" stroke="currentColor" strokeWidth="1.5" />}
      {shape === 'half' && (
        <>
          <circle cx="8" cy="8" r="3.9" fill="none" stroke="currentColor" strokeWidth="1.5" />
          <path d="M8 3.6a4.4 4.4 0 0 0 0 8.8z" fill="currentColor" />
        </>
      )}
      {shape === 'cross' && (
        <path d="M4.2 4.2l7.6 7.6M11.8 4.2l-7.6 7.6" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" />
      )}
    </svg>
  );
}

/** A case's class as shape and word; `bare` leaves the word to screen readers. */
export function ClassMark({
  value,
  community,
  bare = false,
}: {
  value: Classification;
  community?: boolean;
  bare?: boolean;
}) {
  const { t } = useTranslation(['words', 'shared']);
  const word = t(`words:classification.${value}`);
  const found = community === undefined ? '' : t(community ? 'shared:mark.community' : 'shared:mark.control');
  return (
    <span className="ac-mark" title={[word, found].filter(Boolean).join(' · ')}>
      <ClassShape shape={shapeOf[value] ?? 'half'} community={community} />
      <span className={bare ? 'ac-sr' : undefined}>{word}</span>
      {found !== '' && <span className="ac-sr">{found}</span>}
    </span>
  );
}

/** A zone class as pattern and word. */
export function ZoneMark({ value, bare = false }: { value: ZoneClass; bare?: boolean }) {
  const { t } = useTranslation('words');
  const word = t(`zone.${value}`);
  return (
    <span className="ac-zone" title={word}>
      <span className="ac-zone-swatch" data-zone={value} aria-hidden />
      <span className={bare ? 'ac-sr' : undefined}>{word}</span>
    </span>
  );
}

export type Tone = 'good' | 'bad' | 'warn' | 'info' | 'accent' | 'plain';
const icons: Record<Tone, ReactNode> = {
  good: <CheckCircleFilled aria-hidden />,
  bad: <CloseCircleFilled aria-hidden />,
  warn: <ExclamationCircleFilled aria-hidden />,
  info: <ClockCircleOutlined aria-hidden />,
  accent: null,
  plain: <MinusCircleOutlined aria-hidden />,
};

export type StateName =
  | 'active'
  | 'closed'
  | 'disabled'
  | 'enabled'
  | 'met'
  | 'unmet'
  | 'noData'
  | 'done'
  | 'refused'
  | 'draft'
  | 'ready'
  | 'running'
  | 'done_with_refusals'
  | 'failed'
  | 'cancelled'
  | 'undone';
const toneOf: Record<StateName, Tone> = {
  active: 'accent',
  closed: 'plain',
  disabled: 'plain',
  enabled: 'good',
  met: 'good',
  unmet: 'plain',
  noData: 'warn',
  done: 'good',
  refused: 'bad',
  draft: 'plain',
  ready: 'info',
  running: 'info',
  done_with_refusals: 'warn',
  failed: 'bad',
  cancelled: 'plain',
  undone: 'plain',
};

const iconOf: Partial<Record<StateName, ReactNode>> = {
  running: <LoadingOutlined aria-hidden />,
  // Not met is the normal state of an outbreak, not an alarm: it is marked by shape and stays quiet.
  unmet: <CloseCircleOutlined aria-hidden />,
};

/** A state as icon, word and colour. `children` replaces the word (never the icon). */
export function StateTag({ value, children }: { value: StateName; children?: ReactNode }) {
  const { t } = useTranslation('shared');
  const tone = toneOf[value];
  return (
    <span className="ac-tag" data-tone={tone}>
      {iconOf[value] ?? icons[tone]}
      {children ?? t(`state.${value}`)}
    </span>
  );
}

export function Tag({
  tone = 'plain',
  icon,
  children,
  title,
}: {
  tone?: Tone;
  icon?: ReactNode;
  children: ReactNode;
  title?: string;
}) {
  return (
    <span className="ac-tag" data-tone={tone} title={title}>
      {icon}
      {children}
    </span>
  );
}
