import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute, textSearch } from '../app/root';
import { FILTER_KEYS } from './people/filters';

const places = createRoute({
  getParentRoute: () => rootRoute,
  path: '/places',
  validateSearch: textSearch('q', 'under'),
  component: lazyRouteComponent(() => import('./places/PlacesPage'), 'PlacesPage'),
});
const newPlace = createRoute({
  getParentRoute: () => rootRoute,
  path: '/places/new',
  validateSearch: textSearch('under'),
  component: lazyRouteComponent(() => import('./places/NewPlacePage'), 'NewPlacePage'),
});
const addresses = createRoute({
  getParentRoute: () => rootRoute,
  path: '/places/addresses',
  validateSearch: textSearch('state', 'reason'),
  component: lazyRouteComponent(() => import('./addresses/AddressesPage'), 'AddressesPage'),
});
const onePlace = createRoute({
  getParentRoute: () => rootRoute,
  path: '/places/$placeId',
  component: lazyRouteComponent(() => import('./places/PlacePage'), 'PlacePage'),
});
const editPlace = createRoute({
  getParentRoute: () => rootRoute,
  path: '/places/$placeId/edit',
  component: lazyRouteComponent(() => import('./places/EditPlacePage'), 'EditPlacePage'),
});
const drawPlace = createRoute({
  getParentRoute: () => rootRoute,
  path: '/places/$placeId/draw',
  component: lazyRouteComponent(() => import('./places/DrawPage'), 'DrawPage'),
});

const people = createRoute({
  getParentRoute: () => rootRoute,
  path: '/people',
  validateSearch: textSearch(...FILTER_KEYS, 'sort', 'open'),
  component: lazyRouteComponent(() => import('./people/PeoplePage'), 'PeoplePage'),
});
const newPerson = createRoute({
  getParentRoute: () => rootRoute,
  path: '/people/new',
  validateSearch: textSearch('at'),
  component: lazyRouteComponent(() => import('./people/NewPersonPage'), 'NewPersonPage'),
});
const bulks = createRoute({
  getParentRoute: () => rootRoute,
  path: '/people/bulks',
  component: lazyRouteComponent(() => import('./bulk/BulkPage'), 'BulkPage'),
});
const duplicates = createRoute({
  getParentRoute: () => rootRoute,
  path: '/people/duplicates',
  validateSearch: textSearch('state'),
  component: lazyRouteComponent(() => import('./duplicates/DuplicatesPage'), 'DuplicatesPage'),
});
const onePerson = createRoute({
  getParentRoute: () => rootRoute,
  path: '/people/$personId',
  validateSearch: textSearch('tab'),
  component: lazyRouteComponent(() => import('./people/PersonPage'), 'PersonPage'),
});
const editPerson = createRoute({
  getParentRoute: () => rootRoute,
  path: '/people/$personId/edit',
  component: lazyRouteComponent(() => import('./people/EditPersonPage'), 'EditPersonPage'),
});
const household = createRoute({
  getParentRoute: () => rootRoute,
  path: '/households/$placeId',
  component: lazyRouteComponent(() => import('./households/HouseholdPage'), 'HouseholdPage'),
});

export const registryRoutes = [
  people,
  newPerson,
  bulks,
  duplicates,
  onePerson,
  editPerson,
  household,
  places,
  newPlace,
  addresses,
  onePlace,
  editPlace,
  drawPlace,
] as const;
