import { plural, t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Button, Group, Select, Stack, Text, Title } from '@mantine/core';
import { IconRobot } from '@tabler/icons-react';
import { useCallback } from 'react';
import { useSearchParams } from 'react-router';
import { useQuery } from 'urql';
import { say } from '../language/format';
import { ForRole } from '../session/ForRole';
import { useSession } from '../session/session';
import { ConnectionList } from '../ui/ConnectionList';
import { EmptyState } from '../ui/EmptyState';
import { LiveBadge } from '../ui/LiveBadge';
import { FIRST_PAGE, relayArguments } from '../ui/paging';
import { JOB_STATUS } from '../ui/status';
import { TextFilter } from '../ui/TextFilter';
import { usePageTitle } from '../ui/usePageTitle';
import { useRefreshWhile } from '../ui/useRefreshWhile';
import { JobTable } from './JobTable';
import { JOB_STATUSES, jobFilter, type JobView, readJobView, writeJobView } from './jobView';
import { JobListDocument } from './operations';
import { useJobsAvailable } from './useJobsAvailable';

const PAGE_SIZE = 20;

/** What machines are to do, for operators. */
export function JobsPage() {
  usePageTitle(t`Jobs`);
  const { reconnecting } = useSession();
  return (
    <Stack>
      <div>
        <Group gap="sm">
          <Title order={1} size="h2">
            <Trans>Jobs</Trans>
          </Title>
          <LiveBadge reconnecting={reconnecting} />
        </Group>
        <Text c="dimmed">
          <Trans>
            What processes leave to machines: workers claim jobs by their topics, and Docket makes calls over
            HTTP itself.
          </Trans>
        </Text>
      </div>
      <ForRole role="OPERATOR">
        <JobList />
      </ForRole>
    </Stack>
  );
}

function JobList() {
  const [search, setSearch] = useSearchParams();
  const view = readJobView(search);
  const [{ data, error }, reload] = useQuery({
    query: JobListDocument,
    variables: { filter: jobFilter(view), ...relayArguments(view.page, PAGE_SIZE) },
    requestPolicy: 'cache-and-network',
  });
  const refresh = useCallback(() => reload({ requestPolicy: 'network-only' }), [reload]);
  // That there is more to claim is told at once; what workers say of their jobs is not.
  useJobsAvailable(
    view.topic === null ? (data?.jobs.nodes ?? []).map(({ topic }) => topic) : [view.topic],
    refresh,
  );
  useRefreshWhile(true, refresh);
  const show = (changes: Partial<JobView>) =>
    setSearch((before) => writeJobView({ ...readJobView(before), page: FIRST_PAGE, ...changes }), {
      replace: !('page' in changes),
    });
  const isFiltered = view.status !== null || view.topic !== null;
  return (
    <>
      <Group gap="xs">
        <Select
          aria-label={t`Status`}
          placeholder={t`Whatever has not ended`}
          data={JOB_STATUSES.map((value) => ({ value, label: say(JOB_STATUS[value].label) }))}
          value={view.status}
          onChange={(status) => show({ status })}
          clearable
          flex="1 1 170px"
          maw={220}
        />
        <TextFilter label={t`Topic`} text={view.topic} onChange={(topic) => show({ topic })} />
      </Group>
      <ConnectionList
        page={data?.jobs}
        error={error}
        onReload={refresh}
        noun={(total) => plural(total, { one: '# job', other: '# jobs' })}
        onPage={(page) => show({ page })}
        empty={
          isFiltered ? (
            <EmptyState icon={<IconRobot size={32} />} title={t`No job matches the filter`}>
              <Button variant="light" onClick={() => show({ status: null, topic: null })}>
                <Trans>Show all</Trans>
              </Button>
            </EmptyState>
          ) : (
            <EmptyState
              icon={<IconRobot size={32} />}
              title={t`No open jobs`}
              text={t`When a process comes to a service task, its job is here until a worker has done it.`}
            />
          )
        }
      >
        {(jobs) => <JobTable jobs={jobs} onTopic={(topic) => show({ topic })} />}
      </ConnectionList>
    </>
  );
}
