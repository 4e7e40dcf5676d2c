import { CloseButton, Group, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useState } from 'react';
import { useQuery } from 'urql';
import { ProcessListDocument } from '../processes/operations';
import { PersonPicker } from '../task/PeoplePicker';
import { DUE, type DueKey, type InboxView, TASK_ORDERS, type TaskOrderKey } from './inboxView';

interface InboxFiltersProps {
  view: InboxView;
  show: (changes: Partial<InboxView>) => void;
}

const SEARCH_AFTER_MS = 250;

/** Which tasks to list, and how to sort them. */
export function InboxFilters({ view, show }: InboxFiltersProps) {
  const [{ data }] = useQuery({ query: ProcessListDocument, variables: { first: 100 } });
  const processes = (data?.processDefinitions.nodes ?? []).map(({ key, name }) => ({
    value: key,
    label: name,
  }));
  return (
    <Group gap="xs">
      <NameFilter
        key={view.name === null ? 'empty' : 'set'}
        name={view.name}
        onChange={(name) => show({ name })}
      />
      <Select
        aria-label="Process"
        placeholder="Any process"
        data={processes}
        value={view.process}
        onChange={(process) => show({ process })}
        clearable
        flex="1 1 150px"
        maw={200}
      />
      <PersonPicker
        aria-label="Started by"
        placeholder="Started by anybody"
        value={view.startedBy}
        onChange={(startedBy) => show({ startedBy })}
        flex="1 1 150px"
        maw={200}
      />
      <Select
        aria-label="Due"
        placeholder="Due at any time"
        data={Object.entries(DUE).map(([value, { label }]) => ({ value, label }))}
        value={view.due}
        onChange={(due) => show({ due: due as DueKey | null })}
        clearable
        flex="1 1 150px"
        maw={180}
      />
      <Select
        aria-label="Order"
        data={Object.entries(TASK_ORDERS).map(([value, { label }]) => ({ value, label }))}
        value={view.order}
        onChange={(order) => show({ order: (order as TaskOrderKey | null) ?? 'newest' })}
        allowDeselect={false}
        flex="1 1 140px"
        maw={170}
      />
    </Group>
  );
}

function NameFilter({ name, onChange }: { name: string | null; onChange: (name: string | null) => void }) {
  const [text, setText] = useState(name ?? '');
  const tell = useDebouncedCallback((next: string) => onChange(next === '' ? null : next), SEARCH_AFTER_MS);
  return (
    <TextInput
      aria-label="Name of the task"
      placeholder="Name of the task"
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        tell(event.currentTarget.value);
      }}
      rightSection={
        text !== '' && (
          <CloseButton
            size="sm"
            aria-label="Clear the name"
            onClick={() => {
              setText('');
              onChange(null);
            }}
          />
        )
      }
      flex="1 1 160px"
      maw={220}
    />
  );
}
