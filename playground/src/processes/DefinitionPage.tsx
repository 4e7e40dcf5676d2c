import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Anchor, Badge, Breadcrumbs, Button, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconArrowsDiff, IconPlayerPlay, IconRouteOff } from '@tabler/icons-react';
import { useCallback, useMemo, useState } from 'react';
import { Link, useParams, useSearchParams } from 'react-router';
import { useQuery } from 'urql';
import { faultOfResult } from '../api/fault';
import { kindLabel } from '../diagram/kinds';
import { useViewer } from '../session/viewer';
import { EmptyState } from '../ui/EmptyState';
import { FaultAlert } from '../ui/FaultAlert';
import { Folded } from '../ui/Folded';
import { RelativeTime } from '../ui/RelativeTime';
import { usePageTitle } from '../ui/usePageTitle';
import { comparisonAddress, processAddress, readVersion } from './addresses';
import { BeginsBy } from './BeginsBy';
import { DefinitionDocument } from './operations';
import { StartIncidents } from './StartIncidents';
import { StartProcess } from './StartProcess';
import { VersionDiagram } from './VersionDiagram';
import { VersionList } from './VersionList';

/** A process in one of its versions: its drawing, what begins it, its versions, and a way to start it. */
export function DefinitionPage() {
  const { key = '' } = useParams();
  const [search] = useSearchParams();
  const version = readVersion(search.get('version'));
  const [starting, { open, close }] = useDisclosure(false);
  const [{ data, error, stale }, reload] = useQuery({
    query: DefinitionDocument,
    variables: { key, version },
    requestPolicy: 'cache-and-network',
  });
  const refresh = useCallback(() => reload({ requestPolicy: 'network-only' }), [reload]);
  const { may } = useViewer();
  const [shown, setShown] = useState<{ id: string } | null>(null);
  const definition = data?.processDefinition;
  const nodes = useMemo(
    () => new Map(definition?.nodes.map(({ id, name }) => [id, name])),
    [definition?.nodes],
  );
  usePageTitle(definition?.name ?? t`Process`);

  if (error) {
    return <FaultAlert fault={faultOfResult(error)} onRetry={refresh} />;
  }
  if (!definition) {
    if (!data || stale) return <Skeleton h={300} radius="lg" />;
    return (
      <EmptyState
        icon={<IconRouteOff size={32} />}
        title={t`There is no such process`}
        text={version === undefined ? t`It was never deployed.` : t`It has no version ${version}.`}
      >
        <Button component={Link} to="/processes" variant="light">
          <Trans>To the processes</Trans>
        </Button>
      </EmptyState>
    );
  }
  const newest = definition.newest.nodes[0]?.version ?? definition.version;
  const isNewest = definition.version === newest;
  return (
    <Stack>
      <Breadcrumbs>
        <Anchor component={Link} to="/processes" size="sm">
          <Trans>Processes</Trans>
        </Anchor>
        <Text size="sm" c="dimmed">
          {definition.name}
        </Text>
      </Breadcrumbs>
      <Group justify="space-between" align="flex-start">
        <div>
          <Group gap="sm">
            <Title order={1} size="h2">
              {definition.name}
            </Title>
            <Badge size="lg" variant="light" tt="none" color={isNewest ? 'indigo' : 'gray'}>
              <Trans>Version {definition.version}</Trans>
            </Badge>
          </Group>
          <Text size="sm" c="dimmed">
            <code>{definition.key}</code> ·{' '}
            <Trans>
              Deployed by {definition.deployedBy.name} <RelativeTime at={definition.createdAt} />
            </Trans>
          </Text>
        </div>
        <Group gap="xs">
          {newest > 1 && (
            <Button
              component={Link}
              to={
                isNewest
                  ? comparisonAddress(key, newest - 1, newest)
                  : comparisonAddress(key, definition.version, newest)
              }
              variant="default"
              leftSection={<IconArrowsDiff size={16} />}
            >
              {isNewest ? <Trans>Compare with the one before</Trans> : <Trans>Compare with the newest</Trans>}
            </Button>
          )}
          {!isNewest && (
            <Button component={Link} to={processAddress(key)} variant="default">
              <Trans>To the newest</Trans>
            </Button>
          )}
          {isNewest && definition.canStart && (
            <Button leftSection={<IconPlayerPlay size={16} />} onClick={open}>
              <Trans>Start</Trans>
            </Button>
          )}
        </Group>
      </Group>
      {may('OPERATOR') && (
        <StartIncidents
          definition={definition}
          isNewest={isNewest}
          onShow={(id) => setShown({ id })}
          onChanged={refresh}
        />
      )}
      <VersionDiagram processKey={key} version={definition.version} name={definition.name} shown={shown} />
      <BeginsBy
        events={definition.startEvents}
        isNewest={isNewest}
        nodes={nodes}
        shown={shown?.id ?? null}
        onShow={(id) => setShown({ id })}
        refresh={refresh}
      />
      <Folded title={t`The diagram in words`}>
        <ol className="path" data-testid="node-list">
          {definition.nodes.map((node) => (
            <li key={node.id} data-node={node.id}>
              <Text size="sm">
                {node.name}{' '}
                <Text span inherit c="dimmed">
                  {kindLabel(node.kind)}
                </Text>
              </Text>
            </li>
          ))}
        </ol>
      </Folded>
      <VersionList processKey={key} current={definition.version} newest={newest} />
      <StartProcess processKey={starting ? definition.key : null} name={definition.name} onClose={close} />
    </Stack>
  );
}
