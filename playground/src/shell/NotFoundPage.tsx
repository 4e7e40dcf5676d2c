import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { IconMapOff } from '@tabler/icons-react';
import { Link } from 'react-router';
import { EmptyState } from '../ui/EmptyState';
import { usePageTitle } from '../ui/usePageTitle';

export function NotFoundPage() {
  usePageTitle(t`Not found`);
  return (
    <EmptyState icon={<IconMapOff size={32} />} title={t`There is no such page`}>
      <Button component={Link} to="/" variant="light">
        <Trans>To the batches</Trans>
      </Button>
    </EmptyState>
  );
}
