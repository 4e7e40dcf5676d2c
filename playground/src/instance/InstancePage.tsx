import { plural, t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import {
  Anchor,
  Badge,
  Breadcrumbs,
  Button,
  Group,
  SimpleGrid,
  Skeleton,
  Stack,
  Text,
  Title,
} from '@mantine/core';
import { IconRouteOff } from '@tabler/icons-react';
import { useCallback, useState } from 'react';
import { Link, useParams } from 'react-router';
import type { InstancePageQuery, InstanceRowFragment } from '../gql/graphql';
import { useInboxNews } from '../inbox/inboxContext';
import type { InboxNews } from '../inbox/inboxFeed';
import { count, say } from '../language/format';
import { useSession } from '../session/session';
import { Holder } from '../task/TaskFacts';
import { EmptyState } from '../ui/EmptyState';
import { FaultAlert } from '../ui/FaultAlert';
import { LiveBadge } from '../ui/LiveBadge';
import { Pager } from '../ui/Pager';
import { LAST_PAGE, type PageArgument } from '../ui/paging';
import { INSTANCE_STATUS } from '../ui/status';
import { InstanceStatusBadge, TaskStatusBadge } from '../ui/StatusBadge';
import { usePageTitle } from '../ui/usePageTitle';
import { AheadList } from './AheadList';
import { HistoryTimeline } from './HistoryTimeline';
import { Incidents } from './Incidents';
import { InstanceActions } from './InstanceActions';
import { InstanceDiagram, InstanceNodes } from './InstanceDiagram';
import { Jobs } from './Jobs';
import { Part } from '../ui/Part';
import { Path } from './Path';
import { Summary } from './Summary';
import { useInstance } from './useInstance';
import { VariableHistory } from './VariableHistory';
import { WaitsFor } from './WaitsFor';

export type InstanceDetails = NonNullable<InstancePageQuery['processInstance']>;

/** One instance, live, with everything that has happened in it. */
export function InstancePage() {
  const { id = '' } = useParams();
  return <WatchedInstance key={id} id={id} />;
}

/** What an instance is called. */
function nameOf({ definition, businessKey }: InstanceRowFragment): string {
  return businessKey == null ? definition.name : `${definition.name} ${businessKey}`;
}

function WatchedInstance({ id }: { id: string }) {
  const { reconnecting } = useSession();
  const [page, setPage] = useState<PageArgument>(LAST_PAGE);
  const [shown, setShown] = useState<{ id: string } | null>(null);
  const { data, fault, refresh } = useInstance(id, page);
  const instance = data?.processInstance;
  // What is said about a task reaches its people's inboxes, and nothing else.
  useInboxNews(
    useCallback(
      (news: InboxNews) => {
        if (news.all || news.tasks.some(({ instanceId }) => instanceId === id)) refresh();
      },
      [id, refresh],
    ),
  );
  usePageTitle(
    instance
      ? `${nameOf(instance)} ${say(INSTANCE_STATUS[instance.status].label).toLowerCase()}`
      : t`Instance`,
  );

  if (data && !instance) {
    return (
      <EmptyState
        icon={<IconRouteOff size={32} />}
        title={t`There is no such instance`}
        text={t`It does not exist, or it is not yours to see.`}
      >
        <Button component={Link} to="/processes" variant="light">
          <Trans>To the processes</Trans>
        </Button>
      </EmptyState>
    );
  }
  if (!instance) {
    return (
      <Stack>
        {fault ? <FaultAlert fault={fault} onRetry={refresh} /> : <Skeleton h={140} radius="lg" />}
        {!fault && <Skeleton h={300} radius="lg" />}
      </Stack>
    );
  }
  const nodes = new Map(instance.definition.nodes.map(({ id: node, name }) => [node, name]));
  return (
    <Stack>
      <Breadcrumbs>
        <Anchor component={Link} to="/processes" size="sm">
          <Trans>Processes</Trans>
        </Anchor>
        {instance.parent && (
          <Anchor component={Link} to={`/instances/${encodeURIComponent(instance.parent.id)}`} size="sm">
            {nameOf(instance.parent)}
          </Anchor>
        )}
        <Text size="sm" c="dimmed">
          {nameOf(instance)}
        </Text>
      </Breadcrumbs>
      <Group justify="space-between" align="flex-start">
        <Group gap="sm">
          <Title order={1} size="h2">
            {instance.definition.name}{' '}
            {instance.businessKey != null && (
              <Text span inherit c="dimmed" fw={500}>
                {instance.businessKey}
              </Text>
            )}
          </Title>
          <span data-testid="instance-status">
            <InstanceStatusBadge status={instance.status} size="lg" />
          </span>
          {instance.suspended && (
            <Badge color="orange" variant="light" size="lg" tt="none">
              <Trans>Suspended</Trans>
            </Badge>
          )}
          {instance.status === 'RUNNING' && <LiveBadge reconnecting={reconnecting} />}
        </Group>
        <InstanceActions instance={instance} onChanged={refresh} />
      </Group>
      {fault && <FaultAlert fault={fault} onRetry={refresh} />}
      <Incidents
        instance={instance}
        nodes={nodes}
        onShow={(node) => setShown({ id: node })}
        onChanged={refresh}
      />
      <InstanceDiagram instance={instance} shown={shown} />
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md" style={{ alignItems: 'start' }}>
        <Stack>
          <Summary instance={instance} />
          <Tasks instance={instance} />
          <Jobs instance={instance} nodes={nodes} refresh={refresh} />
          <WaitsFor instance={instance} refresh={refresh} />
          {instance.status === 'RUNNING' && data.lookAhead && (
            <Part title={t`What lies ahead`}>
              <AheadList ahead={data.lookAhead} />
            </Part>
          )}
          <Calls instance={instance} />
        </Stack>
        <Stack>
          <Part title={t`What has happened`}>
            <HistoryTimeline
              history={instance.history.nodes}
              instanceId={instance.id}
              nodes={nodes}
              children={new Map(instance.children.map((child) => [child.id, nameOf(child)]))}
            />
            {instance.history.totalCount > instance.history.nodes.length && (
              <Pager
                noun={(total) => plural(total, { one: '# entry', other: '# entries' })}
                totalCount={instance.history.totalCount}
                shown={instance.history.nodes.length}
                ends={instance.history.pageInfo}
                onPage={setPage}
              />
            )}
          </Part>
          <InstanceNodes instance={instance} />
          <Path instance={instance} />
          {instance.variables != null && <VariableHistory instanceId={instance.id} />}
        </Stack>
      </SimpleGrid>
    </Stack>
  );
}

type Task = InstanceDetails['tasks']['nodes'][number];

/** The tasks by their nodes, in the order in which the nodes were first reached. */
function Tasks({ instance }: { instance: InstanceDetails }) {
  const byNode = new Map<string, Task[]>();
  for (const task of instance.tasks.nodes)
    byNode.set(task.nodeId, [...(byNode.get(task.nodeId) ?? []), task]);
  if (byNode.size === 0) return null;
  return (
    <Part title={t`Tasks`}>
      {[...byNode].map(([node, tasks]) => (
        <div key={node}>
          <Text size="sm" fw={600} mb={4}>
            {tasks[0]?.name}
          </Text>
          <Stack gap={6}>
            {tasks.map((task) => (
              <Group key={task.id} justify="space-between" gap="xs" wrap="nowrap">
                <Anchor
                  component={Link}
                  to={`/tasks/${encodeURIComponent(task.id)}`}
                  size="sm"
                  underline="always"
                >
                  <Holder task={task} />
                </Anchor>
                <TaskStatusBadge status={task.status} />
              </Group>
            ))}
          </Stack>
        </div>
      ))}
      {instance.tasks.totalCount > instance.tasks.nodes.length && (
        <Text size="sm" c="dimmed">
          <Trans>
            The first {count(instance.tasks.nodes.length)} of {count(instance.tasks.totalCount)}.
          </Trans>
        </Text>
      )}
    </Part>
  );
}

/** The instances that it has called. */
function Calls({ instance }: { instance: InstanceDetails }) {
  if (instance.children.length === 0) return null;
  return (
    <Part title={t`Called processes`}>
      {instance.children.map((child) => (
        <Group key={child.id} justify="space-between" gap="xs">
          <Anchor
            component={Link}
            to={`/instances/${encodeURIComponent(child.id)}`}
            size="sm"
            underline="always"
          >
            {nameOf(child)}
          </Anchor>
          <InstanceStatusBadge status={child.status} />
        </Group>
      ))}
    </Part>
  );
}
