import { t } from '@lingui/core/macro';
import { Group, Text } from '@mantine/core';
import { attemptsText, JobError, JobStanding, JobTiming } from '../jobs/JobFacts';
import { RelativeTime } from '../ui/RelativeTime';
import { useRefreshWhile } from '../ui/useRefreshWhile';
import type { InstanceDetails } from './InstancePage';
import { Part } from '../ui/Part';

interface JobsProps {
  instance: InstanceDetails;
  /** What nodes are called. */
  nodes: ReadonlyMap<string, string>;
  /** Reads the instance again; stays the same function. */
  refresh: () => void;
}

/** What machines are to do for an instance; nothing where there is nothing. */
export function Jobs({ instance, nodes, refresh }: JobsProps) {
  // What workers say of a job before it has ended changes nothing in the instance, so that no progress tells of it.
  useRefreshWhile(instance.status === 'RUNNING' && instance.jobs.length > 0, refresh);
  if (instance.jobs.length === 0) return null;
  return (
    <Part title={t`Jobs`}>
      {instance.jobs.map((job) => (
        <div key={job.id} data-job={job.id} data-status={job.status}>
          <Group justify="space-between" gap="xs" wrap="nowrap">
            <Text size="sm" fw={600} className="said">
              {nodes.get(job.nodeId) ?? job.nodeId}{' '}
              <Text span inherit c="dimmed" fw={400}>
                <code>{job.topic}</code>
              </Text>
            </Text>
            <JobStanding job={job} />
          </Group>
          <Group justify="space-between" gap="xs">
            <Text size="sm" component="div">
              <JobTiming job={job} />
            </Text>
            <Text size="sm" c="dimmed">
              {job.attempt > 0 ? attemptsText(job) : <RelativeTime at={job.createdAt} />}
            </Text>
          </Group>
          <JobError job={job} />
        </div>
      ))}
    </Part>
  );
}
