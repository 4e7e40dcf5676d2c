import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import {
  Anchor,
  Breadcrumbs,
  Button,
  Group,
  NumberInput,
  Paper,
  SimpleGrid,
  Skeleton,
  Stack,
  Text,
  Title,
} from '@mantine/core';
import { IconEqual, IconRouteOff } from '@tabler/icons-react';
import { useEffect, useMemo, useState } from 'react';
import { Link, useParams, useSearchParams } from 'react-router';
import { useQuery } from 'urql';
import { faultOfResult } from '../api/fault';
import type { Difference } from '../diagram/differences';
import type { Marks } from '../diagram/marks';
import { diagramXml } from '../diagram/source';
import { EmptyState } from '../ui/EmptyState';
import { FaultAlert } from '../ui/FaultAlert';
import { usePageTitle } from '../ui/usePageTitle';
import { processAddress, readVersion, versionAddress } from './addresses';
import { DifferenceList } from './DifferenceList';
import { ComparisonDocument } from './operations';
import { VersionDiagram } from './VersionDiagram';

/** Two versions of a process beside each other. */
export function ComparePage() {
  const { key = '' } = useParams();
  const [search, setSearch] = useSearchParams();
  const to = readVersion(search.get('to')) ?? 1;
  const from = readVersion(search.get('from')) ?? Math.max(1, to - 1);
  const [{ data, error }, reload] = useQuery({
    query: ComparisonDocument,
    variables: { key, from, to },
    requestPolicy: 'cache-first',
  });
  const [shown, setShown] = useState<{ id: string } | null>(null);
  const newest = data?.newest?.version;
  const name = data?.newest?.name ?? key;
  usePageTitle(t`${name}: ${from} and ${to} compared`);
  const { found, isUnreadable } = useDifferences(data?.before, data?.after);
  const before = useMemo(() => marksOf(found, 'added'), [found]);
  const after = useMemo(() => marksOf(found, 'removed'), [found]);
  const choose = (versions: { from?: number; to?: number }) => {
    setShown(null);
    setSearch({ from: String(versions.from ?? from), to: String(versions.to ?? to) }, { replace: true });
  };

  if (error) {
    return (
      <FaultAlert fault={faultOfResult(error)} onRetry={() => reload({ requestPolicy: 'network-only' })} />
    );
  }
  if (data && (!data.before || !data.after)) {
    return (
      <EmptyState
        icon={<IconRouteOff size={32} />}
        title={t`There are no such versions`}
        text={
          newest === undefined
            ? t`There is no such process.`
            : t`The versions of this process go from 1 to ${newest}.`
        }
      >
        <Button
          component={Link}
          to={newest === undefined ? '/processes' : processAddress(key)}
          variant="light"
        >
          {newest === undefined ? <Trans>To the processes</Trans> : <Trans>To the process</Trans>}
        </Button>
      </EmptyState>
    );
  }
  return (
    <Stack>
      <Breadcrumbs>
        <Anchor component={Link} to="/processes" size="sm">
          <Trans>Processes</Trans>
        </Anchor>
        <Anchor component={Link} to={processAddress(key)} size="sm">
          {name}
        </Anchor>
        <Text size="sm" c="dimmed">
          <Trans>Compare</Trans>
        </Text>
      </Breadcrumbs>
      <Title order={1} size="h2">
        <Trans>
          {name}: {from} and {to} compared
        </Trans>
      </Title>
      {isUnreadable && (
        <FaultAlert
          fault={{
            code: 'INTERNAL',
            message: t`The versions could not be compared here. Load the page again.`,
          }}
        />
      )}
      {!data && <Skeleton h={360} radius="lg" />}
      {data && (
        <SimpleGrid cols={{ base: 1, md: 2 }}>
          {(
            [
              { side: 'from', version: from, marks: before },
              { side: 'to', version: to, marks: after },
            ] as const
          ).map(({ side, version, marks }) => (
            <Stack key={side} gap="xs" component="section" aria-label={sideLabel(side)} data-side={side}>
              <Group gap="sm" align="flex-end">
                <NumberInput
                  label={sideLabel(side)}
                  value={version}
                  min={1}
                  {...(newest !== undefined && { max: newest })}
                  allowDecimal={false}
                  clampBehavior="strict"
                  w={120}
                  size="xs"
                  onChange={(value) => {
                    if (typeof value === 'number' && value >= 1) choose({ [side]: value });
                  }}
                />
                <Anchor component={Link} to={versionAddress(key, version)} size="sm" pb={5}>
                  <Trans>Look at it alone</Trans>
                </Anchor>
              </Group>
              <VersionDiagram processKey={key} version={version} name={name} marks={marks} shown={shown} />
            </Stack>
          ))}
        </SimpleGrid>
      )}
      {found?.length === 0 && (
        <EmptyState
          icon={<IconEqual size={32} />}
          title={t`Nothing is different`}
          text={t`What the two versions do and how they are drawn is the same.`}
        />
      )}
      {found && found.length > 0 && (
        <Paper withBorder radius="lg" p="md" component="section" aria-label={t`What is different`}>
          <Title order={2} size="h4" mb="sm">
            <Trans>What is different</Trans>
          </Title>
          <DifferenceList differences={found} shown={shown?.id ?? null} onShow={(id) => setShown({ id })} />
        </Paper>
      )}
    </Stack>
  );
}

function sideLabel(side: 'from' | 'to'): string {
  return side === 'from' ? t`Earlier version` : t`Later version`;
}

/** What is marked on one side: everything but what is on the other only. */
function marksOf(found: readonly Difference[] | null, elsewhere: Difference['mark']): Marks {
  return new Map((found ?? []).flatMap(({ id, mark }) => (mark === elsewhere ? [] : [[id, mark] as const])));
}

type Source = Parameters<typeof diagramXml>[0];

interface Compared {
  /** Of which documents it is told. */
  of: readonly [string, string];
  found: readonly Difference[] | null;
}

/** What is different between two versions, once both are here and compared. */
function useDifferences(before: Source | null | undefined, after: Source | null | undefined) {
  const [compared, setCompared] = useState<Compared | null>(null);
  const [from, to] = [before ? diagramXml(before) : null, after ? diagramXml(after) : null];
  useEffect(() => {
    if (from === null || to === null) return;
    let isWanted = true;
    const put = (found: readonly Difference[] | null) => {
      if (isWanted) setCompared({ of: [from, to], found });
    };
    import('../diagram/differences')
      .then(({ differences }) => differences(from, to))
      .then(put, () => put(null));
    return () => {
      isWanted = false;
    };
  }, [from, to]);
  const isOfThese = compared !== null && compared.of[0] === from && compared.of[1] === to;
  return {
    found: isOfThese ? compared.found : null,
    isUnreadable: isOfThese && compared.found === null,
  };
}
