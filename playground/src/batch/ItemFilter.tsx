import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Chip, Group } from '@mantine/core';
import type { BatchItemStatus } from '../gql/graphql';
import { count, say } from '../language/format';
import type { BatchState } from '../progress/progressState';
import { STATUS } from '../ui/status';

const COUNTS: readonly [
  BatchItemStatus,
  'pending' | 'running' | 'succeeded' | 'failed' | 'ignored' | 'cancelled',
][] = [
  ['PENDING', 'pending'],
  ['RUNNING', 'running'],
  ['SUCCESS', 'succeeded'],
  ['FAILED', 'failed'],
  ['IGNORED', 'ignored'],
  ['CANCELLED', 'cancelled'],
];

interface ItemFilterProps {
  batch: BatchState;
  status: BatchItemStatus | null;
  onChange: (status: BatchItemStatus | null) => void;
}

/** Chooses which items are shown, with how many there are of each. */
export function ItemFilter({ batch, status, onChange }: ItemFilterProps) {
  const shown = COUNTS.filter(([value, key]) => batch[key] > 0 || value === status);
  return (
    <Chip.Group
      value={status ?? ''}
      onChange={(value) => onChange(COUNTS.find(([one]) => one === value)?.[0] ?? null)}
    >
      <Group gap={6} role="radiogroup" aria-label={t`Items shown`}>
        <Chip value="" size="sm" variant="light">
          <Trans>All {count(batch.total)}</Trans>
        </Chip>
        {shown.map(([value, key]) => (
          <Chip key={value} value={value} size="sm" variant="light" color={STATUS[value].color}>
            <span data-testid={`count-${key}`}>
              {say(STATUS[value].label)} {count(batch[key])}
            </span>
          </Chip>
        ))}
      </Group>
    </Chip.Group>
  );
}
