import { Button } from '@mantine/core';
import { IconMapOff } from '@tabler/icons-react';
import { Link } from 'react-router';
import { EmptyState } from '../ui/EmptyState';
import { usePageTitle } from '../ui/usePageTitle';

export function NotFoundPage() {
  usePageTitle('Not found');
  return (
    <EmptyState icon={<IconMapOff size={32} />} title="There is no such page">
      <Button component={Link} to="/" variant="light">
        To the batches
      </Button>
    </EmptyState>
  );
}
