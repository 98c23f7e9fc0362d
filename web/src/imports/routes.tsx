import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute, textSearch } from '../app/root';

const imports = createRoute({
  getParentRoute: () => rootRoute,
  path: '/imports',
  validateSearch: textSearch('kind'),
  component: lazyRouteComponent(() => import('./ImportsPage'), 'ImportsPage'),
});
const oneImport = createRoute({
  getParentRoute: () => rootRoute,
  path: '/imports/$importId',
  validateSearch: textSearch('step'),
  component: lazyRouteComponent(() => import('./ImportPage'), 'ImportPage'),
});

export const importRoutes = [imports, oneImport] as const;
