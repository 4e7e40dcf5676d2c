import { t } from '@lingui/core/macro';
import { Skeleton } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Role } from '../gql/graphql';
import { EmptyState } from '../ui/EmptyState';
import { rolesLabel } from './roles';
import { useViewer } from './viewer';

/** What is for those with a role; everybody else is told so. */
export function ForRole({ role, children }: { role: Role; children: ReactNode }) {
  const { viewer, may } = useViewer();
  if (viewer === null) return <Skeleton h={280} radius="lg" />;
  if (may(role)) return children;
  const needed = rolesLabel([role]);
  return (
    <EmptyState
      icon={<IconLock size={32} />}
      title={t`This page needs another role`}
      text={t`It takes the role ${needed}: ask whoever runs Docket here for it.`}
    />
  );
}
