import { t } from '@lingui/core/macro';
import { ActionIcon, Group, Text } from '@mantine/core';
import { IconChevronLeft, IconChevronRight, IconChevronsLeft, IconChevronsRight } from '@tabler/icons-react';
import { count } from '../language/format';
import { FIRST_PAGE, LAST_PAGE, type PageArgument, type PageEnds } from './paging';

interface PagerProps {
  /** So many of what is listed. */
  noun: (total: number) => string;
  totalCount: number;
  shown: number;
  ends: PageEnds;
  onPage: (page: PageArgument) => void;
}

/** Steps through a Relay connection. */
export function Pager({ noun, totalCount, shown, ends, onPage }: PagerProps) {
  const { hasPreviousPage, hasNextPage, startCursor, endCursor } = ends;
  const { before, after } = { before: startCursor ?? undefined, after: endCursor ?? undefined };
  return (
    <Group justify="space-between" component="nav" aria-label={t`Pages`}>
      <Text size="sm" c="dimmed" className="numeric">
        {shown === totalCount ? noun(totalCount) : t`${count(shown)} of ${noun(totalCount)}`}
      </Text>
      {(hasPreviousPage || hasNextPage) && (
        <ActionIcon.Group>
          <ActionIcon
            variant="default"
            size="lg"
            aria-label={t`First page`}
            disabled={!hasPreviousPage}
            onClick={() => onPage(FIRST_PAGE)}
          >
            <IconChevronsLeft size={18} />
          </ActionIcon>
          <ActionIcon
            variant="default"
            size="lg"
            aria-label={t`Previous page`}
            disabled={!hasPreviousPage}
            onClick={() => onPage({ before })}
          >
            <IconChevronLeft size={18} />
          </ActionIcon>
          <ActionIcon
            variant="default"
            size="lg"
            aria-label={t`Next page`}
            disabled={!hasNextPage}
            onClick={() => onPage({ after })}
          >
            <IconChevronRight size={18} />
          </ActionIcon>
          <ActionIcon
            variant="default"
            size="lg"
            aria-label={t`Last page`}
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
