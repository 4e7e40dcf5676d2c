import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Anchor, Breadcrumbs, Paper, Stack, Text } from '@mantine/core';
import { Link, useParams } from 'react-router';
import { usePageTitle } from '../ui/usePageTitle';
import { TaskPanel } from './TaskPanel';

/** One task on a page of its own. */
export function TaskPage() {
  const { id = '' } = useParams();
  usePageTitle(t`Task`);
  return (
    <Stack maw={720} mx="auto">
      <Breadcrumbs>
        <Anchor component={Link} to="/inbox" size="sm">
          <Trans>Inbox</Trans>
        </Anchor>
        <Text size="sm" c="dimmed">
          <Trans>Task</Trans>
        </Text>
      </Breadcrumbs>
      <Paper withBorder radius="lg" p="md">
        <TaskPanel key={id} taskId={id} order={1} />
      </Paper>
    </Stack>
  );
}
