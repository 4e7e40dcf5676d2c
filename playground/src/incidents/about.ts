import type { IncidentRowFragment, JobRowFragment } from '../gql/graphql';

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
  const told = [name, node, incident.nodeId, incident.code, incident.message, job?.topic]
    .filter((part) => part != null)
    .join('\n')
    .toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => told.includes(word));
}
