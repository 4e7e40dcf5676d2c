/** A user that development mode lets one be. */
export interface DevUser {
  id: string;
  name: string;
  roles: readonly string[];
  token: string;
}

/** How one signs in: by choosing a development user, or by a token of one's own. */
export type SignIn = { mode: 'development'; users: readonly DevUser[] } | { mode: 'token' };

const USER_KEY = 'docket.user';
const TOKEN_KEY = 'docket.token';

function isDevUser(value: unknown): value is DevUser {
  if (typeof value !== 'object' || value === null) return false;
  const user = value as Partial<DevUser>;
  return typeof user.id === 'string' && typeof user.name === 'string' && typeof user.token === 'string';
}

/** Asks the server how one signs in; throws when it cannot be reached or is failing. */
export async function loadSignIn(): Promise<SignIn> {
  const response = await fetch('/dev/users');
  if (response.status >= 500) throw new Error(`The server answered ${response.status}.`);
  const body: unknown = response.ok ? await response.json().catch(() => null) : null;
  const users = Array.isArray(body) ? body.filter(isDevUser) : [];
  return users.length > 0 ? { mode: 'development', users } : { mode: 'token' };
}

function read(key: string): string | null {
  try {
    return window.localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string | null): void {
  try {
    if (value === null) window.localStorage.removeItem(key);
    else window.localStorage.setItem(key, value);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}

/** The development user chosen last. */
export const storedUserId = (): string | null => read(USER_KEY);
/** The token pasted last. */
export const storedToken = (): string | null => read(TOKEN_KEY);

/** Remembers the chosen development user. */
export const storeUserId = (id: string): void => write(USER_KEY, id);
/** Remembers the pasted token, or forgets it. */
export const storeToken = (token: string | null): void => write(TOKEN_KEY, token);

/** The bearer token for a way of signing in and what was chosen earlier; null when there is none yet. */
export function tokenFor(signIn: SignIn, userId: string | null, token: string | null): string | null {
  if (signIn.mode === 'token') return token;
  return (signIn.users.find((user) => user.id === userId) ?? signIn.users[0])?.token ?? null;
}
