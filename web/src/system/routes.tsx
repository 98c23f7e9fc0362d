import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from '../app/root';

const alerts = createRoute({
  getParentRoute: () => rootRoute,
  path: '/alerts',
  component: lazyRouteComponent(() => import('./disclosure/AlertsPage'), 'AlertsPage'),
});
const exports = createRoute({
  getParentRoute: () => rootRoute,
  path: '/exports',
  component: lazyRouteComponent(() => import('./exports/ExportsPage'), 'ExportsPage'),
});
const retention = createRoute({
  getParentRoute: () => rootRoute,
  path: '/retention',
  component: lazyRouteComponent(() => import('./disclosure/RetentionPage'), 'RetentionPage'),
});
const dataRegister = createRoute({
  getParentRoute: () => rootRoute,
  path: '/data-register',
  component: lazyRouteComponent(() => import('./dataregister/DataRegisterPage'), 'DataRegisterPage'),
});
const keys = createRoute({
  getParentRoute: () => rootRoute,
  path: '/keys',
  component: lazyRouteComponent(() => import('./disclosure/KeysPage'), 'KeysPage'),
});

export const systemRoutes = [alerts, exports, retention, dataRegister, keys] as const;
