import { ExclamationCircleFilled } from '@ant-design/icons';
import { Tooltip } from 'antd';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import type { Grade, PackParam } from '../../api/types';
import { percentOf, useWithUnit } from '../../control/clearance/criterion';
import { useLang } from '../../i18n';
import { formatDay } from '../../shared/day';
import { formatNumber, textIn } from '../../shared/format';
import { Tag } from '../../shared/marks';
import { grouped } from './params';

/** Values longer than this wrap instead of widening the table. */
const LONG = 24;

/** parameter │ value │ grade │ source │ note │ set by */
export function ParamTable({ params }: { params: PackParam[] }) {
  const { t } = useTranslation('packs');
  return (
    <div className="ac-scroll-x">
      <table className="ac-table ac-params">
        <colgroup>
          <col style={{ width: '20%' }} />
          <col style={{ width: '13%' }} />
          <col style={{ width: 132 }} />
          <col />
          <col style={{ width: '17%' }} />
          <col style={{ width: 136 }} />
        </colgroup>
        <thead>
          <tr>
            <th scope="col">{t('col.key')}</th>
            <th scope="col">{t('col.value')}</th>
            <th scope="col">{t('col.grade')}</th>
            <th scope="col">{t('col.source')}</th>
            <th scope="col">{t('col.note')}</th>
            <th scope="col">{t('col.from')}</th>
          </tr>
        </thead>
        <tbody>
          {grouped(params).map(({ group, params: rows }) => (
            <Fragment key={group}>
              <tr className="ac-group">
                <th colSpan={6} scope="colgroup">
                  {t(`group.${group}`)}
                </th>
              </tr>
              {rows.map((p) => (
                <Row key={p.key} param={p} />
              ))}
            </Fragment>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function useValue() {
  const { t } = useTranslation('packs');
  const lang = useLang();
  const withUnit = useWithUnit();
  return ({ value, unit }: PackParam): string => {
    const one = (v: unknown): string => {
      if (typeof v === 'boolean') return t(v ? 'on' : 'off');
      if (typeof v === 'number') return formatNumber(unit === 'ratio' ? percentOf(v) : v, lang).replace('-', '−');
      if (typeof v !== 'string') return '–';
      // A word without translation is shown as the pack writes it.
      return (t as unknown as (k: string, o: object) => string)(`word.${v}`, { defaultValue: v });
    };
    if (Array.isArray(value)) {
      const list = value.map(one).join(lang === 'zh' ? '、' : ', ');
      return list === '' ? '–' : withUnit(list, unit);
    }
    return typeof value === 'number' ? withUnit(one(value), unit) : one(value);
  };
}

function Row({ param: p }: { param: PackParam }) {
  const { t } = useTranslation('packs');
  const lang = useLang();
  const write = useValue();
  const value = write(p);
  const title = textIn(p.title, lang);
  return (
    <tr>
      <td>
        {title && <div>{title}</div>}
        <span className={title ? 'ac-mono ac-faint ac-small' : 'ac-mono'}>{p.key}</span>
      </td>
      <td>
        <span className={value.length > LONG ? 'ac-param-value long' : 'ac-param-value'}>{value}</span>
      </td>
      <td className="ac-nowrap">
        <GradeBadge grade={p.grade} />{' '}
        {!p.verified && (
          <Tag tone="warn" icon={<ExclamationCircleFilled aria-hidden />}>
            {t('notVerified')}
          </Tag>
        )}
      </td>
      <td>
        {textIn(p.doc, lang)}{' '}
        {p.citation && <span className="ac-small ac-faint">{t('citation', { ids: p.citation })}</span>}
      </td>
      <td className="ac-muted">{textIn(p.note, lang)}</td>
      <td>
        <span className="ac-mono ac-small">{p.from}</span>
        {p.valid_from && (
          <div className="ac-small ac-faint ac-nowrap">{formatDay(p.valid_from, lang, { year: true })}</div>
        )}
      </td>
    </tr>
  );
}

/** How well a value is founded, A to D. */
export function GradeBadge({ grade }: { grade: Grade }) {
  const { t } = useTranslation('packs');
  const words = t(`gradeTitle.${grade}`);
  return (
    <Tooltip title={words} trigger={['hover', 'focus']}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the explanation must be reachable by keyboard */}
      <span className="ac-grade" data-grade={grade} role="img" tabIndex={0} aria-label={words}>
        {grade}
      </span>
    </Tooltip>
  );
}
