import { Button } from 'antd';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useLang } from '../../i18n';
import { Tag } from '../../shared/marks';
import { ageText } from '../people/words';
import type { Pair } from './types';

type Props = {
  pairs: Pair[];
  current: string | undefined;
  onPick: (id: string) => void;
  onMore?: () => void;
  busy: boolean;
};

/** The queue: the likeliest pairs first. */
export function PairList({ pairs, current, onPick, onMore, busy }: Props) {
  const { t } = useTranslation(['people', 'words', 'shared', 'duplicates']);
  const here = useRef<HTMLButtonElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the row of the shown pair stays in view
  useEffect(() => here.current?.scrollIntoView({ block: 'nearest' }), [current]);
  return (
    <nav className="ac-panel ac-dup-list" aria-label={t('duplicates:queue')}>
      <ol>
        {pairs.map((p) => (
          <li key={p.id}>
            <button
              type="button"
              ref={p.id === current ? here : undefined}
              aria-current={p.id === current || undefined}
              onClick={() => onPick(p.id)}
            >
              <span className="ac-dup-names">
                <b>{p.a.name_masked || t('duplicates:noName')}</b>
                {p.b.name_masked !== p.a.name_masked && <b>{p.b.name_masked || t('duplicates:noName')}</b>}
                <span className="ac-muted">{ageText(t, p.a.age === null ? p.b : p.a)}</span>
              </span>
              <span className="ac-small ac-muted ac-dup-why">
                <Likely score={p.score} /> <Why pair={p} />
              </span>
            </button>
          </li>
        ))}
      </ol>
      {onMore && (
        <Button type="text" block loading={busy} onClick={onMore}>
          {t('duplicates:more')}
        </Button>
      )}
    </nav>
  );
}

function Why({ pair }: { pair: Pair }) {
  const lang = useLang();
  const said = pair.reasons.filter((r) => !r.against).slice(0, 2);
  return <>{said.map((r) => r[lang]).join(lang === 'zh' ? '，' : ', ')}</>;
}

/** How alike the two are, in a word and a number. */
export function Likely({ score }: { score: number }) {
  const { t } = useTranslation('duplicates');
  const word = score >= 80 ? 'high' : score >= 60 ? 'middle' : 'low';
  return (
    <Tag tone={word === 'high' ? 'accent' : 'plain'}>
      {t(`likely.${word}`)} {score}
    </Tag>
  );
}
