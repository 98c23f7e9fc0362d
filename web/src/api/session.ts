/**
 * Signing in again without leaving the page. A request that meets an ended
 * session waits here; the sign-in dialog lies over the page, and when the person
 * is back the same request is sent again. Nothing typed is lost.
 */
type Waiter = { resume: () => void; give_up: () => void };

let waiting: Waiter[] = [];
let guarded = false;
const listeners = new Set<() => void>();
const tell = () => {
  for (const listener of listeners) listener();
};

/** From the first successful sign-in on, an ended session is answered by the dialog. */
export function guardSession(on: boolean) {
  guarded = on;
}
export function isGuarded() {
  return guarded;
}

export function sessionEnded(): boolean {
  return waiting.length > 0;
}
export function onSessionChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Resolves true when the person signed in again, false when they chose to leave. */
export function signedInAgain(): Promise<boolean> {
  return new Promise((resolve) => {
    waiting.push({ resume: () => resolve(true), give_up: () => resolve(false) });
    tell();
  });
}

export function resumeSession(back: boolean) {
  const now = waiting;
  waiting = [];
  for (const waiter of now) back ? waiter.resume() : waiter.give_up();
  tell();
}
