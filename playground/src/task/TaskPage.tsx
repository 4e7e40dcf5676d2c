import { Anchor, Breadcrumbs, Paper, Stack, Text } from '@mantine/core';
import { Link, useParams } from 'react-router';
import { usePageTitle } from '../ui/usePageTitle';
import { TaskPanel } from './TaskPanel';

/** One task on a page of its own. */
export function TaskPage() {
  const { id = '' } = useParams();
  usePageTitle('Task');
  return (
    <Stack maw={720} mx="auto">
      <Breadcrumbs>
        <Anchor component={Link} to="/inbox" size="sm">
          Inbox
        </Anchor>
        <Text size="sm" c="dimmed">
          Task
        </Text>
      </Breadcrumbs>
      <Paper withBorder radius="lg" p="md">
        <TaskPanel key={id} taskId={id} order={1} />
      </Paper>
    </Stack>
  );
}
