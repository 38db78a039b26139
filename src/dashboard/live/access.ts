const KEY = 'styxy.token';

/**
 * The token by which this tab asks the daemon. It comes in the fragment, which no browser sends, is taken out of the
 * address bar at once, and is kept for this tab only.
 */
export function takeToken(): string | undefined {
  const fromAddress = /^#token=([\w-]{1,256})$/.exec(location.hash)?.[1];
  if (isTokenInAddress()) history.replaceState(null, '', `${location.pathname}#now`);
  if (fromAddress !== undefined) sessionStorage.setItem(KEY, fromAddress);
  return fromAddress ?? sessionStorage.getItem(KEY) ?? undefined;
}

export const isTokenInAddress = (): boolean => location.hash.startsWith('#token=');

export function forgetToken(): void {
  sessionStorage.removeItem(KEY);
}
