import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { rootRoute, textSearch } from '../app/root';
import { FILTER_KEYS } from './cases/filters';
import { MAP_KEYS } from './map/mapState';

const map = createRoute({
  getParentRoute: () => rootRoute,
  path: '/map',
  validateSearch: textSearch(...MAP_KEYS),
  component: lazyRouteComponent(() => import('./map/MapPage'), 'MapPage'),
});
const cases = createRoute({
  getParentRoute: () => rootRoute,
  path: '/cases',
  validateSearch: textSearch(...FILTER_KEYS, 'sort', 'open'),
  component: lazyRouteComponent(() => import('./cases/CasesPage'), 'CasesPage'),
});
const newCase = createRoute({
  getParentRoute: () => rootRoute,
  path: '/cases/new',
  component: lazyRouteComponent(() => import('./cases/NewCasePage'), 'NewCasePage'),
});
const oneCase = createRoute({
  getParentRoute: () => rootRoute,
  path: '/cases/$caseId',
  component: lazyRouteComponent(() => import('./cases/CasePage'), 'CasePage'),
});
const editCase = createRoute({
  getParentRoute: () => rootRoute,
  path: '/cases/$caseId/edit',
  component: lazyRouteComponent(() => import('./cases/EditCasePage'), 'EditCasePage'),
});
/** Addresses of evidence written with the wing in front lead to the same list. */
const countsByWing = createRoute({
  getParentRoute: () => rootRoute,
  path: '/control/counts',
  beforeLoad: ({ location }) => {
    throw redirect({ href: `/counts${location.searchStr}`, replace: true });
  },
});

export const controlRoutes = [map, cases, newCase, oneCase, editCase, countsByWing] as const;
