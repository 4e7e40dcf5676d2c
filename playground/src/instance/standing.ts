import type { Mark } from '../diagram/marks';
import type { InstancePageQuery } from '../gql/graphql';

type Instance = NonNullable<InstancePageQuery['processInstance']>;

/** What decides how the elements of an instance's process stand. */
export interface Standing {
  id: string;
  path: readonly Pick<Instance['path'][number], 'instanceId' | 'nodeId' | 'cameBy' | 'leftAt' | 'outcome'>[];
  currentNodes: readonly { instanceId: string; nodeId: string }[];
  incidents: readonly { nodeId: string }[];
}

const LEFT: Readonly<Record<string, Mark>> = {
  COMPLETED: 'done',
  JOINED: 'done',
  SKIPPED: 'skipped',
  REJECTED: 'rejected',
  RETURNED: 'stopped',
  WITHDRAWN: 'stopped',
  CANCELLED: 'stopped',
};

/**
 * How the elements stand by which an instance has come: as the last stay ended, here now where one has not, failed where
 * something could not be done. What it has called has a page and a drawing of its own.
 */
export function standing({ id, path, currentNodes, incidents }: Standing): ReadonlyMap<string, Mark> {
  const marks = new Map<string, Mark>();
  for (const { instanceId, nodeId, leftAt, outcome } of path) {
    if (instanceId !== id) continue;
    marks.set(nodeId, leftAt === null ? 'current' : (LEFT[outcome ?? ''] ?? 'done'));
  }
  // The path ends after its first 500 stays; where the tokens are is known beyond.
  for (const { instanceId, nodeId } of currentNodes) if (instanceId === id) marks.set(nodeId, 'current');
  for (const { nodeId } of incidents) marks.set(nodeId, 'failed');
  return marks;
}

/** The flows by which it has come. */
export function taken({ id, path }: Pick<Standing, 'id' | 'path'>): ReadonlySet<string> {
  return new Set(
    path.flatMap(({ instanceId, cameBy }) => (instanceId === id && cameBy !== null ? [cameBy] : [])),
  );
}

/** A task as far as it says who is to decide. */
interface Held {
  nodeId: string;
  status: Instance['tasks']['nodes'][number]['status'];
  assignee: { name: string } | null;
  candidates: readonly { name: string }[];
}

/** Who is to decide now, by the nodes at which they are. */
export function holders(tasks: readonly Held[]): ReadonlyMap<string, readonly string[]> {
  const byNode = new Map<string, string[]>();
  for (const { nodeId, status, assignee, candidates } of tasks) {
    if (status !== 'RUNNING' && status !== 'APPROVING') continue;
    const names = assignee ? [assignee.name] : candidates.map(({ name }) => name);
    const known = byNode.get(nodeId) ?? [];
    byNode.set(nodeId, [...known, ...names.filter((name) => !known.includes(name))]);
  }
  return byNode;
}

/** What machines are to do now, by the nodes that wait for it. */
export function topics(
  jobs: readonly Pick<Instance['jobs'][number], 'nodeId' | 'topic'>[],
): ReadonlyMap<string, readonly string[]> {
  const byNode = new Map<string, string[]>();
  for (const { nodeId, topic } of jobs) {
    const known = byNode.get(nodeId) ?? [];
    if (!known.includes(topic)) byNode.set(nodeId, [...known, topic]);
  }
  return byNode;
}
