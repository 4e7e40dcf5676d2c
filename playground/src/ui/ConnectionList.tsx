import { Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import type { CombinedError } from 'urql';
import { faultOfResult } from '../api/fault';
import { FaultAlert } from './FaultAlert';
import { Pager } from './Pager';
import type { ConnectionPage, PageArgument } from './paging';

interface ConnectionListProps<Node> {
  /** The page; none until the first answer. */
  page: ConnectionPage<Node> | undefined;
  error: CombinedError | undefined;
  onReload: () => void;
  /** So many of what is listed. */
  noun: (total: number) => string;
  onPage: (page: PageArgument) => void;
  /** Stands where the list would, when there is nothing to list. */
  empty: ReactNode;
  children: (nodes: readonly Node[]) => ReactNode;
}

/** A page of a connection in each of its states: on its way, failed, empty, or shown with its pager. */
export function ConnectionList<Node>(props: ConnectionListProps<Node>) {
  const { page, error, onReload, noun, onPage, empty, children } = props;
  return (
    <>
      {error && <FaultAlert fault={faultOfResult(error)} onRetry={onReload} />}
      {!page && !error && <Skeleton h={280} radius="lg" />}
      {page?.nodes.length === 0 && empty}
      {page && page.nodes.length > 0 && (
        <>
          {children(page.nodes)}
          <Pager
            noun={noun}
            totalCount={page.totalCount}
            shown={page.nodes.length}
            ends={page.pageInfo}
            onPage={onPage}
          />
        </>
      )}
    </>
  );
}
