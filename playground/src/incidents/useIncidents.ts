import type {
  IncidentListQuery,
  IncidentRowFragment,
  StartIncidentListQuery,
  StartIncidentRowFragment,
} from '../gql/graphql';
import type { PageArgument } from '../ui/paging';
import { IncidentListDocument, StartIncidentListDocument } from './operations';
import { type GatheredLive, useGathered } from './useGathered';

const incidentsIn = ({ incidents }: IncidentListQuery) => incidents;
const startIncidentsIn = ({ startIncidents }: StartIncidentListQuery) => startIncidents;

/** A page of the open incidents, or with `all` the oldest 500 as one, with what has failed: the oldest 100 jobs. */
export function useIncidents(
  page: PageArgument,
  all: boolean,
): GatheredLive<IncidentListQuery, IncidentRowFragment> {
  return useGathered(IncidentListDocument, incidentsIn, page, all);
}

/** A page of what could not begin, or with `all` the oldest 500 as one. */
export function useStartIncidents(
  page: PageArgument,
  all: boolean,
): GatheredLive<StartIncidentListQuery, StartIncidentRowFragment> {
  return useGathered(StartIncidentListDocument, startIncidentsIn, page, all);
}
