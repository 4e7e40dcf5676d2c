import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import {
  Anchor,
  Badge,
  Code,
  Drawer,
  Group,
  SimpleGrid,
  Skeleton,
  Stack,
  Table,
  Text,
  Timeline,
  Title,
} from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useEffect } from 'react';
import { Link } from 'react-router';
import { useQuery } from 'urql';
import { faultOfResult } from '../api/fault';
import { sentence } from '../api/faultText';
import { humanise } from '../forms/schemaFields';
import type { ItemDetailsQuery } from '../gql/graphql';
import { count } from '../language/format';
import { currentAttempt, type PageItem } from '../progress/progressState';
import { FaultAlert } from '../ui/FaultAlert';
import { RelativeTime } from '../ui/RelativeTime';
import { StatusBadge } from '../ui/StatusBadge';
import { byteSize, duration } from '../ui/time';
import { DecisionBadge } from './DecisionBadge';
import { ItemEnd } from './ItemEnd';
import { failureTitle } from './itemFailure';
import { isOfTask } from './itemKind';
import { ItemDetailsDocument } from './operations';
import { Picture } from './Picture';
import { pictureAccess } from './pictureAccess';

type Details = Extract<ItemDetailsQuery['node'], { attempts: unknown }>;

interface ItemDrawerProps {
  item: PageItem | null;
  onClose: () => void;
  /** What is decided differs from item to item. */
  withDecision?: boolean;
}

/** All there is to know about one item, current while it moves. */
export function ItemDrawer({ item, onClose, withDecision = false }: ItemDrawerProps) {
  return (
    <Drawer
      opened={item !== null}
      onClose={onClose}
      position="right"
      size="lg"
      title={
        item && (
          <Text span fw={650} size="lg">
            <Trans>Item {count(item.index + 1)}</Trans>
          </Text>
        )
      }
    >
      {item && <ItemBody key={item.id} item={item} withDecision={withDecision} />}
    </Drawer>
  );
}

function ItemBody({ item, withDecision }: { item: PageItem; withDecision: boolean }) {
  const [{ data, error }, reload] = useQuery({
    query: ItemDetailsDocument,
    variables: { id: item.id },
    requestPolicy: 'network-only',
  });
  useEffect(() => {
    reload({ requestPolicy: 'network-only' });
  }, [reload, item.status]);
  const attempt = currentAttempt(item);
  const node = data?.node;
  const details = node && 'attempts' in node ? node : null;
  return (
    <Stack>
      <Group gap="xs">
        <StatusBadge status={item.status} size="md" />
        {attempt > 0 && (
          <Badge variant="default" tt="none" size="md">
            <Trans>attempt {count(attempt)}</Trans>
          </Badge>
        )}
        {item.step != null && (
          <Badge variant="default" tt="none" size="md">
            {humanise(item.step)}
          </Badge>
        )}
      </Group>
      <ItemEnd item={item} />
      {!isOfTask(item) && (
        <SimpleGrid cols={{ base: 1, xs: item.outputUrl == null ? 1 : 2 }}>
          <Figure caption={t`Input`} url={item.inputUrl} alone={item.outputUrl == null} />
          {item.outputUrl != null && <Figure caption={t`Result`} url={item.outputUrl} />}
        </SimpleGrid>
      )}
      {error && <FaultAlert fault={faultOfResult(error)} onRetry={() => reload()} />}
      {!data && !error && <Skeleton h={140} />}
      <Facts item={item} details={details} withDecision={withDecision} />
      {details && details.steps.length > 0 && <Steps steps={details.steps} />}
      {details && details.attempts.length > 0 && (
        <Attempts attempts={details.attempts} hasFailed={item.status === 'FAILED'} />
      )}
    </Stack>
  );
}

interface FigureProps {
  caption: string;
  url: string;
  /** Nothing stands beside it, so it need not be as high as a picture where there is none. */
  alone?: boolean;
}

function Figure({ caption, url, alone = false }: FigureProps) {
  const isOutside = pictureAccess(url, window.location.origin) === 'outside';
  return (
    <figure style={{ margin: 0 }}>
      <div
        className="picture"
        data-fit="contain"
        data-low={(alone && isOutside) || undefined}
        style={{ borderRadius: 'var(--mantine-radius-md)' }}
      >
        <Picture url={url} alt={caption} />
      </div>
      <Text component="figcaption" size="xs" c="dimmed" mt={4}>
        {isOutside ? t`${caption}, on the web: not loaded here` : caption}
      </Text>
    </figure>
  );
}

interface FactsProps {
  item: PageItem;
  details: Details | null;
  withDecision: boolean;
}

function Facts({ item, details, withDecision }: FactsProps) {
  const output = details?.output;
  const size = output?.width != null && output.height != null ? `${output.width} × ${output.height}, ` : '';
  return (
    <Table variant="vertical" layout="fixed" withTableBorder>
      <Table.Tbody>
        {item.task && (
          <Table.Tr>
            <Table.Th w={130}>
              <Trans>Task</Trans>
            </Table.Th>
            <Table.Td>
              <Anchor component={Link} to={`/tasks/${encodeURIComponent(item.task.id)}`}>
                {item.task.name}
              </Anchor>
            </Table.Td>
          </Table.Tr>
        )}
        {withDecision && (
          <Table.Tr>
            <Table.Th w={130}>
              <Trans>Decision</Trans>
            </Table.Th>
            <Table.Td>
              {item.decision == null ? (
                <Trans>None that could be read</Trans>
              ) : (
                <DecisionBadge decision={item.decision} />
              )}
            </Table.Td>
          </Table.Tr>
        )}
        {!isOfTask(item) && (
          <Table.Tr>
            <Table.Th w={130}>
              <Trans>Input</Trans>
            </Table.Th>
            <Table.Td>
              <Code style={{ overflowWrap: 'anywhere' }}>{item.inputUrl}</Code>
            </Table.Td>
          </Table.Tr>
        )}
        {output && (
          <Table.Tr>
            <Table.Th>
              <Trans>Result</Trans>
            </Table.Th>
            <Table.Td>
              {size}
              {byteSize(output.size)}, {output.contentType}
            </Table.Td>
          </Table.Tr>
        )}
        {item.startedAt != null && (
          <Table.Tr>
            <Table.Th>
              <Trans>Started</Trans>
            </Table.Th>
            <Table.Td>
              <RelativeTime at={item.startedAt} />
            </Table.Td>
          </Table.Tr>
        )}
        {item.startedAt != null && item.finishedAt != null && (
          <Table.Tr>
            <Table.Th>
              <Trans>Took</Trans>
            </Table.Th>
            <Table.Td>{duration(Date.parse(item.finishedAt) - Date.parse(item.startedAt))}</Table.Td>
          </Table.Tr>
        )}
      </Table.Tbody>
    </Table>
  );
}

function Steps({ steps }: { steps: Details['steps'] }) {
  return (
    <div>
      <Title order={3} size="h5" mb="xs">
        <Trans>Steps</Trans>
      </Title>
      <Table withTableBorder>
        <Table.Tbody>
          {steps.map((step, place) => (
            <Table.Tr key={`${place} ${step.name}`}>
              <Table.Td>{humanise(step.name)}</Table.Td>
              <Table.Td ta="right" className="numeric">
                {duration(step.milliseconds)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

interface AttemptsProps {
  attempts: Details['attempts'];
  /** The last of them was the item's end. */
  hasFailed: boolean;
}

function Attempts({ attempts, hasFailed }: AttemptsProps) {
  return (
    <div>
      <Title order={3} size="h5" mb="xs">
        {hasFailed ? t`Attempts` : t`Earlier attempts`}
      </Title>
      <Timeline bulletSize={22} lineWidth={2} color="red" active={attempts.length}>
        {attempts.map((attempt) => (
          <Timeline.Item
            key={`${attempt.generation}.${attempt.number}`}
            bullet={<IconX size={12} />}
            title={failureTitle(attempt.errorCode)}
          >
            <Text size="sm">{sentence(attempt.errorMessage)}</Text>
            <Text size="xs" c="dimmed">
              <Trans>
                {attempt.errorCode} in attempt {attempt.number}, generation {attempt.generation},{' '}
                <RelativeTime at={attempt.finishedAt} />
              </Trans>
            </Text>
          </Timeline.Item>
        ))}
      </Timeline>
    </div>
  );
}
