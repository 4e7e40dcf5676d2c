import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Badge, Blockquote, Text, Timeline } from '@mantine/core';
import {
  IconAlarm,
  IconArrowBackUp,
  IconArrowForwardUp,
  IconBan,
  IconBolt,
  IconCheck,
  IconFlag,
  IconMessage,
  IconPlayerPause,
  IconPlayerPlay,
  IconPoint,
  IconUsers,
  IconX,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { HistoryKind } from '../gql/graphql';
import { count } from '../language/format';
import { FileLink } from '../task/Attachments';
import { RelativeTime } from '../ui/RelativeTime';
import { became, deed } from './telling';
import { type Act, acts, type Consequence, filesOf, type HistoryEntry } from './timeline';

interface HistoryTimelineProps {
  history: readonly HistoryEntry[];
  /** The instance whose history it is; the others are its children. */
  instanceId: string;
  /** What nodes are called. */
  nodes: ReadonlyMap<string, string>;
  /** What the children are called. */
  children: ReadonlyMap<string, string>;
}

const LOOK: Partial<Record<HistoryKind, { icon: ReactNode; color: string }>> = {
  START: { icon: <IconPlayerPlay size={12} />, color: 'indigo' },
  APPROVE: { icon: <IconCheck size={12} />, color: 'teal.8' },
  REJECT: { icon: <IconX size={12} />, color: 'red.8' },
  RETURN: { icon: <IconArrowBackUp size={12} />, color: 'yellow.9' },
  WITHDRAW: { icon: <IconArrowBackUp size={12} />, color: 'yellow.9' },
  RECALL: { icon: <IconArrowBackUp size={12} />, color: 'yellow.9' },
  DELEGATE: { icon: <IconArrowForwardUp size={12} />, color: 'blue.8' },
  TRANSFER: { icon: <IconArrowForwardUp size={12} />, color: 'blue.8' },
  ADD_SIGNERS: { icon: <IconUsers size={12} />, color: 'blue.8' },
  COMMENT: { icon: <IconMessage size={12} />, color: 'gray.7' },
  URGE: { icon: <IconAlarm size={12} />, color: 'orange.9' },
  CANCEL: { icon: <IconBan size={12} />, color: 'orange.9' },
  SUSPEND: { icon: <IconPlayerPause size={12} />, color: 'orange.9' },
  RESUME: { icon: <IconPlayerPlay size={12} />, color: 'indigo' },
  TRIGGER: { icon: <IconBolt size={12} />, color: 'indigo' },
  END: { icon: <IconFlag size={12} />, color: 'indigo' },
};

/** Who did what, when and why, with what came of it. */
export function HistoryTimeline({ history, ...about }: HistoryTimelineProps) {
  const told = acts(history);
  return (
    <Timeline bulletSize={22} lineWidth={2} active={told.length} data-testid="history">
      {told.map((act, index) => {
        const look = LOOK[act.entry.kind];
        return (
          <Timeline.Item
            key={index}
            bullet={look?.icon ?? <IconPoint size={12} />}
            color={look?.color ?? 'gray.7'}
            data-kind={act.entry.kind}
          >
            <ActText act={act} {...about} />
          </Timeline.Item>
        );
      })}
    </Timeline>
  );
}

type About = Omit<HistoryTimelineProps, 'history'>;

function nodeName(entry: Pick<HistoryEntry, 'nodeId' | 'task'>, nodes: About['nodes']): string | null {
  if (entry.task) return entry.task.name;
  return entry.nodeId == null ? null : (nodes.get(entry.nodeId) ?? entry.nodeId);
}

function ActText({ act, ...about }: { act: Act } & About) {
  const { entry, consequences } = act;
  const files = filesOf(entry);
  const node = nodeName(entry, about.nodes);
  return (
    <>
      <Text size="sm">
        {entry.actor ? (
          <>
            <Text span inherit fw={600}>
              {entry.actor.name}
            </Text>{' '}
            {deed(entry, node)}
          </>
        ) : (
          <ConsequenceText
            consequence={{
              kind: entry.kind,
              nodeId: entry.nodeId ?? null,
              instanceId: entry.instanceId,
              entries: [entry],
            }}
            {...about}
          />
        )}
        {' · '}
        <Text span inherit c="dimmed">
          <RelativeTime at={entry.at} />
        </Text>
        <ChildMark where={entry.instanceId} {...about} />
      </Text>
      {entry.reason != null && entry.kind !== 'END' && (
        <Blockquote p="xs" mt={6} mb={4} fz="sm" className="said" radius="md" color="gray">
          {entry.reason}
        </Blockquote>
      )}
      {files.length > 0 && (
        <Text size="sm">
          {files.map((file) => (
            <FileLink key={file.id} name={file.name} url={file.url} />
          ))}
        </Text>
      )}
      {consequences.map((consequence, index) => (
        <Text key={index} size="xs" c="dimmed">
          <ConsequenceText consequence={consequence} {...about} />
          <ChildMark where={consequence.instanceId} {...about} />
        </Text>
      ))}
    </>
  );
}

/** What happened in a process that was called. */
function ChildMark({ where, instanceId, children }: { where: string } & About) {
  if (where === instanceId) return null;
  return (
    <Badge
      component={Link}
      to={`/instances/${encodeURIComponent(where)}`}
      size="xs"
      variant="light"
      color="grape"
      tt="none"
      ml={6}
      style={{ cursor: 'pointer' }}
    >
      <Trans>in {children.get(where) ?? t`a called process`}</Trans>
    </Badge>
  );
}

function ConsequenceText({ consequence, nodes }: { consequence: Consequence } & About) {
  const { kind, entries } = consequence;
  const [first] = entries;
  const node = first ? nodeName(first, nodes) : null;
  const people = entries.flatMap(({ kind, task, users }) =>
    kind === 'CREATE' ? users.map(({ name }) => name) : (task?.assignee?.name ?? []),
  );
  return (
    <>
      {became(kind, node, people)}
      {people.length < entries.length && entries.length > 1 && ` (${count(entries.length)})`}
    </>
  );
}
