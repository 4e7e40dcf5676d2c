import { t } from '@lingui/core/macro';
import { CloseButton, Group, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useState } from 'react';
import { useQuery } from 'urql';
import { say } from '../language/format';
import { ProcessListDocument } from '../processes/operations';
import { PersonPicker } from '../task/PeoplePicker';
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
      <TextFilter
        key={`name ${view.name === null ? 'empty' : 'set'}`}
        label={t`Name of the task`}
        text={view.name}
        onChange={(name) => show({ name })}
      />
      <TextFilter
        key={`reference ${view.reference === null ? 'empty' : 'set'}`}
        label={t`Reference`}
        text={view.reference}
        onChange={(reference) => show({ reference })}
      />
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

interface TextFilterProps {
  label: string;
  text: string | null;
  onChange: (text: string | null) => void;
}

function TextFilter({ label, text: given, onChange }: TextFilterProps) {
  const [text, setText] = useState(given ?? '');
  const tell = useDebouncedCallback((next: string) => onChange(next === '' ? null : next), SEARCH_AFTER_MS);
  return (
    <TextInput
      aria-label={label}
      placeholder={label}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        tell(event.currentTarget.value);
      }}
      rightSection={
        text !== '' && (
          <CloseButton
            size="sm"
            aria-label={t`Clear: ${label}`}
            onClick={() => {
              setText('');
              onChange(null);
            }}
          />
        )
      }
      flex="1 1 140px"
      maw={200}
    />
  );
}
