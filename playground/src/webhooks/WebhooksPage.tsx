import { plural, t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Anchor, Button, Group, Modal, Stack, Table, Text, Title } from '@mantine/core';
import { IconPlus, IconWebhook } from '@tabler/icons-react';
import { useCallback, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { useMutation, useQuery } from 'urql';
import { type Fault, faultOfResult } from '../api/fault';
import type { WebhookStateFragment } from '../gql/graphql';
import { say } from '../language/format';
import { ForRole } from '../session/ForRole';
import { ConnectionList } from '../ui/ConnectionList';
import { EmptyState } from '../ui/EmptyState';
import { ListTable } from '../ui/ListTable';
import { FIRST_PAGE, type PageArgument, relayArguments } from '../ui/paging';
import { usePageTitle } from '../ui/usePageTitle';
import { useRefreshWhile } from '../ui/useRefreshWhile';
import { CreateWebhookDocument, WebhookListDocument } from './operations';
import { SecretOnce } from './SecretOnce';
import { createInput, draftOf, type WebhookDraft } from './webhookDraft';
import { subjects, WebhookStanding } from './WebhookFacts';
import { WebhookForm } from './WebhookForm';
import { MODES } from './words';

const PAGE_SIZE = 20;

/** The other systems that are told what happens, or asked before decisions; for administrators. */
export function WebhooksPage() {
  usePageTitle(t`Webhooks`);
  return (
    <ForRole role="ADMIN">
      <WebhookList />
    </ForRole>
  );
}

interface Made {
  id: string;
  secret: string;
}

function WebhookList() {
  const navigate = useNavigate();
  const [page, setPage] = useState<PageArgument>(FIRST_PAGE);
  const [creating, setCreating] = useState(false);
  const [made, setMade] = useState<Made | null>(null);
  const [{ data, error }, reload] = useQuery({
    query: WebhookListDocument,
    variables: relayArguments(page, PAGE_SIZE),
    requestPolicy: 'cache-and-network',
  });
  const refresh = useCallback(() => reload({ requestPolicy: 'network-only' }), [reload]);
  useRefreshWhile(true, refresh);
  const add = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setCreating(true)}>
      <Trans>New webhook</Trans>
    </Button>
  );
  return (
    <Stack>
      <Group justify="space-between">
        <div>
          <Title order={1} size="h2">
            <Trans>Webhooks</Trans>
          </Title>
          <Text c="dimmed">
            <Trans>Other systems that are told what happens, or asked before somebody decides.</Trans>
          </Text>
        </div>
        {data && data.webhooks.totalCount > 0 && add}
      </Group>
      <ConnectionList
        page={data?.webhooks}
        error={error}
        onReload={refresh}
        noun={(total) => plural(total, { one: '# webhook', other: '# webhooks' })}
        onPage={setPage}
        empty={
          <EmptyState
            icon={<IconWebhook size={32} />}
            title={t`No webhooks yet`}
            text={t`With a webhook another system hears of an approval as soon as it is given, in signed messages that arrive at least once and in order.`}
          >
            {add}
          </EmptyState>
        }
      >
        {(webhooks) => <WebhookTable webhooks={webhooks} />}
      </ConnectionList>
      <Modal
        opened={creating}
        onClose={() => setCreating(false)}
        title={t`New webhook`}
        size="lg"
        keepMounted={false}
      >
        {creating && (
          <NewWebhook
            onClose={() => setCreating(false)}
            onMade={(webhook) => {
              setCreating(false);
              setMade(webhook);
            }}
          />
        )}
      </Modal>
      <SecretOnce
        secret={made?.secret ?? null}
        onClose={() => {
          if (made) void navigate(`/webhooks/${encodeURIComponent(made.id)}`);
        }}
      />
    </Stack>
  );
}

function NewWebhook({ onClose, onMade }: { onClose: () => void; onMade: (made: Made) => void }) {
  const [{ fetching }, create] = useMutation(CreateWebhookDocument);
  const [fault, setFault] = useState<Fault | null>(null);

  async function submit(draft: WebhookDraft) {
    setFault(null);
    const { data, error } = await create({ input: createInput(draft) });
    if (error) setFault(faultOfResult(error));
    const payload = data?.createWebhook;
    if (payload) onMade({ id: payload.webhook.id, secret: payload.secret });
  }

  return (
    <WebhookForm
      first={draftOf(null)}
      isThere={false}
      fault={fault}
      fetching={fetching}
      onSubmit={(draft) => void submit(draft)}
      onClose={onClose}
    />
  );
}

function WebhookTable({ webhooks }: { webhooks: readonly WebhookStateFragment[] }) {
  return (
    <ListTable label={t`Webhooks`} minWidth={720} highlightOnHover>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>
            <Trans>Address</Trans>
          </Table.Th>
          <Table.Th>
            <Trans>Mode</Trans>
          </Table.Th>
          <Table.Th w="30%">
            <Trans>Of what</Trans>
          </Table.Th>
          <Table.Th>
            <Trans>Process</Trans>
          </Table.Th>
          <Table.Th>
            <Trans>Status</Trans>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {webhooks.map((webhook) => (
          <Table.Tr key={webhook.id} data-webhook={webhook.id}>
            <Table.Td>
              <Anchor
                component={Link}
                to={`/webhooks/${encodeURIComponent(webhook.id)}`}
                size="sm"
                fw={600}
                className="said"
              >
                {webhook.url}
              </Anchor>
              <Text size="sm" c="dimmed" className="two-lines">
                {webhook.description}
              </Text>
            </Table.Td>
            <Table.Td>{say(MODES[webhook.mode])}</Table.Td>
            <Table.Td>
              <span className="two-lines" title={subjects(webhook)}>
                {subjects(webhook)}
              </span>
            </Table.Td>
            <Table.Td>{webhook.definitionKey ?? t`all`}</Table.Td>
            <Table.Td>
              <WebhookStanding webhook={webhook} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </ListTable>
  );
}
