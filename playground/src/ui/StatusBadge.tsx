import { Badge } from '@mantine/core';
import { STATUS, type Status } from './status';

interface StatusBadgeProps {
  status: Status;
  size?: 'xs' | 'sm' | 'md' | 'lg';
  /** Filled, to stand out on a picture. */
  filled?: boolean;
}

/** A status in its colour. */
export function StatusBadge({ status, size = 'sm', filled = false }: StatusBadgeProps) {
  const { label, color, solid } = STATUS[status];
  return (
    <Badge
      color={filled ? solid : color}
      variant={filled ? 'filled' : 'light'}
      size={size}
      tt="none"
      data-status={status}
      miw="max-content"
    >
      {label}
    </Badge>
  );
}
