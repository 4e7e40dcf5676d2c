import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Group, Stack, Text, VisuallyHidden } from '@mantine/core';
import { memo } from 'react';
import { nameOfUrl } from '../batches/pictureUrls';
import { humanise } from '../forms/schemaFields';
import { count } from '../language/format';
import { useLanguage } from '../language/language';
import { currentAttempt, type PageItem } from '../progress/progressState';
import { StatusBadge } from '../ui/StatusBadge';
import { duration } from '../ui/time';
import { DecisionBadge } from './DecisionBadge';
import { failureReason, failureTitle } from './itemFailure';
import { hasEndedBadly, isOfTask } from './itemKind';
import { Picture } from './Picture';

interface ItemCardProps {
  item: PageItem;
  onOpen: (id: string) => void;
  /** What is decided differs from item to item. */
  withDecision?: boolean;
}

function note(item: PageItem): string {
  const reason = failureReason(item);
  switch (item.status) {
    case 'RUNNING':
      return item.step == null ? t`Starting` : humanise(item.step);
    case 'SUCCESS':
      return item.startedAt != null && item.finishedAt != null
        ? duration(Date.parse(item.finishedAt) - Date.parse(item.startedAt))
        : t`Done`;
    case 'FAILED':
      return reason ?? failureTitle(item.errorCode);
    case 'PENDING':
      if (item.attempt === 0) return t`Waiting`;
      return reason === null ? t`Waiting to try again` : t`Trying again soon: ${reason}`;
    case 'CANCELLED':
      return isOfTask(item) ? t`Cancelled` : t`Cancelled and refunded`;
    case 'IGNORED':
      return reason ?? (item.errorCode == null ? t`Nothing to do` : failureTitle(item.errorCode));
  }
}

/** One item of the grid. Items come as the same object while unchanged, so only those that move are drawn again. */
export const ItemCard = memo(function ItemCard({ item, onOpen, withDecision = false }: ItemCardProps) {
  // Since it is drawn only when its item moves, it hears of another language by itself.
  useLanguage();
  // Uploads are named by the server, which says nothing to a person.
  const name = item.inputUrl.includes('/files/') ? '' : nameOfUrl(item.inputUrl);
  const attempt = currentAttempt(item);
  const said = note(item);
  return (
    <button
      type="button"
      className="item-card"
      data-status={item.status}
      data-index={item.index}
      onClick={() => onOpen(item.id)}
    >
      {isOfTask(item) ? (
        <Group justify="space-between" p="xs" pb={0} wrap="nowrap">
          <Text size="sm" fw={550} truncate>
            {item.task?.name ?? t`A task that is not yours to see`}
          </Text>
          <StatusBadge status={item.status} filled />
        </Group>
      ) : (
        <div className="picture">
          <Picture url={item.outputUrl ?? item.inputUrl} alt="" waiting={item.outputUrl == null} />
          <span className="badge-over">
            <StatusBadge status={item.status} filled />
          </span>
          {item.status === 'RUNNING' && <span className="running-stripe" />}
        </div>
      )}
      <Stack gap={2} p="xs">
        <Group justify="space-between" wrap="nowrap" gap={6}>
          <Text size="sm" fw={600} className="numeric">
            <VisuallyHidden>
              <Trans>Item </Trans>
            </VisuallyHidden>
            {item.index + 1}
          </Text>
          {(attempt > 1 || name !== '') && (
            <Text size="xs" c="dimmed" truncate title={name}>
              {attempt > 1 ? t`attempt ${count(attempt)}` : name}
            </Text>
          )}
          {withDecision && item.decision != null && <DecisionBadge decision={item.decision} />}
        </Group>
        <Text
          size="xs"
          c={item.status === 'FAILED' ? 'red' : 'dimmed'}
          className="two-lines"
          title={hasEndedBadly(item) ? said : undefined}
        >
          {hasEndedBadly(item) && item.errorCode != null && <b>{item.errorCode} </b>}
          {said}
        </Text>
      </Stack>
    </button>
  );
});
