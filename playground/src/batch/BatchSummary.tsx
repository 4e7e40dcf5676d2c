import { Code, Group, Paper, SimpleGrid, Spoiler, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { type BatchState, isFinal } from '../progress/progressState';
import { BatchProgressBar } from '../ui/BatchProgressBar';
import { RelativeTime } from '../ui/RelativeTime';
import { duration } from '../ui/time';
import { useNow } from '../ui/useNow';
import type { BatchDetails } from './useBatchWatcher';

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Text component="div" size="sm" fw={550} className="numeric">
        {children}
      </Text>
    </div>
  );
}

/** Progress, money and times of a batch. */
export function BatchSummary({ batch, details }: { batch: BatchState; details: BatchDetails }) {
  const now = useNow();
  const done = batch.total - batch.pending - batch.running;
  const percent = batch.total === 0 ? 100 : Math.floor((done / batch.total) * 100);
  const end = batch.finishedAt == null ? now.getTime() : Date.parse(batch.finishedAt);
  const took = batch.startedAt == null ? null : Math.max(0, end - Date.parse(batch.startedAt));
  return (
    <Paper withBorder radius="lg" p="md">
      <Stack gap="sm">
        <Group justify="space-between">
          <Text fw={600} className="numeric" data-testid="done">
            {done.toLocaleString()} of {batch.total.toLocaleString()}
          </Text>
          <Text c="dimmed" className="numeric">
            {percent} %
          </Text>
        </Group>
        <BatchProgressBar batch={batch} size="xl" />
        <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="md" verticalSpacing="xs">
          <Fact label="Created">
            <RelativeTime at={details.createdAt} /> by {details.createdBy.name}
          </Fact>
          <Fact label={isFinal(batch.status) ? 'Took' : 'Running for'}>
            {took === null ? '—' : duration(took)}
          </Fact>
          <Fact label="Charged">{batch.quotaCost.toLocaleString()} quota</Fact>
          <Fact label="Refunded">
            <span data-testid="refunded">{batch.quotaRefunded.toLocaleString()}</span> quota
          </Fact>
        </SimpleGrid>
        {details.inputData != null && (
          <Spoiler maxHeight={28} showLabel="Show all" hideLabel="Less">
            <Text size="xs" c="dimmed" component="div">
              Parameters <Code>{JSON.stringify(details.inputData)}</Code>
            </Text>
          </Spoiler>
        )}
      </Stack>
    </Paper>
  );
}
