import { ActionIcon, Group, Text } from '@mantine/core';
import { IconChevronLeft, IconChevronRight, IconChevronsLeft, IconChevronsRight } from '@tabler/icons-react';
import { FIRST_PAGE, LAST_PAGE, type PageArgument, type PageEnds } from './paging';

interface PagerProps {
  /** What is listed: one, and several. */
  noun: readonly [singular: string, plural: string];
  totalCount: number;
  shown: number;
  ends: PageEnds;
  onPage: (page: PageArgument) => void;
}

/** Steps through a Relay connection. */
export function Pager({ noun, totalCount, shown, ends, onPage }: PagerProps) {
  const [singular, plural] = noun;
  const { hasPreviousPage, hasNextPage, startCursor, endCursor } = ends;
  const { before, after } = { before: startCursor ?? undefined, after: endCursor ?? undefined };
  return (
    <Group justify="space-between" component="nav" aria-label={`Pages of ${plural}`}>
      <Text size="sm" c="dimmed" className="numeric">
        {shown === totalCount
          ? `${totalCount.toLocaleString()} ${totalCount === 1 ? singular : plural}`
          : `${shown} of ${totalCount.toLocaleString()} ${plural}`}
      </Text>
      {(hasPreviousPage || hasNextPage) && (
        <ActionIcon.Group>
          <ActionIcon
            variant="default"
            size="lg"
            aria-label="First page"
            disabled={!hasPreviousPage}
            onClick={() => onPage(FIRST_PAGE)}
          >
            <IconChevronsLeft size={18} />
          </ActionIcon>
          <ActionIcon
            variant="default"
            size="lg"
            aria-label="Previous page"
            disabled={!hasPreviousPage}
            onClick={() => onPage({ before })}
          >
            <IconChevronLeft size={18} />
          </ActionIcon>
          <ActionIcon
            variant="default"
            size="lg"
            aria-label="Next page"
            disabled={!hasNextPage}
            onClick={() => onPage({ after })}
          >
            <IconChevronRight size={18} />
          </ActionIcon>
          <ActionIcon
            variant="default"
            size="lg"
            aria-label="Last page"
            disabled={!hasNextPage}
            onClick={() => onPage(LAST_PAGE)}
          >
            <IconChevronsRight size={18} />
          </ActionIcon>
        </ActionIcon.Group>
      )}
    </Group>
  );
}
