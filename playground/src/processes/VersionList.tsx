import { plural, t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Anchor, Badge, Stack, Table, Title } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { useQuery } from 'urql';
import { ConnectionList } from '../ui/ConnectionList';
import { ListTable } from '../ui/ListTable';
import { FIRST_PAGE, type PageArgument, relayArguments } from '../ui/paging';
import { RelativeTime } from '../ui/RelativeTime';
import { comparisonAddress, versionAddress } from './addresses';
import { VersionsDocument } from './operations';

const PAGE_SIZE = 10;

interface VersionListProps {
  processKey: string;
  /** The version that is shown. */
  current: number;
  newest: number;
}

/** The versions of a process, each to be looked at, and compared with the one that is shown. */
export function VersionList({ processKey, current, newest }: VersionListProps) {
  const [page, setPage] = useState<PageArgument>(FIRST_PAGE);
  const [{ data, error }, reload] = useQuery({
    query: VersionsDocument,
    variables: { key: processKey, ...relayArguments(page, PAGE_SIZE) },
    requestPolicy: 'cache-and-network',
  });
  return (
    <Stack gap="sm" component="section" aria-label={t`Versions`}>
      <Title order={2} size="h4">
        <Trans>Versions</Trans>
      </Title>
      <ConnectionList
        page={data?.processDefinition?.versions}
        error={error}
        onReload={() => reload({ requestPolicy: 'network-only' })}
        noun={(total) => plural(total, { one: '# version', other: '# versions' })}
        onPage={setPage}
        empty={null}
      >
        {(versions) => (
          <ListTable label={t`Versions`} minWidth={420}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>
                  <Trans>Version</Trans>
                </Table.Th>
                <Table.Th>
                  <Trans>Deployed by</Trans>
                </Table.Th>
                <Table.Th>
                  <Trans>Deployed</Trans>
                </Table.Th>
                <Table.Th ta="right">
                  <Trans>Compare</Trans>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {versions.map(({ id, version, createdAt, deployedBy }) => (
                <Table.Tr key={id}>
                  <Table.Td>
                    <Anchor
                      component={Link}
                      to={versionAddress(processKey, version)}
                      aria-current={version === current ? 'page' : undefined}
                      fw={version === current ? 700 : 500}
                    >
                      <Trans>Version {version}</Trans>
                    </Anchor>{' '}
                    {version === newest && (
                      <Badge size="sm" variant="light" tt="none">
                        <Trans>newest</Trans>
                      </Badge>
                    )}
                  </Table.Td>
                  <Table.Td>{deployedBy.name}</Table.Td>
                  <Table.Td style={{ whiteSpace: 'nowrap' }}>
                    <RelativeTime at={createdAt} />
                  </Table.Td>
                  <Table.Td ta="right">
                    {version === current ? (
                      <Trans>shown above</Trans>
                    ) : (
                      <Anchor
                        component={Link}
                        to={comparisonAddress(
                          processKey,
                          Math.min(version, current),
                          Math.max(version, current),
                        )}
                        size="sm"
                        underline="always"
                      >
                        <Trans>
                          {version} with {current}
                        </Trans>
                      </Anchor>
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </ListTable>
        )}
      </ConnectionList>
    </Stack>
  );
}
