import { useTranslation } from 'react-i18next';
import type { Criterion, Text } from '../../api/types';
import { useLang } from '../../i18n';
import { DrillLink } from '../../shared/FigureCard';
import { formatNumber, textIn } from '../../shared/format';
import { StateTag, Tag } from '../../shared/marks';
import { useCriterionValue } from './criterion';

/** Missing items past this number are one click away in the evidence list. */
const MISSING_SHOWN = 5;

/** criterion │ needed │ value │ state │ evidence ▸ │ missing ▸ */
export function CriteriaTable({ criteria }: { criteria: Criterion[] }) {
  const { t } = useTranslation('clearance');
  return (
    <div className="ac-scroll-x">
      <table className="ac-table ac-criteria">
        <thead>
          <tr>
            <th scope="col">{t('col.criterion')}</th>
            <th scope="col" className="ac-num">
              {t('col.needed')}
            </th>
            <th scope="col" className="ac-num">
              {t('col.value')}
            </th>
            <th scope="col">{t('col.state')}</th>
            <th scope="col">{t('col.evidence')}</th>
            <th scope="col">{t('col.missing')}</th>
          </tr>
        </thead>
        <tbody>
          {criteria.map((criterion) => (
            <Row key={criterion.id} criterion={criterion} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ criterion: c }: { criterion: Criterion }) {
  const { t } = useTranslation('clearance');
  const lang = useLang();
  const write = useCriterionValue();
  return (
    <tr>
      <th scope="row">
        {textIn(c.title, lang)} {!c.binding && <Tag>{t('advisory')}</Tag>}
      </th>
      <td className="ac-num ac-nowrap" data-label={t('col.needed')}>
        {write(c.needed, c.unit)}
      </td>
      <td className="ac-num ac-nowrap ac-value" data-label={t('col.value')}>
        {write(c.value, c.unit)}
      </td>
      <td data-label={t('col.state')}>
        <span>
          <StateTag value={c.met ? 'met' : c.value === null ? 'noData' : 'unmet'} />
        </span>
      </td>
      <td data-label={t('col.evidence')}>
        {c.evidence.length === 0 ? (
          <span className="ac-faint">{t('noEvidence')}</span>
        ) : (
          <ul>
            {c.evidence.map((e) => (
              <li key={e.set}>
                {e.href ? (
                  <DrillLink
                    href={e.href}
                    title={t('evidenceOpen', { title: textIn(e.title, lang), n: formatNumber(e.count, lang) })}
                  >
                    {textIn(e.title, lang)} {formatNumber(e.count, lang)}
                  </DrillLink>
                ) : (
                  <>
                    {textIn(e.title, lang)} {formatNumber(e.count, lang)}
                  </>
                )}
              </li>
            ))}
          </ul>
        )}
      </td>
      <td data-label={t('col.missing')}>
        {c.missing.length === 0 ? (
          <span className="ac-faint">{c.met ? t('nothingMissing') : '–'}</span>
        ) : (
          <Missing items={c.missing} />
        )}
      </td>
    </tr>
  );
}

/** What has to be recorded before a criterion can be met; a long list is folded. */
function Missing({ items }: { items: Text[] }) {
  const lang = useLang();
  const list = (texts: Text[]) => (
    <ul>
      {texts.map((m) => (
        <li key={`${m.zh}${m.en}`}>{textIn(m, lang)}</li>
      ))}
    </ul>
  );
  if (items.length <= MISSING_SHOWN) return list(items);
  return (
    <>
      {list(items.slice(0, MISSING_SHOWN))}
      <details>
        <summary className="ac-small">+{items.length - MISSING_SHOWN}</summary>
        {list(items.slice(MISSING_SHOWN))}
      </details>
    </>
  );
}
