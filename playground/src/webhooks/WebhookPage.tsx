import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Anchor, Breadcrumbs, Button, Group, Paper, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconRouteOff } from '@tabler/icons-react';
import { useCallback } from 'react';
import { Link, useParams } from 'react-router';
import { useQuery } from 'urql';
import { faultOfResult } from '../api/fault';
import type { WebhookStateFragment } from '../gql/graphql';
import { say } from '../language/format';
import { ForRole } from '../session/ForRole';
import { EmptyState } from '../ui/EmptyState';
import { FaultAlert } from '../ui/FaultAlert';
import { RelativeTime } from '../ui/RelativeTime';
import { inSeconds } from '../ui/time';
import { usePageTitle } from '../ui/usePageTitle';
import { useRefreshWhile } from '../ui/useRefreshWhile';
import { DeliveryList } from './DeliveryList';
import { WebhookDocument } from './operations';
import { WebhookActions } from './WebhookActions';
import { subjects, WebhookStanding } from './WebhookFacts';
import { WebhookNotice } from './WebhookNotice';
import { MODES } from './words';

/** A webhook with what it was told. */
export function WebhookPage() {
  const { id = '' } = useParams();
  usePageTitle(t`Webhook`);
  return (
    <ForRole role="ADMIN">
      <LoadedWebhook key={id} id={id} />
    </ForRole>
  );
}

function LoadedWebhook({ id }: { id: string }) {
  const [{ data, error, stale }, reload] = useQuery({
    query: WebhookDocument,
    variables: { id },
    requestPolicy: 'cache-and-network',
  });
  const refresh = useCallback(() => reload({ requestPolicy: 'network-only' }), [reload]);
  useRefreshWhile(data?.webhook != null, refresh);
  const webhook = data?.webhook;
  if (error && !webhook) return <FaultAlert fault={faultOfResult(error)} onRetry={refresh} />;
  if (!webhook) {
    if (!data || stale) return <Skeleton h={300} radius="lg" />;
    return (
      <EmptyState
        icon={<IconRouteOff size={32} />}
        title={t`There is no such webhook`}
        text={t`Perhaps it was deleted.`}
      >
        <Button component={Link} to="/webhooks" variant="light">
          <Trans>To the webhooks</Trans>
        </Button>
      </EmptyState>
    );
  }
  return (
    <Stack>
      <Breadcrumbs>
        <Anchor component={Link} to="/webhooks" size="sm">
          <Trans>Webhooks</Trans>
        </Anchor>
        <Text size="sm" c="dimmed" truncate maw={480}>
          {webhook.url}
        </Text>
      </Breadcrumbs>
      <Group justify="space-between" align="flex-start">
        <div>
          <Group gap="sm">
            <Title order={1} size="h3" className="said">
              {webhook.url}
            </Title>
            <WebhookStanding webhook={webhook} size="lg" />
          </Group>
          <Text c="dimmed" size="sm" className="said">
            {webhook.description}
          </Text>
        </div>
        <WebhookActions webhook={webhook} pending={webhook.pending.totalCount} onChanged={refresh} />
      </Group>
      {error && <FaultAlert fault={faultOfResult(error)} onRetry={refresh} />}
      <WebhookNotice webhook={webhook} pending={webhook.pending.totalCount} onChanged={refresh} />
      <Facts webhook={webhook} />
      {webhook.mode === 'NOTIFY' ? (
        <DeliveryList webhook={webhook} onChanged={refresh} />
      ) : (
        <Text size="sm" c="dimmed">
          <Trans>What it was asked is not kept: whoever decides sees at once what it has answered.</Trans>
        </Text>
      )}
    </Stack>
  );
}

function Facts({ webhook }: { webhook: WebhookStateFragment }) {
  const { mode, definitionKey, onFailure, timeoutSeconds, createdBy, createdAt } = webhook;
  const facts = [
    [t`Mode`, say(MODES[mode])],
    [mode === 'NOTIFY' ? t`Events` : t`Asked before`, subjects(webhook)],
    [t`Process`, definitionKey ?? t`all`],
    ...(mode === 'NOTIFY'
      ? []
      : [
          [
            t`Where it does not answer`,
            onFailure === 'ALLOW' ? t`The decision is made` : t`The decision is refused`,
          ],
        ]),
    [t`Time to answer`, inSeconds(timeoutSeconds)],
  ];
  return (
    <Paper withBorder radius="lg" p="md" component="section" aria-label={t`About`}>
      <dl className="value-list">
        {facts.map(([name, value]) => (
          <div key={name}>
            <Text component="dt" size="sm" c="dimmed">
              {name}
            </Text>
            <Text component="dd" size="sm" m={0} className="said">
              {value}
            </Text>
          </div>
        ))}
        <div>
          <Text component="dt" size="sm" c="dimmed">
            <Trans>Created</Trans>
          </Text>
          <Text component="dd" size="sm" m={0}>
            <Trans>
              by {createdBy.name}, <RelativeTime at={createdAt} />
            </Trans>
          </Text>
        </div>
      </dl>
    </Paper>
  );
}
