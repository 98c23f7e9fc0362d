import { Segmented } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Lang } from '../api/types';
import { switchLanguage, useLang } from '../i18n';

/** The quiet page around sign-in and first password: name, form, language. */
export function Entrance({ title, children }: { title: string; children: ReactNode }) {
  const { t } = useTranslation('app');
  const lang = useLang();
  return (
    <div style={{ minHeight: '100vh', display: 'grid', gridTemplateRows: '1fr auto', padding: 16 }}>
      <main style={{ width: 'min(380px, 100%)', margin: 'auto', padding: '24px 0' }}>
        <div className="ac-row" style={{ gap: 12, marginBottom: 24 }}>
          <img src="/favicon.svg" alt="" width={40} height={40} />
          <div>
            <div style={{ fontSize: 20, lineHeight: '26px', fontWeight: 650 }}>{t('brand.full')}</div>
            <div className="ac-small ac-muted">{t('signIn.about')}</div>
          </div>
        </div>
        <div className="ac-panel" style={{ padding: 24 }}>
          <h1 style={{ marginBottom: 16 }}>{title}</h1>
          {children}
        </div>
      </main>
      <div style={{ justifySelf: 'center' }}>
        <Segmented<Lang>
          size="small"
          aria-label={t('language.switch')}
          value={lang}
          onChange={(next) => void switchLanguage(next)}
          options={[
            { value: 'zh', label: t('language.zh') },
            { value: 'en', label: t('language.en') },
          ]}
        />
      </div>
    </div>
  );
}
