import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import {
  Autocomplete,
  Button,
  Checkbox,
  Group,
  MultiSelect,
  NumberInput,
  Select,
  Stack,
  TextInput,
} from '@mantine/core';
import { useRef, useState } from 'react';
import { useQuery } from 'urql';
import type { Fault } from '../api/fault';
import type { HookAction, WebhookEventType, WebhookMode } from '../gql/graphql';
import { say } from '../language/format';
import { ProcessListDocument } from '../processes/operations';
import { FaultAlert } from '../ui/FaultAlert';
import { checkDraft, type DraftFaults, USUAL_TIMEOUT, type WebhookDraft } from './webhookDraft';
import { ACTIONS, EVENT_TYPES, GROUPS, MODES, typesAbout } from './words';

interface WebhookFormProps {
  first: WebhookDraft;
  /** What it is for stays as it is. */
  isThere: boolean;
  fault: Fault | null;
  fetching: boolean;
  onSubmit: (draft: WebhookDraft) => void;
  onClose: () => void;
}

/** What is to be known of a webhook. */
export function WebhookForm({ first, isThere, fault, fetching, onSubmit, onClose }: WebhookFormProps) {
  const [draft, setDraft] = useState(first);
  const [faults, setFaults] = useState<DraftFaults>({});
  const url = useRef<HTMLInputElement>(null);
  const [{ data }] = useQuery({ query: ProcessListDocument, variables: { first: 100 } });
  const change = (changes: Partial<WebhookDraft>) => {
    setDraft({ ...draft, ...changes });
    setFaults({});
  };

  function submit() {
    const found = checkDraft(draft);
    setFaults(found);
    if (found.url !== undefined) url.current?.focus();
    if (Object.keys(found).length === 0) onSubmit(draft);
  }

  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Stack gap="sm">
        <TextInput
          ref={url}
          label={t`Address`}
          description={t`Where messages are sent to. It must be public, unless this server's configuration lists it.`}
          placeholder="https://erp.example.org/docket"
          type="url"
          required
          maxLength={2048}
          value={draft.url}
          error={faults.url}
          onChange={(event) => change({ url: event.currentTarget.value })}
          data-autofocus
        />
        <TextInput
          label={t`What it is for`}
          maxLength={1000}
          value={draft.description}
          onChange={(event) => change({ description: event.currentTarget.value })}
        />
        <Group grow align="flex-start" gap="sm">
          <Select
            label={t`Mode`}
            data={(Object.keys(MODES) as WebhookMode[]).map((value) => ({ value, label: say(MODES[value]) }))}
            value={draft.mode}
            onChange={(mode) => mode !== null && change({ mode })}
            allowDeselect={false}
            disabled={isThere}
          />
          <Autocomplete
            label={t`Process`}
            placeholder={t`Of all processes`}
            data={(data?.processDefinitions.nodes ?? []).map(({ key }) => key)}
            value={draft.definitionKey}
            onChange={(definitionKey) => change({ definitionKey })}
          />
        </Group>
        {draft.mode === 'NOTIFY' ? (
          <Events chosen={draft.eventTypes} onChange={(eventTypes) => change({ eventTypes })} />
        ) : (
          <Asked draft={draft} fault={faults.actions} onChange={change} />
        )}
        <NumberInput
          label={t`Seconds to answer in`}
          placeholder={String(USUAL_TIMEOUT[draft.mode])}
          min={1}
          max={30}
          allowDecimal={false}
          value={draft.timeoutSeconds ?? ''}
          onChange={(value) => change({ timeoutSeconds: typeof value === 'number' ? value : null })}
          maw={200}
        />
        {fault && <FaultAlert fault={fault} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            <Trans>Leave it</Trans>
          </Button>
          <Button type="submit" loading={fetching}>
            {isThere ? <Trans>Save</Trans> : <Trans>Create webhook</Trans>}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface EventsProps {
  chosen: readonly WebhookEventType[];
  onChange: (chosen: readonly WebhookEventType[]) => void;
}

function Events({ chosen, onChange }: EventsProps) {
  const data = (Object.keys(GROUPS) as (keyof typeof GROUPS)[]).map((group) => ({
    group: say(GROUPS[group]),
    items: typesAbout(group).map((value) => ({ value, label: say(EVENT_TYPES[value].label) })),
  }));
  return (
    <MultiSelect
      label={t`Events`}
      description={t`Nothing chosen: everything, also what there will be later.`}
      data={data}
      value={[...chosen]}
      onChange={(types) => onChange(types)}
      searchable
      clearable
      nothingFoundMessage={t`There is no such event`}
    />
  );
}

interface AskedProps {
  draft: WebhookDraft;
  fault: string | undefined;
  onChange: (changes: Partial<WebhookDraft>) => void;
}

function Asked({ draft, fault, onChange }: AskedProps) {
  return (
    <>
      <Checkbox.Group
        label={t`Asked before`}
        required
        error={fault}
        value={[...draft.actions]}
        onChange={(actions) => onChange({ actions })}
      >
        <Stack gap={6} mt={4} mb={4}>
          {(Object.keys(ACTIONS) as HookAction[]).map((action) => (
            <Checkbox key={action} value={action} label={say(ACTIONS[action])} />
          ))}
        </Stack>
      </Checkbox.Group>
      <Select
        label={t`Where it does not answer`}
        data={[
          { value: 'REFUSE', label: t`The decision is refused` },
          { value: 'ALLOW', label: t`The decision is made` },
        ]}
        value={draft.onFailure}
        onChange={(onFailure) => onFailure !== null && onChange({ onFailure })}
        allowDeselect={false}
      />
    </>
  );
}
