import {
  createRoute,
  createRouter,
  lazyRouteComponent,
  parseSearchWith,
  stringifySearchWith,
} from '@tanstack/react-router';
import { controlRoutes } from '../control/routes';
import { importRoutes } from '../imports/routes';
import { registryRoutes } from '../registry/routes';
import { systemRoutes } from '../system/routes';
import { ErrorPage, NotFoundPage } from './ErrorPages';
import { FirstPassword } from './FirstPassword';
import { Loading } from './Loading';
import { rootRoute, textSearch } from './root';

const first = createRoute({ getParentRoute: () => rootRoute, path: '/first', component: FirstPassword });
const overview = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  validateSearch: textSearch('by', 'split', 'level'),
  component: lazyRouteComponent(() => import('../command/overview/OverviewPage'), 'OverviewPage'),
});
const incidents = createRoute({
  getParentRoute: () => rootRoute,
  path: '/incidents',
  component: lazyRouteComponent(() => import('../command/incident/IncidentsPage'), 'IncidentsPage'),
});
const incident = createRoute({
  getParentRoute: () => rootRoute,
  path: '/incidents/$incidentId',
  component: lazyRouteComponent(() => import('../command/incident/PhasesPage'), 'PhasesPage'),
});
const clearance = createRoute({
  getParentRoute: () => rootRoute,
  path: '/clearance',
  validateSearch: textSearch('overlays', 'open'),
  component: lazyRouteComponent(() => import('../control/clearance/ClearancePage'), 'ClearancePage'),
});
const packs = createRoute({
  getParentRoute: () => rootRoute,
  path: '/packs',
  validateSearch: textSearch('pack', 'overlays', 'day', 'q', 'only'),
  component: lazyRouteComponent(() => import('../system/packs/PacksPage'), 'PacksPage'),
});
const users = createRoute({
  getParentRoute: () => rootRoute,
  path: '/users',
  validateSearch: textSearch('q', 'user', 'tab'),
  component: lazyRouteComponent(() => import('../system/accounts/UsersPage'), 'UsersPage'),
});
const audit = createRoute({
  getParentRoute: () => rootRoute,
  path: '/audit',
  validateSearch: textSearch('actor', 'operation', 'subject', 'outcome', 'from', 'to', 'seq'),
  component: lazyRouteComponent(() => import('../system/audit/AuditPage'), 'AuditPage'),
});
const me = createRoute({
  getParentRoute: () => rootRoute,
  path: '/me',
  component: lazyRouteComponent(() => import('../system/me/MePage'), 'MePage'),
});

const counts = createRoute({
  getParentRoute: () => rootRoute,
  path: '/counts',
  validateSearch: textSearch('from', 'to', 'sort'),
  component: lazyRouteComponent(() => import('../control/counts/CountsPage'), 'CountsPage'),
});

const routeTree = rootRoute.addChildren([
  first,
  overview,
  incidents,
  incident,
  clearance,
  packs,
  users,
  audit,
  me,
  counts,
  ...controlRoutes,
  ...registryRoutes,
  ...importRoutes,
  ...systemRoutes,
]);

export const router = createRouter({
  routeTree,
  defaultPreload: 'intent',
  defaultPendingMs: 150,
  scrollRestoration: true,
  parseSearch: parseSearchWith((value) => value),
  stringifySearch: stringifySearchWith((value) => (typeof value === 'string' ? value : JSON.stringify(value))),
  defaultNotFoundComponent: NotFoundPage,
  defaultErrorComponent: ({ error, reset }) => <ErrorPage error={error} retry={reset} />,
  defaultPendingComponent: () => <Loading />,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
