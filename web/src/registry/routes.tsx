import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute, textSearch } from '../app/root';

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

export const registryRoutes = [places, newPlace, onePlace, editPlace] as const;
