import {
  AimOutlined,
  AlertOutlined,
  AuditOutlined,
  BookOutlined,
  ClusterOutlined,
  ContactsOutlined,
  DashboardOutlined,
  DownloadOutlined,
  EnvironmentOutlined,
  FieldTimeOutlined,
  FlagOutlined,
  ImportOutlined,
  KeyOutlined,
  MergeCellsOutlined,
  ReadOutlined,
  SafetyCertificateOutlined,
  TableOutlined,
  TeamOutlined,
  UnorderedListOutlined,
  UserOutlined,
} from '@ant-design/icons';
import type { ReactNode } from 'react';

export type Wing = 'command' | 'control' | 'livelihood' | 'recovery' | 'registry' | 'system';
export type PageKey =
  | 'overview'
  | 'incidents'
  | 'clearance'
  | 'cases'
  | 'map'
  | 'people'
  | 'bulks'
  | 'duplicates'
  | 'addresses'
  | 'places'
  | 'imports'
  | 'packs'
  | 'users'
  | 'audit'
  | 'alerts'
  | 'exports'
  | 'retention'
  | 'dataRegister'
  | 'keys'
  | 'me'
  | 'counts';

/**
 * Pages that have an entry in the rail and the search. A page is shown to those
 * who hold one of its operations; the server decides again on every request.
 */
export type PageEntry = {
  key: PageKey;
  path: string;
  wing: Wing;
  operations: string[];
  icon: ReactNode;
  /** False: found by search only. */
  rail: boolean;
};

export const PAGES: PageEntry[] = [
  {
    key: 'overview',
    path: '/',
    wing: 'command',
    operations: ['situation.view'],
    icon: <DashboardOutlined />,
    rail: true,
  },
  {
    key: 'incidents',
    path: '/incidents',
    wing: 'command',
    operations: ['incident.incident.view'],
    icon: <FlagOutlined />,
    rail: true,
  },
  {
    key: 'map',
    path: '/map',
    wing: 'control',
    operations: ['situation.view'],
    icon: <EnvironmentOutlined />,
    rail: true,
  },
  {
    key: 'cases',
    path: '/cases',
    wing: 'control',
    operations: ['cases.case.list'],
    icon: <UnorderedListOutlined />,
    rail: true,
  },
  {
    key: 'clearance',
    path: '/clearance',
    wing: 'control',
    operations: ['clearance.view'],
    icon: <SafetyCertificateOutlined />,
    rail: true,
  },
  {
    key: 'counts',
    path: '/counts',
    wing: 'control',
    operations: ['cases.count.view'],
    icon: <TableOutlined />,
    rail: true,
  },
  {
    key: 'people',
    path: '/people',
    wing: 'registry',
    operations: ['people.person.list'],
    icon: <ContactsOutlined />,
    rail: true,
  },
  {
    key: 'bulks',
    path: '/people/bulks',
    wing: 'system',
    operations: ['people.bulk.view'],
    icon: <ContactsOutlined />,
    rail: false,
  },
  {
    key: 'duplicates',
    path: '/people/duplicates',
    wing: 'registry',
    operations: ['people.duplicate.list'],
    icon: <MergeCellsOutlined />,
    rail: true,
  },
  {
    key: 'places',
    path: '/places',
    wing: 'registry',
    operations: ['places.place.view'],
    icon: <ClusterOutlined />,
    rail: true,
  },
  {
    key: 'addresses',
    path: '/places/addresses',
    wing: 'registry',
    operations: ['places.address.view'],
    icon: <AimOutlined />,
    rail: true,
  },
  {
    key: 'imports',
    path: '/imports',
    wing: 'registry',
    operations: ['imports.job.view', 'imports.job.create'],
    icon: <ImportOutlined />,
    rail: true,
  },
  { key: 'packs', path: '/packs', wing: 'system', operations: ['packs.pack.view'], icon: <BookOutlined />, rail: true },
  {
    key: 'users',
    path: '/users',
    wing: 'system',
    operations: ['accounts.user.view'],
    icon: <TeamOutlined />,
    rail: true,
  },
  {
    key: 'audit',
    path: '/audit',
    wing: 'system',
    operations: ['audit.entry.view'],
    icon: <AuditOutlined />,
    rail: true,
  },
  {
    key: 'alerts',
    path: '/alerts',
    wing: 'system',
    operations: ['disclosure.alert.view', 'people.person.list', 'cases.case.list'],
    icon: <AlertOutlined />,
    rail: true,
  },
  {
    key: 'exports',
    path: '/exports',
    wing: 'system',
    operations: ['disclosure.export.request', 'disclosure.export.decide'],
    icon: <DownloadOutlined />,
    rail: true,
  },
  {
    key: 'retention',
    path: '/retention',
    wing: 'system',
    operations: ['people.retention.view'],
    icon: <FieldTimeOutlined />,
    rail: true,
  },
  {
    key: 'dataRegister',
    path: '/data-register',
    wing: 'system',
    operations: [],
    icon: <ReadOutlined />,
    rail: false,
  },
  { key: 'keys', path: '/keys', wing: 'system', operations: ['vault.key.view'], icon: <KeyOutlined />, rail: true },
  { key: 'me', path: '/me', wing: 'system', operations: [], icon: <UserOutlined />, rail: false },
];

/** Pages whose files stand elsewhere register here as they are built; see routes.tsx. */
export const ICONS = {
  cases: <UnorderedListOutlined />,
  map: <EnvironmentOutlined />,
  places: <ClusterOutlined />,
  imports: <ImportOutlined />,
};

export const WINGS: Wing[] = ['command', 'control', 'livelihood', 'recovery', 'registry', 'system'];

/** Where a person begins who has no overview: their own work, else whatever they may see. */
export function homeOf(operations: string[]): string {
  const order: PageKey[] = ['overview', 'users', 'cases', 'places', 'incidents'];
  const pages = order.map((key) => PAGES.find((p) => p.key === key)).filter((p) => p !== undefined);
  return (pages.find((p) => allowed(p, operations)) ?? PAGES.find((p) => p.key === 'me'))?.path ?? '/me';
}

export function allowed(page: PageEntry, operations: string[]): boolean {
  return page.operations.length === 0 || page.operations.some((name) => operations.includes(name));
}
