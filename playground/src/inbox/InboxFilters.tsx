import { t } from '@lingui/core/macro';
import { Group, Select } from '@mantine/core';
import { useQuery } from 'urql';
import { say } from '../language/format';
import { ProcessListDocument } from '../processes/operations';
import { PersonPicker } from '../task/PeoplePicker';
import { TextFilter } from '../ui/TextFilter';
import {
  DUE,
  type DueKey,
  type InboxView,
  STATUSES,
  type StatusKey,
  TASK_ORDERS,
  type TaskOrderKey,
} from './inboxView';

interface InboxFiltersProps {
  view: InboxView;
  show: (changes: Partial<InboxView>) => void;
}

/** Which tasks to list, and how to sort them. */
export function InboxFilters({ view, show }: InboxFiltersProps) {
  const [{ data }] = useQuery({ query: ProcessListDocument, variables: { first: 100 } });
  const processes = (data?.processDefinitions.nodes ?? []).map(({ key, name }) => ({
    value: key,
    label: name,
  }));
  return (
    <Group gap="xs">
      <TextFilter label={t`Name of the task`} text={view.name} onChange={(name) => show({ name })} />
      <TextFilter label={t`Reference`} text={view.reference} onChange={(reference) => show({ reference })} />
      <Select
        aria-label={t`Process`}
        placeholder={t`Any process`}
        data={processes}
        value={view.process}
        onChange={(process) => show({ process })}
        clearable
        flex="1 1 150px"
        maw={200}
      />
      <PersonPicker
        aria-label={t`Started by`}
        placeholder={t`Started by anybody`}
        value={view.startedBy}
        onChange={(startedBy) => show({ startedBy })}
        flex="1 1 150px"
        maw={200}
      />
      {view.view !== 'todo' && (
        <Select
          aria-label={t`Status`}
          placeholder={t`However it stands`}
          data={Object.entries(STATUSES).map(([value, { label }]) => ({ value, label: say(label) }))}
          value={view.status}
          onChange={(status) => show({ status: status as StatusKey | null })}
          clearable
          flex="1 1 150px"
          maw={180}
        />
      )}
      <Select
        aria-label={t`Due`}
        placeholder={t`Due at any time`}
        data={Object.entries(DUE).map(([value, { label }]) => ({ value, label: say(label) }))}
        value={view.due}
        onChange={(due) => show({ due: due as DueKey | null })}
        clearable
        flex="1 1 150px"
        maw={180}
      />
      <Select
        aria-label={t`Order`}
        data={Object.entries(TASK_ORDERS).map(([value, { label }]) => ({ value, label: say(label) }))}
        value={view.order}
        onChange={(order) => show({ order: (order as TaskOrderKey | null) ?? 'newest' })}
        allowDeselect={false}
        flex="1 1 140px"
        maw={170}
      />
    </Group>
  );
}
