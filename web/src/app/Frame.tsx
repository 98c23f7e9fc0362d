import { MenuFoldOutlined, MenuUnfoldOutlined } from '@ant-design/icons';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { Alert, App as AntApp, Button, Drawer } from 'antd';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePreference } from '../shared/preference';
import { useShortcut } from '../shared/shortcuts';
import { AlertBadge } from '../system/disclosure/AlertBadge';
import { useLive } from './live';
import { Palette } from './Palette';
import { allowed, PAGES, WINGS } from './pages';
import { onOpenPalette } from './paletteDoor';
import { ShortcutSheet } from './ShortcutSheet';
import { ScopeProvider } from './scope';
import { useMe } from './session';
import { TopBar } from './TopBar';

function Nav({ onGo }: { onGo?: () => void }) {
  const { t } = useTranslation('app');
  const { operations } = useMe();
  const { pathname } = useLocation();
  const shown = PAGES.filter((page) => page.rail && allowed(page, operations));
  // Of pages within pages (/people, /people/duplicates) the innermost is where one is.
  const here = shown
    .filter(({ path }) => (path === '/' ? pathname === '/' : `${pathname}/`.startsWith(`${path}/`)))
    .sort((a, b) => b.path.length - a.path.length)[0];
  const isCurrent = (path: string) => path === here?.path;
  return (
    <nav aria-label={t('nav.label')}>
      {WINGS.map((wing) => {
        const pages = shown.filter((page) => page.wing === wing);
        if (pages.length === 0) return null;
        return (
          <section className="ac-wing" key={wing} aria-labelledby={`wing-${wing}`}>
            <h2 id={`wing-${wing}`}>{t(`wing.${wing}`)}</h2>
            <ul>
              {pages.map((page) => (
                <li key={page.key}>
                  <Link
                    to={page.path as '/'}
                    className="ac-nav-link"
                    activeOptions={{ exact: true, includeSearch: false }}
                    aria-current={isCurrent(page.path) ? 'page' : undefined}
                    title={t(`page.${page.key}`)}
                    onClick={onGo}
                  >
                    {page.icon}
                    <span className="ac-nav-text">{t(`page.${page.key}`)}</span>
                    {page.key === 'alerts' && <AlertBadge />}
                  </Link>
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </nav>
  );
}

function Notices() {
  const { t } = useTranslation('app');
  const me = useMe();
  if (me.grants.length === 0)
    return <Alert type="warning" showIcon title={t('noGrants')} style={{ marginBottom: 16 }} />;
  if (!me.must_enrol_totp) return null;
  const action = (
    <Link to="/me" hash="totp">
      <Button size="small">{t('enrolTotpGo')}</Button>
    </Link>
  );
  return (
    <Alert
      className="ac-no-print"
      type="warning"
      showIcon
      title={t('enrolTotp')}
      action={action}
      style={{ marginBottom: 16 }}
    />
  );
}

/** The rail, the top bar and the page. */
export function Frame() {
  const { t } = useTranslation('app');
  const me = useMe();
  const { pathname } = useLocation();
  const [rail, setRail] = usePreference<'wide' | 'narrow'>('rail', 'wide');
  const [drawer, setDrawer] = useState(false);
  const [palette, setPalette] = useState(false);
  const [sheet, setSheet] = useState(false);
  const closePalette = useCallback(() => setPalette(false), []);
  const openSheet = useCallback(() => setSheet(true), []);
  const main = useRef<HTMLElement>(null);
  useLive();
  useShortcut('palette', () => setPalette((open) => !open));
  useShortcut('search', () => setPalette(true));
  useShortcut('sheet', () => setSheet(true));
  useEffect(() => onOpenPalette(() => setPalette(true)), []);

  // A new page begins at its top, and a screen reader at its heading.
  const first = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs once per page, which is what the path stands for
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    main.current?.focus({ preventScroll: true });
  }, [pathname]);

  return (
    <AntApp component={false} message={{ maxCount: 3 }}>
      <ScopeProvider>
        <a className="ac-skip" href="#main">
          {t('skip')}
        </a>
        <div className="ac-frame" data-rail={rail}>
          <aside className="ac-rail">
            <Link to="/" className="ac-brand">
              <img src="/favicon.svg" alt="" />
              <span>{t('brand.full')}</span>
            </Link>
            <Nav />
            <div className="ac-rail-foot">
              <span className="ac-nav-text">{me.version}</span>
              <Button
                type="text"
                size="small"
                aria-label={rail === 'wide' ? t('nav.collapse') : t('nav.expand')}
                icon={rail === 'wide' ? <MenuFoldOutlined /> : <MenuUnfoldOutlined />}
                onClick={() => setRail(rail === 'wide' ? 'narrow' : 'wide')}
              />
            </div>
          </aside>
          <TopBar onMenu={() => setDrawer(true)} onSearch={() => setPalette(true)} onSheet={() => setSheet(true)} />
          <main className="ac-main" id="main" ref={main} tabIndex={-1}>
            <Notices />
            <Outlet />
          </main>
        </div>
        <Drawer
          placement="left"
          size={264}
          open={drawer}
          onClose={() => setDrawer(false)}
          title={t('brand.full')}
          styles={{ body: { padding: 0 } }}
        >
          <Nav onGo={() => setDrawer(false)} />
        </Drawer>
        <Palette open={palette} onClose={closePalette} onSheet={openSheet} />
        <ShortcutSheet open={sheet} onClose={() => setSheet(false)} />
      </ScopeProvider>
    </AntApp>
  );
}
