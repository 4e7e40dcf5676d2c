import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Chip, Group } from '@mantine/core';
import type { ApprovalSheetOutcome } from '../gql/graphql';
import { count, say } from '../language/format';
import { OUTCOME } from './outcomeLook';
import { OUTCOMES, type SheetCounts } from './preview';

interface OutcomeFilterProps {
  counts: SheetCounts;
  /** Null: every row. */
  outcome: ApprovalSheetOutcome | null;
  onChange: (outcome: ApprovalSheetOutcome | null) => void;
}

/** How many rows there are of each kind, and which of them are shown. */
export function OutcomeFilter({ counts, outcome, onChange }: OutcomeFilterProps) {
  return (
    <Chip.Group
      value={outcome ?? ''}
      onChange={(value) => onChange(OUTCOMES.find(([one]) => one === value)?.[0] ?? null)}
    >
      <Group gap={6} role="radiogroup" aria-label={t`Rows shown`}>
        <Chip value="" size="sm" variant="light">
          <Trans>All {count(counts.total)}</Trans>
        </Chip>
        {OUTCOMES.filter(([, key]) => counts[key] > 0).map(([value, key]) => (
          <Chip key={value} value={value} size="sm" variant="light" color={OUTCOME[value].color}>
            <span data-testid={`rows-${key}`}>
              {say(OUTCOME[value].label)} {count(counts[key])}
            </span>
          </Chip>
        ))}
      </Group>
    </Chip.Group>
  );
}
