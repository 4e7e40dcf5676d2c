import { useEffect } from 'react';

const REFRESH_MS = 2_000;

/** Refreshes a list now and then while something in it moves, and somebody looks. `refresh` stays the same function. */
export function useRefreshWhile(moving: boolean, refresh: () => void): void {
  useEffect(() => {
    if (!moving) return;
    const timer = window.setInterval(() => {
      if (!document.hidden) refresh();
    }, REFRESH_MS);
    return () => window.clearInterval(timer);
  }, [moving, refresh]);
}
