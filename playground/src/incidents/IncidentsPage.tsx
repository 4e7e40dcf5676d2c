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
import { type ConnectionPage, FIRST_PAGE, type PageArgument } from '../ui/paging';
import { TextFilter } from '../ui/TextFilter';
import { usePageTitle } from '../ui/usePageTitle';
import { useRefreshWhile } from '../ui/useRefreshWhile';
import { isAbout, isAboutStart, jobOf } from './about';
import { IncidentTable } from './IncidentTable';
import { StartIncidentTable } from './StartIncidentTable';
import { useIncidents, useStartIncidents } from './useIncidents';

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
  const [startsPage, setStartsPage] = useState<PageArgument>(FIRST_PAGE);
  const text = search.get('find')?.trim() ?? '';
  const isFiltered = text !== '';
  const { data, fault, refresh } = useIncidents(page, isFiltered);
  const starts = useStartIncidents(startsPage, isFiltered);
  // To look through very many takes several requests, which are not sent every two seconds.
  useRefreshWhile(!isFiltered || (data?.page.totalCount ?? 0) <= 100, refresh);
  useRefreshWhile(!isFiltered || (starts.data?.page.totalCount ?? 0) <= 100, starts.refresh);
  const find = (words: string | null) => {
    setPage(FIRST_PAGE);
    setStartsPage(FIRST_PAGE);
    setSearch(words === null ? {} : { find: words }, { replace: true });
  };
  const incidents = data?.page;
  // The last one of a page was seen to: there are others before it.
  if (isPast(incidents) && !isFiltered && page !== FIRST_PAGE) setPage(FIRST_PAGE);
  if (isPast(starts.data?.page) && !isFiltered && startsPage !== FIRST_PAGE) setStartsPage(FIRST_PAGE);
  const told = (incidents?.nodes ?? [])
    .map((incident) => ({ incident, job: jobOf(incident, data?.first.failedJobs.nodes ?? []) }))
    .filter(({ incident, job }) => !isFiltered || isAbout(text, incident, job));
  const toldStarts = (starts.data?.page.nodes ?? []).filter(
    (incident) => !isFiltered || isAboutStart(text, incident),
  );
  const failed = fault ?? starts.fault;
  const refreshBoth = () => {
    refresh();
    starts.refresh();
  };
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
      {failed && <FaultAlert fault={failed} onRetry={refreshBoth} />}
      {!incidents && !failed && <Skeleton h={280} radius="lg" />}
      {incidents && starts.data && told.length === 0 && toldStarts.length === 0 && (
        <Nothing isFiltered={isFiltered} onAll={() => find(null)} />
      )}
      {told.length > 0 && <IncidentTable told={told} onChanged={refresh} />}
      {incidents && (
        <Rest
          page={incidents}
          isFiltered={isFiltered}
          noun={(total) => plural(total, { one: '# incident', other: '# incidents' })}
          onPage={setPage}
        />
      )}
      {starts.data && (isFiltered ? toldStarts.length > 0 : starts.data.page.totalCount > 0) && (
        <Stack component="section" aria-label={t`What could not begin`}>
          <div>
            <Title order={2} size="h4">
              <Trans>What could not begin</Trans>
            </Title>
            <Text size="sm" c="dimmed">
              <Trans>Instances that an event was to begin.</Trans>
            </Text>
          </div>
          {toldStarts.length > 0 && <StartIncidentTable incidents={toldStarts} onChanged={starts.refresh} />}
          <Rest
            page={starts.data.page}
            isFiltered={isFiltered}
            noun={(total) =>
              plural(total, {
                one: '# instance that could not begin',
                other: '# instances that could not begin',
              })
            }
            onPage={setStartsPage}
          />
        </Stack>
      )}
    </>
  );
}

function isPast(page: ConnectionPage<unknown> | undefined): boolean {
  return page?.nodes.length === 0 && page.totalCount > 0;
}

interface RestProps {
  page: ConnectionPage<unknown>;
  isFiltered: boolean;
  noun: (total: number) => string;
  onPage: (page: PageArgument) => void;
}

/** Leads to what is not on the page; what is looked through for a text has no pages. */
function Rest({ page, isFiltered, noun, onPage }: RestProps) {
  const { nodes, totalCount, pageInfo } = page;
  if (!isFiltered) {
    if (nodes.length === 0) return null;
    return <Pager noun={noun} totalCount={totalCount} shown={nodes.length} ends={pageInfo} onPage={onPage} />;
  }
  if (totalCount <= nodes.length) return null;
  return (
    <Text size="sm" c="dimmed">
      <Trans>
        Looked through the oldest {count(nodes.length)} of {count(totalCount)}.
      </Trans>
    </Text>
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
