import { createRootRoute, Outlet, retainSearchParams, useLocation } from '@tanstack/react-router';
import { ErrorPage, NotFoundPage } from './ErrorPages';
import { Frame } from './Frame';
import { Loading } from './Loading';
import { SessionGate } from './session';

/** Kept in every address, so that a link says what it is about. */
export type FrameSearch = { incident?: string; place?: string; on?: string };

/** Search values are plain text in the address (`?on=2022-04-08`); this drops what is not text. */
export function textSearch<K extends string>(...keys: K[]) {
  return (raw: Record<string, unknown>): { [P in K]?: string } => {
    const out: { [P in K]?: string } = {};
    for (const key of keys) {
      const value = raw[key];
      if (value !== undefined && value !== null && value !== '') out[key] = String(value);
    }
    return out;
  };
}

function Root() {
  const { pathname } = useLocation();
  if (pathname === '/first') return <Outlet />;
  return (
    <SessionGate>
      <Frame />
    </SessionGate>
  );
}

export const rootRoute = createRootRoute({
  component: Root,
  validateSearch: textSearch('incident', 'place', 'on'),
  search: { middlewares: [retainSearchParams(['incident', 'place'])] },
  notFoundComponent: NotFoundPage,
  errorComponent: ({ error, reset }) => <ErrorPage error={error} retry={reset} />,
  pendingComponent: () => <Loading />,
});
