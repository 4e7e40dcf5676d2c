import { plural, t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Anchor, Button, Group, Paper, SimpleGrid, Stack, Tabs, Text, Title } from '@mantine/core';
import { IconPlayerPlay, IconRoute, IconUpload } from '@tabler/icons-react';
import { useState } from 'react';
import { useDropzone } from 'react-dropzone';
import { Link, useLocation, useNavigate, useSearchParams } from 'react-router';
import { useQuery } from 'urql';
import type { ProcessListQuery } from '../gql/graphql';
import { useViewer } from '../session/viewer';
import { ConnectionList } from '../ui/ConnectionList';
import { EmptyState } from '../ui/EmptyState';
import { notifyFault } from '../ui/notify';
import { FIRST_PAGE, type PageArgument, relayArguments } from '../ui/paging';
import { RelativeTime } from '../ui/RelativeTime';
import { usePageTitle } from '../ui/usePageTitle';
import { processAddress } from './addresses';
import { deployedIn } from './deployed';
import { isDocument, readDocument } from './documentFile';
import { InstanceList, readStatus } from './InstanceList';
import { JustDeployed } from './JustDeployed';
import { ProcessListDocument } from './operations';
import { StartProcess } from './StartProcess';

const PAGE_SIZE = 20;

type Definition = ProcessListQuery['processDefinitions']['nodes'][number];

/** The processes that can be started, and the instances that were. */
export function ProcessesPage() {
  usePageTitle(t`Processes`);
  const { may } = useViewer();
  const navigate = useNavigate();
  const { state } = useLocation() as { state: unknown };
  const [search, setSearch] = useSearchParams();
  const [page, setPage] = useState<PageArgument>(FIRST_PAGE);
  const [starting, setStarting] = useState<Definition | null>(null);
  const [{ data, error }, reload] = useQuery({
    query: ProcessListDocument,
    variables: relayArguments(page, PAGE_SIZE),
  });
  const refresh = () => reload({ requestPolicy: 'network-only' });
  const tab = search.get('tab') === 'instances' ? 'instances' : 'processes';
  const status = readStatus(search.get('status'));
  const everybodys = search.get('whose') === 'all';
  const show = (changes: Record<string, string | null>) =>
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        for (const [name, value] of Object.entries(changes)) {
          if (value === null) next.delete(name);
          else next.set(name, value);
        }
        return next;
      },
      { replace: true },
    );

  // A file that is dropped anywhere here is taken along to where it is deployed.
  const { getRootProps, isDragActive } = useDropzone({
    multiple: false,
    noClick: true,
    noKeyboard: true,
    disabled: !may('OPERATOR'),
    onDrop: ([file]) => {
      if (file) void bring(file);
    },
  });
  async function bring(file: File) {
    const read = await readDocument(file);
    if (isDocument(read)) await navigate('/deploy', { state: read });
    else notifyFault(read);
  }

  return (
    <Stack {...getRootProps({ className: 'drop-page', ...(isDragActive && { 'data-over': true }) })}>
      <Group justify="space-between">
        <Title order={1} size="h2">
          <Trans>Processes</Trans>
        </Title>
        {may('OPERATOR') && (
          <Button component={Link} to="/deploy" variant="light" leftSection={<IconUpload size={16} />}>
            <Trans>Deploy</Trans>
          </Button>
        )}
      </Group>
      <Tabs
        value={tab}
        onChange={(value) =>
          show({ tab: value === 'instances' ? 'instances' : null, status: null, whose: null })
        }
        keepMounted={false}
      >
        <Tabs.List aria-label={t`Processes and instances`}>
          <Tabs.Tab value="processes">
            <Trans>To start</Trans>
          </Tabs.Tab>
          <Tabs.Tab value="instances">
            <Trans>My instances</Trans>
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="processes" pt="md">
          <Stack>
            <JustDeployed
              deployed={deployedIn(state)}
              onClose={() => void navigate('/processes', { replace: true })}
            />
            <ConnectionList
              page={data?.processDefinitions}
              error={error}
              onReload={refresh}
              noun={(total) => plural(total, { one: '# process', other: '# processes' })}
              onPage={setPage}
              empty={
                <EmptyState
                  icon={<IconRoute size={32} />}
                  title={t`No processes yet`}
                  text={t`An operator deploys them as BPMN 2.0 files.`}
                />
              }
            >
              {(definitions) => (
                <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
                  {definitions.map((definition) => (
                    <Process
                      key={definition.id}
                      definition={definition}
                      onStart={() => setStarting(definition)}
                    />
                  ))}
                </SimpleGrid>
              )}
            </ConnectionList>
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="instances" pt="md">
          <InstanceList
            status={status}
            onStatus={(value) => show({ status: value })}
            everybodys={everybodys}
            onEverybodys={(all) => show({ whose: all ? 'all' : null })}
          />
        </Tabs.Panel>
      </Tabs>
      <StartProcess
        processKey={starting?.key ?? null}
        name={starting?.name ?? ''}
        onClose={() => setStarting(null)}
      />
    </Stack>
  );
}

function Process({ definition, onStart }: { definition: Definition; onStart: () => void }) {
  return (
    <Paper withBorder radius="lg" p="md" component="article" aria-label={definition.name}>
      <Stack gap="sm" h="100%" justify="space-between">
        <div>
          <Title order={2} size="h4">
            <Anchor component={Link} to={processAddress(definition.key)} inherit>
              {definition.name}
            </Anchor>
          </Title>
          <Text size="sm" c="dimmed">
            <Trans>
              <code>{definition.key}</code>, version {definition.version}
            </Trans>
          </Text>
          <Text size="sm" c="dimmed">
            <Trans>
              Deployed by {definition.deployedBy.name} <RelativeTime at={definition.createdAt} />
            </Trans>
          </Text>
        </div>
        {definition.canStart ? (
          <Group>
            <Button leftSection={<IconPlayerPlay size={16} />} onClick={onStart}>
              <Trans>Start</Trans>
            </Button>
          </Group>
        ) : (
          <Text size="sm" c="dimmed">
            <Trans>Others start it.</Trans>
          </Text>
        )}
      </Stack>
    </Paper>
  );
}
