import { t } from '@lingui/core/macro';
import { type ComboboxData, MultiSelect, Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useQuery } from 'urql';
import type { PeopleQuery } from '../gql/graphql';
import { PeopleDocument, PersonNameDocument } from './operations';

type Person = PeopleQuery['people']['nodes'][number];

const SEARCH_AFTER_MS = 200;

/** People of the directory whose name begins so, and those who were chosen, to find their names again. */
function usePeople(search: string) {
  const [wanted] = useDebouncedValue(search.trim(), SEARCH_AFTER_MS);
  const [{ data, fetching }] = useQuery({
    query: PeopleDocument,
    variables: { search: wanted },
    requestPolicy: 'cache-and-network',
  });
  return { people: data?.people.nodes ?? [], fetching };
}

function labelled({ name, departments }: Person): string {
  const department = departments[0]?.name;
  return department === undefined ? name : `${name}, ${department}`;
}

interface Shared {
  label?: string;
  'aria-label'?: string;
  placeholder?: string;
  required?: boolean;
  error?: string | undefined;
}

interface PeoplePickerProps extends Shared {
  /** User ids. */
  value: readonly string[];
  onChange: (userIds: string[]) => void;
}

/** Chooses people, by searching for their names. */
export function PeoplePicker({ value, onChange, ...shared }: PeoplePickerProps) {
  const [search, setSearch] = useState('');
  const [names, setNames] = useState<ReadonlyMap<string, string>>(new Map());
  const { people, fetching } = usePeople(search);
  const found = people.map((person) => ({ value: person.userId, label: labelled(person) }));
  const known = value
    .filter((id) => !found.some((option) => option.value === id))
    .map((id) => ({ value: id, label: names.get(id) ?? id }));
  return (
    <MultiSelect
      {...shared}
      data={[...found, ...known]}
      value={[...value]}
      onChange={(userIds) => {
        const labels = found.map((option) => [option.value, option.label] as const);
        setNames(new Map([...names, ...labels]));
        setSearch('');
        onChange(userIds);
      }}
      searchable
      searchValue={search}
      onSearchChange={setSearch}
      // The server has searched.
      filter={({ options }) => options}
      hidePickedOptions
      nothingFoundMessage={fetching ? t`Searching…` : t`Nobody found`}
    />
  );
}

interface PersonPickerProps extends Shared {
  /** A user id. */
  value: string | null;
  onChange: (userId: string | null) => void;
  flex?: string;
  maw?: number;
}

/** Chooses one person. */
export function PersonPicker({ value, onChange, ...shared }: PersonPickerProps) {
  const [search, setSearch] = useState('');
  const [{ data: chosen }] = useQuery({
    query: PersonNameDocument,
    variables: { id: value ?? '' },
    requestPolicy: 'cache-first',
    pause: value === null,
  });
  const name = value === null ? null : (chosen?.person?.name ?? value);
  // What is shown of who was chosen is no search.
  const { people, fetching } = usePeople(search === name ? '' : search);
  const data: ComboboxData = people.map((person) => ({ value: person.userId, label: person.name }));
  const missing = value !== null && name !== null && !people.some(({ userId }) => userId === value);
  return (
    <Select
      {...shared}
      data={missing ? [...data, { value, label: name }] : data}
      value={value}
      onChange={onChange}
      searchable
      searchValue={search}
      onSearchChange={setSearch}
      filter={({ options }) => options}
      clearable
      nothingFoundMessage={fetching ? 'Searching…' : 'Nobody found'}
    />
  );
}
