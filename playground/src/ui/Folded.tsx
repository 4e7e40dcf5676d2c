import { Collapse, Group, Paper, Text, Title, UnstyledButton } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { type ReactNode, useId, useState } from 'react';

interface FoldedProps {
  title: string;
  /** What is said of it while it is closed. */
  note?: string;
  children: ReactNode;
}

/** A part of a page that is opened by whoever wants to see it; what is in it is made only then. */
export function Folded({ title, note, children }: FoldedProps) {
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <Paper withBorder radius="lg" p="md" component="section" aria-label={title}>
      <Title order={2} size="h4">
        <UnstyledButton
          w="100%"
          fz="inherit"
          fw="inherit"
          aria-expanded={open}
          aria-controls={id}
          onClick={() => setOpen(!open)}
        >
          <Group justify="space-between" wrap="nowrap">
            <span>{title}</span>
            <Group gap={6} wrap="nowrap">
              {note !== undefined && (
                <Text span size="sm" c="dimmed" fw={400}>
                  {note}
                </Text>
              )}
              <IconChevronDown size={18} style={{ rotate: open ? '180deg' : '0deg' }} />
            </Group>
          </Group>
        </UnstyledButton>
      </Title>
      <Collapse expanded={open} id={id}>
        {open && <div style={{ paddingTop: 12 }}>{children}</div>}
      </Collapse>
    </Paper>
  );
}
