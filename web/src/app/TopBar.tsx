import {
  DesktopOutlined,
  DisconnectOutlined,
  DownOutlined,
  GlobalOutlined,
  MenuOutlined,
  MoonOutlined,
  SearchOutlined,
  SunOutlined,
  UserOutlined,
} from '@ant-design/icons';
import { Link, useNavigate } from '@tanstack/react-router';
import { Button, Dropdown, type MenuProps, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { useReached } from '../api/reach';
import { switchLanguage, useLang } from '../i18n';
import { nameIn } from '../shared/format';
import { isMac } from '../shared/keys';
import { PlacePicker } from '../shared/PlacePicker';
import { useScope } from './scope';
import { useMe, useSignOut } from './session';
import { type ModeChoice, useModeChoice } from './theme';

function IncidentMenu() {
  const { t } = useTranslation(['app', 'words', 'shared']);
  const lang = useLang();
  const { incident, incidents, phase, setIncident } = useScope();
  const navigate = useNavigate();
  const items: MenuProps['items'] = [
    ...incidents.map((i) => ({ key: i.id, label: nameIn(i, lang), extra: t(`shared:state.${i.status}`) })),
    { type: 'divider' as const },
    { key: 'all', label: t('app:page.incidents') },
  ];
  const onClick: MenuProps['onClick'] = ({ key }) =>
    key === 'all' ? void navigate({ to: '/incidents' }) : setIncident(key);
  return (
    <>
      <Dropdown
        trigger={['click']}
        menu={{ items, onClick, selectable: true, selectedKeys: incident ? [incident.id] : [] }}
      >
        <button
          type="button"
          className="ac-chip"
          aria-label={`${t('app:top.incident')}: ${incident ? nameIn(incident, lang) : t('app:top.noIncident')}`}
        >
          <span className="ac-ellipsis" style={{ fontWeight: 600 }}>
            {incident ? nameIn(incident, lang) : t('app:top.noIncident')}
          </span>
          <DownOutlined aria-hidden />
        </button>
      </Dropdown>
      {incident && (
        <Link
          to="/incidents/$incidentId"
          params={{ incidentId: incident.id }}
          className="ac-tag"
          data-tone={phase ? 'accent' : undefined}
          title={t('app:top.phase')}
        >
          {phase ? t(`words:phase.${phase.phase}`) : t('app:top.noPhase')}
        </Link>
      )}
    </>
  );
}

function ThemeButton() {
  const { t } = useTranslation('app');
  const [choice, setChoice] = useModeChoice();
  const icon = { light: <SunOutlined />, dark: <MoonOutlined />, system: <DesktopOutlined /> }[choice];
  const items: MenuProps['items'] = [
    { key: 'light', icon: <SunOutlined />, label: t('top.themeLight') },
    { key: 'dark', icon: <MoonOutlined />, label: t('top.themeDark') },
    { key: 'system', icon: <DesktopOutlined />, label: t('top.themeSystem') },
  ];
  return (
    <Dropdown
      trigger={['click']}
      menu={{ items, selectable: true, selectedKeys: [choice], onClick: ({ key }) => setChoice(key as ModeChoice) }}
    >
      <Button type="text" icon={icon} aria-label={t('top.theme')} />
    </Dropdown>
  );
}

function PersonMenu({ onSheet }: { onSheet: () => void }) {
  const { t } = useTranslation('app');
  const me = useMe();
  const navigate = useNavigate();
  const signOut = useSignOut();
  const items: MenuProps['items'] = [
    { key: 'me', label: t('top.account') },
    { key: 'sheet', label: t('top.shortcuts'), extra: '?' },
    { type: 'divider' },
    { key: 'out', label: t('top.signOut') },
  ];
  const onClick: MenuProps['onClick'] = ({ key }) => {
    if (key === 'me') void navigate({ to: '/me' });
    if (key === 'sheet') onSheet();
    if (key === 'out') void signOut();
  };
  return (
    <Dropdown trigger={['click']} menu={{ items, onClick }}>
      <button type="button" className="ac-chip" aria-label={`${t('top.person')}: ${me.user.display_name}`}>
        <UserOutlined style={{ fontSize: 15 }} aria-hidden />
        <span className="ac-ellipsis ac-desk-only" style={{ maxWidth: 120 }}>
          {me.user.display_name}
        </span>
      </button>
    </Dropdown>
  );
}

/** What the page is about (incident, phase, place) and the tools of every page. */
export function TopBar({
  onMenu,
  onSearch,
  onSheet,
}: {
  onMenu: () => void;
  onSearch: () => void;
  onSheet: () => void;
}) {
  const { t } = useTranslation('app');
  const lang = useLang();
  const me = useMe();
  const reached = useReached();
  const { incident, placeId, setPlace } = useScope();
  return (
    <header className="ac-top">
      <Button
        className="ac-phone-only"
        type="text"
        icon={<MenuOutlined />}
        aria-label={t('nav.open')}
        onClick={onMenu}
      />
      <Link to="/" className="ac-brand ac-phone-only">
        <img src="/favicon.svg" alt={t('brand.full')} />
      </Link>
      <div className="ac-top-scope">
        <IncidentMenu />
        {incident && <span className="ac-divider" aria-hidden />}
        {placeId && (
          <PlacePicker
            value={placeId}
            onChange={setPlace}
            rootId={incident?.place_id}
            label={t('top.place')}
            variant="trail"
          />
        )}
      </div>
      <div className="ac-top-tools">
        {me.demo && (
          <Tooltip title={t('demoHint')}>
            <span className="ac-demo">{t('demo')}</span>
          </Tooltip>
        )}
        {!reached && (
          <Tooltip title={t('top.offlineHint')}>
            <span className="ac-tag" data-tone="warn" role="status">
              <DisconnectOutlined /> {t('top.offline')}
            </span>
          </Tooltip>
        )}
        <button
          type="button"
          className="ac-chip ac-search ac-desk-only"
          onClick={onSearch}
          aria-keyshortcuts={isMac ? 'Meta+K' : 'Control+K'}
        >
          <span className="ac-row" style={{ gap: 6, flexWrap: 'nowrap', minWidth: 0 }}>
            <SearchOutlined aria-hidden />
            <span className="ac-ellipsis">{t('top.search')}</span>
          </span>
          <span className="ac-kbd" aria-hidden>
            {isMac ? '⌘' : 'Ctrl'} K
          </span>
        </button>
        <Button
          className="ac-phone-only"
          type="text"
          icon={<SearchOutlined />}
          aria-label={t('top.search')}
          onClick={onSearch}
        />
        <Tooltip title={t('language.switch')}>
          <Button
            className="ac-lang"
            type="text"
            icon={<GlobalOutlined />}
            onClick={() => void switchLanguage(lang === 'zh' ? 'en' : 'zh')}
            lang={lang === 'zh' ? 'en' : 'zh-CN'}
          >
            {t('language.other')}
          </Button>
        </Tooltip>
        <ThemeButton />
        <PersonMenu onSheet={onSheet} />
      </div>
    </header>
  );
}
