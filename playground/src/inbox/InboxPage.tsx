import type { MessageDescriptor } from '@lingui/core';
import { msg, t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Anchor, Button, Drawer, Group, Skeleton, Stack, Tabs, Title } from '@mantine/core';
import { IconArrowUp, IconInbox } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { newRequestKey } from '../api/requestKey';
import { count, say } from '../language/format';
import { useSession } from '../session/session';
import { SheetMenu } from '../sheets/SheetMenu';
import { TaskPanel } from '../task/TaskPanel';
import { EmptyState } from '../ui/EmptyState';
import { FaultAlert } from '../ui/FaultAlert';
import { LiveBadge } from '../ui/LiveBadge';
import { FIRST_PAGE } from '../ui/paging';
import { usePageTitle } from '../ui/usePageTitle';
import { DecideAll } from './DecideAll';
import { DecideMany, type Wanted } from './DecideMany';
import { useInbox } from './inboxContext';
import { InboxFilters } from './InboxFilters';
import {
  type InboxView,
  isFiltered,
  NO_FILTER,
  readInboxView,
  taskFilter,
  turnedTo,
  type ViewKey,
  VIEWS,
  writeInboxView,
} from './inboxView';
import type { TaskRow } from './inboxState';
import { TaskList } from './TaskList';
import { useInboxList } from './useInboxList';
import { useKeptFocus } from './useKeptFocus';
import { useSelection } from './useSelection';

const NO_ROWS: readonly TaskRow[] = [];

/** One's tasks, live, and one of them open beside the list. */
export function InboxPage() {
  const { todo } = useInbox();
  const { reconnecting } = useSession();
  usePageTitle(todo === null || todo === 0 ? t`Inbox` : t`Inbox (${todo})`);
  const [search, setSearch] = useSearchParams();
  const view = readInboxView(search);
  const list = useRef<HTMLUListElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const { snapshot, reload, catchUp } = useInboxList(view, list);
  const { page, fault, fresh } = snapshot;
  const address = (changes: Partial<InboxView>) => writeInboxView({ ...view, ...changes });
  // Two changes close together, as a text that is still being taken over and a choice: neither undoes the other.
  const newest = useRef(view);
  useEffect(() => {
    newest.current = readInboxView(search);
  }, [search]);
  const show = (changes: Partial<InboxView>) => {
    newest.current = { ...newest.current, page: FIRST_PAGE, task: null, ...changes };
    setSearch(writeInboxView(newest.current), { replace: !('page' in changes) });
  };

  const keep = useKeptFocus(list, heading, page?.nodes);

  const total = page?.totalCount ?? 0;
  const selecting = useSelection(view, page?.nodes ?? NO_ROWS);
  const [wanted, setWanted] = useState<Wanted | null>(null);
  const decide = (tasks: Wanted['tasks'], count: number) =>
    setWanted({ tasks, total: count, requestKey: newRequestKey() });
  const decideAll = () => decide({ filter: taskFilter(view, new Date()) }, total);

  function decideSelected() {
    const { everything, ids } = selecting.selection;
    if (everything) decideAll();
    else decide({ taskIds: [...ids] }, ids.size);
  }

  /** Closes what is open; the keyboard goes on at its row. */
  function close() {
    setSearch(address({ task: null }), { replace: true });
    if (view.task !== null) keep(view.task);
  }

  return (
    <Stack>
      <Group justify="space-between">
        <Group gap="sm">
          <Title order={1} size="h2" tabIndex={-1} ref={heading} style={{ outline: 'none' }}>
            <Trans>Inbox</Trans>
          </Title>
          <LiveBadge reconnecting={reconnecting} />
        </Group>
        {view.view === 'todo' && (
          <Group gap="xs">
            <SheetMenu view={view} total={total} />
            <DecideAll total={total} onDecide={decideAll} />
          </Group>
        )}
      </Group>
      <Tabs
        value={view.view}
        onChange={(key) => setSearch(writeInboxView(turnedTo(view, (key ?? 'todo') as ViewKey)))}
        aria-label={t`Views of the inbox`}
        keepMounted={false}
      >
        <Tabs.List>
          {Object.entries(VIEWS).map(([key, { label }]) => (
            <Tabs.Tab key={key} value={key}>
              {say(label)}
              {key === 'todo' && todo !== null && todo > 0 && ` (${count(todo)})`}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={view.view} pt="md">
          <Stack>
            <InboxFilters view={view} show={show} />
            {fault && <FaultAlert fault={fault} onRetry={reload} />}
            {!page && !fault && <Skeleton h={280} radius="lg" />}
            {fresh > 0 && (
              <Group justify="center" className="fresh">
                <Button
                  size="xs"
                  radius="xl"
                  variant="light"
                  leftSection={<IconArrowUp size={14} />}
                  onClick={() => {
                    catchUp();
                    window.scrollTo({ top: 0 });
                  }}
                  data-testid="fresh"
                >
                  <Trans>{count(fresh)} new</Trans>
                </Button>
              </Group>
            )}
            {page?.nodes.length === 0 && <Nothing view={view} show={show} />}
            {page && page.nodes.length > 0 && (
              <TaskList
                page={page}
                list={list}
                addressOf={(task) => `/inbox?${address({ task }).toString()}`}
                openTask={view.task}
                selecting={view.view === 'todo' ? selecting : null}
                onDecide={decideSelected}
                onPage={(next) => show({ page: next })}
              />
            )}
          </Stack>
        </Tabs.Panel>
      </Tabs>
      <DecideMany wanted={wanted} onClose={() => setWanted(null)} />
      <Drawer
        opened={view.task !== null}
        onClose={close}
        position="right"
        size="lg"
        title={
          view.task !== null && (
            <Anchor component={Link} to={`/tasks/${encodeURIComponent(view.task)}`} size="sm">
              <Trans>On a page of its own</Trans>
            </Anchor>
          )
        }
        overlayProps={{ backgroundOpacity: 0.15 }}
        returnFocus={false}
      >
        {view.task !== null && (
          // The keyboard begins above the form, whatever is loaded when.
          <div tabIndex={-1} data-autofocus style={{ outline: 'none' }}>
            <TaskPanel key={view.task} taskId={view.task} order={2} onDecided={close} />
          </div>
        )}
      </Drawer>
    </Stack>
  );
}

function Nothing({ view, show }: { view: InboxView; show: (changes: Partial<InboxView>) => void }) {
  if (isFiltered(view)) {
    return (
      <EmptyState icon={<IconInbox size={32} />} title={t`No task matches the filter`}>
        <Button variant="light" onClick={() => show(NO_FILTER)}>
          <Trans>Show all</Trans>
        </Button>
      </EmptyState>
    );
  }
  const { title, text } = EMPTY[view.view];
  return <EmptyState icon={<IconInbox size={32} />} title={say(title)} text={say(text)} />;
}

const EMPTY: Record<ViewKey, { title: MessageDescriptor; text: MessageDescriptor }> = {
  todo: {
    title: msg`Nothing to do`,
    text: msg`What is yours to decide, or your groups’ to claim, comes in here by itself.`,
  },
  done: { title: msg`Nothing decided yet`, text: msg`What you have decided stays here.` },
  copied: { title: msg`Nothing copied to you`, text: msg`What others show you comes in here.` },
  all: { title: msg`No tasks`, text: msg`Start a process, and its tasks are here.` },
};
