import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useMemo } from 'react';
import { api } from '../api/client';
import { asProblem } from '../api/problem';
import { q } from '../api/queries';
import { guardSession } from '../api/session';
import type { Me } from '../api/types';
import { setPreferenceOwner } from '../shared/preference';
import { ErrorPage } from './ErrorPages';
import { Loading } from './Loading';
import { SignIn } from './SignIn';
import { SignInAgain } from './SignInAgain';

const MeContext = createContext<Me | null>(null);

export function useMe(): Me {
  const me = useContext(MeContext);
  if (!me) throw new Error('useMe outside a signed-in page');
  return me;
}

/** Shows buttons by the same operation names that protect the routes. */
export function useCan(): (operation: string) => boolean {
  const { operations } = useMe();
  return useMemo(() => {
    const held = new Set(operations);
    return (operation: string) => held.has(operation);
  }, [operations]);
}

export function useSignOut() {
  const client = useQueryClient();
  return async () => {
    guardSession(false);
    await api.delete('/session').catch(() => undefined);
    client.clear();
    window.location.assign('/');
  };
}

/** Everything below is shown to a signed-in person; others see the sign-in page at the same address. */
export function SessionGate({ children }: { children: ReactNode }) {
  const me = useQuery(q.me());
  const signedIn = me.data !== undefined;
  useEffect(() => guardSession(signedIn), [signedIn]);
  const account = me.data?.user.id;
  useEffect(() => setPreferenceOwner(account ?? ''), [account]);

  if (me.data) {
    return (
      <MeContext.Provider value={me.data}>
        {children}
        <SignInAgain username={me.data.user.username} />
      </MeContext.Provider>
    );
  }
  if (me.isPending) return <Loading page />;
  if (asProblem(me.error).status === 401) return <SignIn />;
  return <ErrorPage error={me.error} retry={() => me.refetch()} />;
}
