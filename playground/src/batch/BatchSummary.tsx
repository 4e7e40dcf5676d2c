import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Code, Group, Paper, SimpleGrid, Spoiler, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { count, tag } from '../language/format';
import { type BatchState, isFinal } from '../progress/progressState';
import { BatchProgressBar } from '../ui/BatchProgressBar';
import { RelativeTime } from '../ui/RelativeTime';
import { duration } from '../ui/time';
import { useNow } from '../ui/useNow';
import { DecisionBadge } from './DecisionBadge';
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
            <Trans>
              {count(done)} of {count(batch.total)}
            </Trans>
          </Text>
          <Text c="dimmed" className="numeric">
            {(percent / 100).toLocaleString(tag(), { style: 'percent' })}
          </Text>
        </Group>
        <BatchProgressBar batch={batch} size="xl" />
        <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="md" verticalSpacing="xs">
          <Fact label={t`Created`}>
            <Trans>
              <RelativeTime at={details.createdAt} /> by {details.createdBy.name}
            </Trans>
          </Fact>
          <Fact label={isFinal(batch.status) ? t`Took` : t`Running for`}>
            {took === null ? '—' : duration(took)}
          </Fact>
          {details.kind === 'PIPELINE' ? (
            <>
              <Fact label={t`Charged`}>
                <Trans>{count(batch.quotaCost)} quota</Trans>
              </Fact>
              <Fact label={t`Refunded`}>
                <Trans>
                  <span data-testid="refunded">{count(batch.quotaRefunded)}</span> quota
                </Trans>
              </Fact>
            </>
          ) : (
            <>
              <Fact label={t`Decision`}>
                {details.decision == null ? (
                  <Trans>Row by row, from a sheet</Trans>
                ) : (
                  <DecisionBadge decision={details.decision} />
                )}
              </Fact>
              {details.comment != null && <Fact label={t`Comment`}>{details.comment}</Fact>}
            </>
          )}
        </SimpleGrid>
        {details.inputData != null && (
          <Spoiler maxHeight={28} showLabel={t`Show all`} hideLabel={t`Less`}>
            <Text size="xs" c="dimmed" component="div">
              <Trans>
                Parameters <Code>{JSON.stringify(details.inputData)}</Code>
              </Trans>
            </Text>
          </Spoiler>
        )}
      </Stack>
    </Paper>
  );
}
