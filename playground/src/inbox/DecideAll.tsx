import { Trans } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { IconChecks } from '@tabler/icons-react';
import { count } from '../language/format';

interface DecideAllProps {
  /** How many tasks match the view; 0 while that is not known. */
  total: number;
  onDecide: () => void;
}

/** Offers to decide everything that matches a view, and not only the page of it that is shown. */
export function DecideAll({ total, onDecide }: DecideAllProps) {
  if (total < 2) return null;
  return (
    <Button variant="default" leftSection={<IconChecks size={16} />} onClick={onDecide}>
      <Trans>Decide all {count(total)}</Trans>
    </Button>
  );
}
