import { plural, t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Anchor, Breadcrumbs, Button, Group, Loader, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconPhotoSearch } from '@tabler/icons-react';
import { useCallback, useState } from 'react';
import { Link, useParams } from 'react-router';
import type { Fault } from '../api/fault';
import { say } from '../language/format';
import { isFinal } from '../progress/progressState';
import { useSession } from '../session/session';
import { EmptyState } from '../ui/EmptyState';
import { FaultAlert } from '../ui/FaultAlert';
import { LiveBadge } from '../ui/LiveBadge';
import { Pager } from '../ui/Pager';
import { FIRST_PAGE } from '../ui/paging';
import { STATUS } from '../ui/status';
import { StatusBadge } from '../ui/StatusBadge';
import { usePageTitle } from '../ui/usePageTitle';
import { BatchActions } from './BatchActions';
import { BatchSummary } from './BatchSummary';
import { ItemCard } from './ItemCard';
import { ItemDrawer } from './ItemDrawer';
import { ItemFilter } from './ItemFilter';
import { isRowByRow } from './itemKind';
import { type BatchDetails, type ItemsView, useBatchWatcher } from './useBatchWatcher';

/** One batch, live. */
export function BatchPage() {
  const { id = '' } = useParams();
  return <WatchedBatchPage key={id} id={id} />;
}

function WatchedBatchPage({ id }: { id: string }) {
  const { reconnecting } = useSession();
  const [view, setView] = useState<ItemsView>({ status: null, page: FIRST_PAGE });
  const [openId, setOpenId] = useState<string | null>(null);
  const [actionFault, setActionFault] = useState<Fault | null>(null);
  const { snapshot, refresh, changed } = useBatchWatcher(id, view);
  const { rest: details, missing, fault, watching, loading } = snapshot;
  const { batch, items } = snapshot.progress;
  const open = useCallback((itemId: string) => setOpenId(itemId), []);
  usePageTitle(
    details && batch
      ? `#${details.number} ${say(STATUS[batch.status].label).toLowerCase()}`
      : missing
        ? t`Not found`
        : t`Batch`,
  );

  if (missing) {
    return (
      <EmptyState
        icon={<IconPhotoSearch size={32} />}
        title={t`There is no such batch`}
        text={t`It does not exist, or it belongs to someone else.`}
      >
        <Button component={Link} to="/" variant="light">
          <Trans>To the batches</Trans>
        </Button>
      </EmptyState>
    );
  }
  if (!batch || !details) {
    return (
      <Stack>
        {fault ? <FaultAlert fault={fault} onRetry={refresh} /> : <Skeleton h={170} radius="lg" />}
        {!fault && <Skeleton h={300} radius="lg" />}
      </Stack>
    );
  }
  const ended = isFinal(batch.status);
  return (
    <Stack>
      <Breadcrumbs>
        <Anchor component={Link} to="/" size="sm">
          <Trans>Batches</Trans>
        </Anchor>
        <Text size="sm" c="dimmed">
          #{details.number}
        </Text>
      </Breadcrumbs>
      <Group justify="space-between" align="flex-start">
        <Group gap="sm">
          <Title order={1} size="h2">
            {nameOf(details)}{' '}
            <Text span inherit c="dimmed" fw={500}>
              #{details.number}
            </Text>
          </Title>
          <span data-testid="batch-status">
            <StatusBadge status={batch.status} size="lg" />
          </span>
          <Connection watching={watching} reconnecting={reconnecting} ended={ended} />
        </Group>
        <BatchActions batch={batch} details={details} onChanged={changed} onFault={setActionFault} />
      </Group>
      {actionFault && <FaultAlert fault={actionFault} />}
      {fault && <FaultAlert fault={fault} onRetry={refresh} />}
      <BatchSummary batch={batch} details={details} />
      {details.kind === 'APPROVAL' && details.errorSheetUrl != null && <CorrectAndUpload />}
      <Group justify="space-between">
        <ItemFilter
          batch={batch}
          status={view.status}
          onChange={(status) => setView({ status, page: FIRST_PAGE })}
        />
        {loading && <Loader size="xs" aria-label={t`Loading items`} />}
      </Group>
      {items.length === 0 && !loading ? (
        <EmptyState icon={<IconPhotoSearch size={32} />} title={t`No items to show`} />
      ) : (
        <div className="item-grid" aria-label={t`Items`} role="group">
          {items.map(({ item }) => (
            <ItemCard key={item.id} item={item} onOpen={open} withDecision={isRowByRow(details)} />
          ))}
        </div>
      )}
      <Pager
        noun={(total) => plural(total, { one: '# item', other: '# items' })}
        totalCount={details.items.totalCount}
        shown={items.length}
        ends={details.items.pageInfo}
        onPage={(page) => setView({ ...view, page })}
      />
      <ItemDrawer
        item={items.find(({ item }) => item.id === openId)?.item ?? null}
        onClose={() => setOpenId(null)}
        withDecision={isRowByRow(details)}
      />
    </Stack>
  );
}

/** What a batch does, in a word or two. */
function nameOf(details: BatchDetails): string {
  if (details.kind === 'PIPELINE') return details.feature?.name ?? t`Batch`;
  if (isRowByRow(details)) return t`Decisions`;
  return details.decision === 'REJECT' ? t`Rejections` : t`Approvals`;
}

/** What became of tasks that were not decided need not be the end of it. */
function CorrectAndUpload() {
  return (
    <Text size="sm" c="dimmed">
      <Trans>
        The error sheet has what failed or was ignored, with the reason. It can be corrected and uploaded
        again in the{' '}
        <Anchor component={Link} to="/inbox" inherit underline="always">
          inbox
        </Anchor>
        .
      </Trans>
    </Text>
  );
}

interface ConnectionProps {
  watching: boolean;
  reconnecting: boolean;
  ended: boolean;
}

function Connection({ watching, reconnecting, ended }: ConnectionProps) {
  if (ended || !watching) return null;
  return <LiveBadge reconnecting={reconnecting} />;
}
