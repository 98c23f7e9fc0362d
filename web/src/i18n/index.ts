import i18next from 'i18next';
import { initReactI18next, useTranslation } from 'react-i18next';
import type { Lang } from '../api/types';
import { readPreference, writePreference } from '../shared/preference';
import type zhTexts from './zh';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'app';
    resources: typeof zhTexts;
  }
}

const load = {
  zh: () => import('./zh'),
  en: () => import('./en'),
};

export function isLang(text: string): text is Lang {
  return text === 'zh' || text === 'en';
}
function preferred(): Lang {
  const chosen = readPreference('language', '');
  if (isLang(chosen)) return chosen;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

async function bring(lang: Lang) {
  const texts = (await load[lang]()).default;
  for (const [area, words] of Object.entries(texts)) i18next.addResourceBundle(lang, area, words, true, true);
  document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en';
}

export async function startI18n() {
  const lang = preferred();
  await i18next.use(initReactI18next).init({
    lng: lang,
    fallbackLng: false,
    ns: ['app'],
    defaultNS: 'app',
    resources: {},
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  });
  await bring(lang);
  await i18next.changeLanguage(lang);
}

/** Switches language in place: nothing reloads and no input is lost. */
export async function switchLanguage(lang: Lang) {
  await bring(lang);
  await i18next.changeLanguage(lang);
  writePreference('language', lang);
}

/** The language the page is shown in. */
export function useLang(): Lang {
  const { i18n } = useTranslation();
  return isLang(i18n.language) ? i18n.language : 'zh';
}
