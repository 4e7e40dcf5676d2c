import { plural, t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Badge, Group, Text } from '@mantine/core';
import { sentence } from '../api/faultText';
import type { JobRowFragment } from '../gql/graphql';
import { useViewer } from '../session/viewer';
import { RelativeTime } from '../ui/RelativeTime';
import { JobStatusBadge } from '../ui/StatusBadge';

/** How a job stands. */
export function JobStanding({ job }: { job: JobRowFragment }) {
  return (
    <Group gap={6} wrap="nowrap">
      <JobStatusBadge status={job.status} />
      {job.suspended && job.finishedAt === null && (
        <Badge size="sm" color="orange" variant="light" tt="none" miw="max-content">
          <Trans>Suspended</Trans>
        </Badge>
      )}
    </Group>
  );
}

/** How often it was tried, and how often it may still fail. */
export function attemptsText({ attempt, retries, finishedAt, status }: JobRowFragment): string {
  if (attempt === 0) return t`No attempt yet`;
  const tried = plural(attempt, { one: '# attempt', other: '# attempts' });
  if (finishedAt !== null) return tried;
  if (status === 'FAILED') return t`${tried}, none left`;
  return t`${tried}, may fail ${plural(retries, { one: 'once more', other: '# times more' })}`;
}

/** Who does it, or when it is done; nothing where there is nothing to say. */
export function JobTiming({ job }: { job: JobRowFragment }) {
  const { may } = useViewer();
  const { status, dueAt, finishedAt, worker, kind } = job;
  if (finishedAt !== null) {
    return (
      <Trans>
        ended <RelativeTime at={finishedAt} />
      </Trans>
    );
  }
  if (status === 'WAITING' && dueAt !== null) {
    return (
      <Trans>
        again <RelativeTime at={dueAt} near={t`any moment`} />
      </Trans>
    );
  }
  if (status === 'RUNNING' && dueAt !== null && kind === 'HTTP') {
    return (
      <Trans>
        answer due <RelativeTime at={dueAt} near={t`any moment`} />
      </Trans>
    );
  }
  if (status === 'RUNNING' && dueAt !== null) {
    return (
      <>
        {worker !== null && may('OPERATOR') && (
          <Text inherit className="said" data-testid="worker">
            <Trans>held by {worker}</Trans>
          </Text>
        )}
        <Trans>
          lock ends <RelativeTime at={dueAt} near={t`any moment`} />
        </Trans>
      </>
    );
  }
  if (status === 'PENDING' && kind === 'EXTERNAL') return <Trans>waits for a worker</Trans>;
  return null;
}

/** What went wrong last; nothing where nothing did. */
export function JobError({ job }: { job: JobRowFragment }) {
  if (job.errorCode === null) return null;
  const { errorCode, errorMessage } = job;
  return (
    <Text size="sm" component="div">
      <code>{errorCode}</code>
      {errorMessage !== null && errorMessage !== '' && (
        <Text size="sm" c="dimmed" className="two-lines" title={errorMessage}>
          {sentence(errorMessage)}
        </Text>
      )}
    </Text>
  );
}
