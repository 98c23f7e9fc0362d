import { Button, Checkbox } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCan } from '../../app/session';
import { useLang } from '../../i18n';
import { formatNumber } from '../../shared/format';
import { PlacePicker } from '../../shared/PlacePicker';
import { useShortcut } from '../../shared/shortcuts';
import { KeyCap } from '../duplicates/KeyCap';
import { CandidateMap } from './CandidateMap';
import { CreateHere } from './CreateHere';
import type { Candidate, Decision, Match, Part } from './types';
import { useDeciding } from './useDeciding';

type Props = { match: Match; placeId: string; onStep: (by: 1 | -1) => void; onDecided: () => void };

/** One text: what is known of it, what it may mean, and what to do. */
export function AddressWork({ match, placeId, onStep, onDecided }: Props) {
  const { t } = useTranslation('addresses');
  const can = useCan();
  const may = can('places.address.decide');
  const open = match.state === 'open' || match.state === 'later';
  const [remember, setRemember] = useState(true);
  const [creating, setCreating] = useState(false);
  const { decide, undo, busy } = useDeciding();
  const act = async (d: Decision) => {
    if (!busy && (await decide(match, d))) onDecided();
  };
  const choose = (place_id: string) => void act({ state: 'resolved', place_id, remember });
  useShortcut('addressNext', () => onStep(1));
  useShortcut('addressPrevious', () => onStep(-1));
  useShortcut('addressPick', (e) => pick(match.candidates[Number(e.key) - 1]), may && open);
  useShortcut('addressNone', () => void act({ state: 'no_such_place' }), may && open);
  useShortcut('addressLater', () => void act({ state: 'later' }), may && match.state === 'open');
  useShortcut('addressCreate', () => setCreating(true), may && open && can('places.place.create'));
  useShortcut('addressUndo', () => void undo(), may);
  function pick(c: Candidate | undefined) {
    if (c) choose(c.place_id);
  }
  return (
    <section className="ac-adr-work" aria-label={match.text}>
      <div className="ac-panel ac-panel-body">
        <h2 className="ac-adr-text">{match.text}</h2>
        <Facts match={match} />
        {match.state === 'resolved' && (
          <p>
            {t('means')} <b>{[match.place_trail, match.place_name].filter(Boolean).join(' › ')}</b>
          </p>
        )}
        {match.by_name && <p className="ac-small ac-muted">{t('decidedBy', { name: match.by_name })}</p>}
      </div>
      {open && (
        <div className="ac-adr-split">
          <div className="ac-panel">
            <h3 className="ac-adr-head">{t('candidates')}</h3>
            {match.candidates.length === 0 && <p className="ac-panel-body ac-muted">{t('noCandidates')}</p>}
            <ol className="ac-adr-candidates">
              {match.candidates.map((c, i) => (
                <li key={c.place_id}>
                  <CandidateRow
                    candidate={c}
                    index={i}
                    onChoose={may ? () => choose(c.place_id) : undefined}
                    busy={busy}
                  />
                </li>
              ))}
            </ol>
            {may && (
              <div className="ac-panel-body">
                <span className="ac-small ac-muted">{t('other')}</span>
                <PlacePicker
                  value={undefined}
                  label={t('other')}
                  placeholder={t('otherPlace')}
                  onChange={(id) => choose(id)}
                />
              </div>
            )}
          </div>
          {match.candidates.length > 0 && <CandidateMap candidates={match.candidates} />}
        </div>
      )}
      {may && (
        <div className="ac-adr-actions ac-no-print">
          {open ? (
            <>
              {can('places.place.create') && (
                <Button disabled={busy} onClick={() => setCreating(true)}>
                  {t('create')} <KeyCap id="addressCreate" />
                </Button>
              )}
              <Button disabled={busy} onClick={() => void act({ state: 'no_such_place' })}>
                {t('none')} <KeyCap id="addressNone" />
              </Button>
              {match.state === 'open' && (
                <Button disabled={busy} onClick={() => void act({ state: 'later' })}>
                  {t('later')} <KeyCap id="addressLater" />
                </Button>
              )}
              <Checkbox checked={remember} onChange={(e) => setRemember(e.target.checked)}>
                {t('remember')}
              </Checkbox>
            </>
          ) : (
            <Button disabled={busy} onClick={() => void act({ state: 'open' })}>
              {t('reopen')}
            </Button>
          )}
          <span className="ac-small ac-muted ac-adr-hint">
            <KeyCap id="addressPrevious" /> <KeyCap id="addressNext" /> {t('keysMove')}
          </span>
        </div>
      )}
      {creating && (
        <CreateHere
          match={match}
          placeId={placeId}
          onClose={() => setCreating(false)}
          onCreate={(create) => {
            setCreating(false);
            void act({ state: 'resolved', create, remember });
          }}
        />
      )}
    </section>
  );
}

function Facts({ match }: { match: Match }) {
  const { t } = useTranslation('addresses');
  const lang = useLang();
  const facts: [string, string][] = [
    [t('why'), match.reason ? t(`reason.${match.reason}`) : ''],
    [t('reached'), match.reached ? t(`part.${match.reached}`) : match.reason ? t('reachedNothing') : ''],
    [t('confidence'), `${formatNumber(Math.round(match.confidence * 100), lang)} %`],
    [t('district'), match.district],
    [t('day'), match.on_day],
    [t('source'), match.source],
    [t('note'), match.note],
  ];
  return (
    <dl className="ac-adr-facts">
      {facts
        .filter(([, value]) => value)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

type RowProps = { candidate: Candidate; index: number; onChoose?: () => void; busy: boolean };

function CandidateRow({ candidate: c, index, onChoose, busy }: RowProps) {
  const { t } = useTranslation('addresses');
  const lang = useLang();
  const parts = (list: Part[] | null) => (list ?? []).map((p) => t(`part.${p}`)).join(lang === 'zh' ? '、' : ', ');
  return (
    <div className="ac-adr-candidate">
      <span className="ac-adr-number" aria-hidden>
        {index + 1}
      </span>
      <div>
        <b>{c.name}</b> <span className="ac-small ac-muted">{formatNumber(Math.round(c.score * 100), lang)} %</span>
        <div className="ac-small ac-muted">{c.trail}</div>
        <div className="ac-small">
          {c.matched?.length ? <span className="ac-adr-yes">✓ {parts(c.matched)}</span> : null}{' '}
          {c.missed?.length ? <span className="ac-adr-no">✗ {parts(c.missed)}</span> : null}
        </div>
      </div>
      {onChoose && (
        <Button size="small" type={index === 0 ? 'primary' : 'default'} disabled={busy} onClick={onChoose}>
          {t('choose')}
        </Button>
      )}
    </div>
  );
}
