import { createContext, use } from 'react';
import type { Role, ViewerQuery } from '../gql/graphql';

/** The signed-in user with the balance, as the server sees them. */
export interface ViewerState {
  viewer: ViewerQuery['viewer'] | null;
  /** Reads the balance again. */
  refresh: () => void;
}

export const ViewerContext = createContext<ViewerState>({ viewer: null, refresh: () => undefined });

const RANK: Record<Role, number> = { USER: 0, OPERATOR: 1, ADMIN: 2 };

/** Whether roles grant what `needed` may do: an ADMIN may all that an OPERATOR may, who may all that a USER may. */
export function hasRole(roles: readonly Role[], needed: Role): boolean {
  return roles.some((role) => RANK[role] >= RANK[needed]);
}

export function useViewer(): ViewerState & { may: (role: Role) => boolean } {
  const state = use(ViewerContext);
  return { ...state, may: (role) => hasRole(state.viewer?.roles ?? [], role) };
}
