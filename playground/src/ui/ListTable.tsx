import { Paper, Table } from '@mantine/core';
import type { ReactNode } from 'react';

/** The table of a list in its frame, which scrolls sideways where there is little room. */
export function ListTable({
  label,
  minWidth,
  highlightOnHover = false,
  children,
}: {
  /** What its rows are, for who does not see it. */
  label: string;
  /** Below so many pixels it scrolls. */
  minWidth: number;
  /** Whether a row stands out under the pointer, since it leads on. */
  highlightOnHover?: boolean;
  /** The head and the body. */
  children: ReactNode;
}) {
  return (
    <Paper withBorder radius="lg" style={{ overflow: 'hidden' }}>
      <Table.ScrollContainer minWidth={minWidth} type="native">
        <Table
          highlightOnHover={highlightOnHover}
          verticalSpacing="sm"
          horizontalSpacing="md"
          aria-label={label}
        >
          {children}
        </Table>
      </Table.ScrollContainer>
    </Paper>
  );
}
