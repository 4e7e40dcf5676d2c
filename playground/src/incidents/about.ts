import type { IncidentRowFragment, JobRowFragment, StartIncidentRowFragment } from '../gql/graphql';

type Incident = Pick<IncidentRowFragment, 'instanceId' | 'nodeId' | 'code' | 'message'>;
type Job = Pick<JobRowFragment, 'instanceId' | 'nodeId' | 'status' | 'errorCode' | 'errorMessage'>;

/** The failed job that an incident is about; null where it is about none of these. */
export function jobOf<Known extends Job>(incident: Incident, jobs: readonly Known[]): Known | null {
  const there = jobs.filter(
    ({ instanceId, nodeId, status }) =>
      status === 'FAILED' && instanceId === incident.instanceId && nodeId === incident.nodeId,
  );
  // Of several at one node the one that has failed in this way.
  const same = ({ errorCode, errorMessage }: Known) =>
    errorCode === incident.code && (errorMessage ?? '') === incident.message;
  return there.find(same) ?? there[0] ?? null;
}

/** What an incident's instance is called, and its node, as far as one may know. */
export function namesOf({ instance, nodeId }: Pick<IncidentRowFragment, 'instance' | 'nodeId'>): {
  name: string | null;
  node: string;
} {
  if (instance === null) return { name: null, node: nodeId };
  const { businessKey, definition } = instance;
  return {
    name: businessKey == null ? definition.name : `${definition.name} ${businessKey}`,
    node: definition.nodes.find(({ id }) => id === nodeId)?.name ?? nodeId,
  };
}

/** Whether every word of a text is somewhere in what is told of an incident. */
export function isAbout(
  text: string,
  incident: Pick<IncidentRowFragment, 'instance' | 'nodeId' | 'code' | 'message'>,
  job: Pick<JobRowFragment, 'topic'> | null,
): boolean {
  const { name, node } = namesOf(incident);
  return isSaidOf(text, [name, node, incident.nodeId, incident.code, incident.message, job?.topic]);
}

/** What the start event of an incident is called. */
export function startOf({
  definition,
  nodeId,
}: Pick<StartIncidentRowFragment, 'definition' | 'nodeId'>): string {
  return definition.nodes.find(({ id }) => id === nodeId)?.name ?? nodeId;
}

/** Whether every word of a text is somewhere in what is told of something that could not begin. */
export function isAboutStart(
  text: string,
  incident: Pick<StartIncidentRowFragment, 'definition' | 'nodeId' | 'code' | 'message'>,
): boolean {
  const { definition, nodeId, code, message } = incident;
  return isSaidOf(text, [definition.name, definition.key, startOf(incident), nodeId, code, message]);
}

function isSaidOf(text: string, parts: readonly (string | null | undefined)[]): boolean {
  const told = parts
    .filter((part) => part != null)
    .join('\n')
    .toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => told.includes(word));
}

/** Of what could not begin that which a version's page tells: its own, and the newest's all of the process. */
export function startIncidentsOf<Known extends Pick<StartIncidentRowFragment, 'definition'>>(
  { id, key }: { id: string; key: string },
  isNewest: boolean,
  incidents: readonly Known[],
): readonly Known[] {
  // What a version before could not begin is tried again in the newest.
  return incidents.filter(({ definition }) => (isNewest ? definition.key === key : definition.id === id));
}
