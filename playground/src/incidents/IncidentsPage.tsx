import { plural, t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Button, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconCircleCheck, IconZoomQuestion } from '@tabler/icons-react';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { count } from '../language/format';
import { ForRole } from '../session/ForRole';
import { EmptyState } from '../ui/EmptyState';
import { FaultAlert } from '../ui/FaultAlert';
import { Pager } from '../ui/Pager';
import { FIRST_PAGE, type PageArgument } from '../ui/paging';
import { TextFilter } from '../ui/TextFilter';
import { usePageTitle } from '../ui/usePageTitle';
import { useRefreshWhile } from '../ui/useRefreshWhile';
import { isAbout, jobOf } from './about';
import { IncidentTable } from './IncidentTable';
import { useIncidents } from './useIncidents';

/** What could not be done in any instance, for operators to see to. */
export function IncidentsPage() {
  usePageTitle(t`Incidents`);
  return (
    <Stack>
      <div>
        <Title order={1} size="h2">
          <Trans>Incidents</Trans>
        </Title>
        <Text c="dimmed">
          <Trans>What could not be done for an instance. See to the cause, and have it done again.</Trans>
        </Text>
      </div>
      <ForRole role="OPERATOR">
        <IncidentList />
      </ForRole>
    </Stack>
  );
}

function IncidentList() {
  const [search, setSearch] = useSearchParams();
  const [page, setPage] = useState<PageArgument>(FIRST_PAGE);
  const text = search.get('find')?.trim() ?? '';
  const isFiltered = text !== '';
  const { data, fault, refresh } = useIncidents(page, isFiltered);
  // To look through very many takes several requests, which are not sent every two seconds.
  useRefreshWhile(!isFiltered || (data?.incidents.totalCount ?? 0) <= 100, refresh);
  const find = (words: string | null) => {
    setPage(FIRST_PAGE);
    setSearch(words === null ? {} : { find: words }, { replace: true });
  };
  const incidents = data?.incidents;
  // The last one of a page was seen to: there are others before it.
  const isPast = incidents?.nodes.length === 0 && incidents.totalCount > 0;
  if (isPast && !isFiltered && page !== FIRST_PAGE) setPage(FIRST_PAGE);
  const told = (incidents?.nodes ?? [])
    .map((incident) => ({ incident, job: jobOf(incident, data?.failedJobs ?? []) }))
    .filter(({ incident, job }) => !isFiltered || isAbout(text, incident, job));
  return (
    <>
      <Group gap="xs">
        <TextFilter
          label={t`Process, reference, node, topic or error`}
          text={isFiltered ? text : null}
          onChange={find}
          maw={380}
        />
      </Group>
      {fault && <FaultAlert fault={fault} onRetry={refresh} />}
      {!incidents && !fault && <Skeleton h={280} radius="lg" />}
      {incidents && told.length === 0 && <Nothing isFiltered={isFiltered} onAll={() => find(null)} />}
      {told.length > 0 && <IncidentTable told={told} onChanged={refresh} />}
      {incidents && isFiltered && incidents.totalCount > incidents.nodes.length && (
        <Text size="sm" c="dimmed">
          <Trans>
            Looked through the oldest {count(incidents.nodes.length)} of {count(incidents.totalCount)}.
          </Trans>
        </Text>
      )}
      {incidents && !isFiltered && told.length > 0 && (
        <Pager
          noun={(total) => plural(total, { one: '# incident', other: '# incidents' })}
          totalCount={incidents.totalCount}
          shown={incidents.nodes.length}
          ends={incidents.pageInfo}
          onPage={setPage}
        />
      )}
    </>
  );
}

function Nothing({ isFiltered, onAll }: { isFiltered: boolean; onAll: () => void }) {
  if (isFiltered) {
    return (
      <EmptyState icon={<IconZoomQuestion size={32} />} title={t`No incident matches the filter`}>
        <Button variant="light" onClick={onAll}>
          <Trans>Show all</Trans>
        </Button>
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<IconCircleCheck size={32} />}
      title={t`No open incidents`}
      text={t`What cannot be done comes in here by itself.`}
    />
  );
}
