import { t } from '@lingui/core/macro';
import { Progress, Tooltip } from '@mantine/core';
import type { BatchStateFragment } from '../gql/graphql';
import { count, say } from '../language/format';
import { STATUS } from './status';

type Counts = Pick<
  BatchStateFragment,
  'total' | 'pending' | 'running' | 'succeeded' | 'failed' | 'ignored' | 'cancelled'
>;

const SEGMENTS = [
  ['succeeded', 'SUCCESS'],
  ['failed', 'FAILED'],
  ['ignored', 'IGNORED'],
  ['cancelled', 'CANCELLED'],
  ['running', 'RUNNING'],
] as const;

/** How far a batch has come, coloured by what became of its items; what is pending is left blank. */
export function BatchProgressBar({ batch, size = 'md' }: { batch: Counts; size?: 'sm' | 'md' | 'xl' }) {
  const share = (part: number) => (batch.total === 0 ? 0 : (part / batch.total) * 100);
  const done = batch.total - batch.pending - batch.running;
  return (
    <Progress.Root
      size={size}
      radius="xl"
      transitionDuration={200}
      aria-label={t`${count(done)} of ${count(batch.total)} items finished`}
      role="group"
    >
      {SEGMENTS.filter(([key]) => batch[key] > 0).map(([key, status]) => (
        <Tooltip key={key} label={t`${say(STATUS[status].label)}: ${count(batch[key])}`}>
          <Progress.Section
            value={share(batch[key])}
            color={STATUS[status].color}
            striped={key === 'running'}
            animated={key === 'running'}
            aria-label={say(STATUS[status].label)}
          />
        </Tooltip>
      ))}
    </Progress.Root>
  );
}
