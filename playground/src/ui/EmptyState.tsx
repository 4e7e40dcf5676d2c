import { Paper, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import type { ReactNode } from 'react';

interface EmptyStateProps {
  icon: ReactNode;
  title: string;
  /** What to do about it. */
  children?: ReactNode;
  text?: string;
}

/** Stands where a list would, when there is nothing to list. */
export function EmptyState({ icon, title, text, children }: EmptyStateProps) {
  return (
    <Paper withBorder radius="lg" p="xl" py={56}>
      <Stack align="center" gap="sm" ta="center">
        <ThemeIcon size={64} radius="xl" variant="light">
          {icon}
        </ThemeIcon>
        <Title order={2} size="h3">
          {title}
        </Title>
        {text !== undefined && (
          <Text c="dimmed" maw={460}>
            {text}
          </Text>
        )}
        {children}
      </Stack>
    </Paper>
  );
}
