import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Button, Group, Modal, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { useMutation, useQuery } from 'urql';
import { type Fault, faultOfResult } from '../api/fault';
import { sentence } from '../api/faultText';
import { newRequestKey } from '../api/requestKey';
import {
  beginning,
  checkForm,
  faultsWithin,
  formDataOf,
  type FormFaults,
  type FormValues,
  withoutFaultsOf,
} from '../forms/formValues';
import { type FormField, formFields } from '../forms/schemaFields';
import { SchemaForm } from '../forms/SchemaForm';
import type { StartFormQuery } from '../gql/graphql';
import { AheadList } from '../instance/AheadList';
import { ApproverChoice } from '../task/DemandFields';
import { approversOf, type Given } from '../task/demands';
import { FaultAlert } from '../ui/FaultAlert';
import { PreviewProcessDocument, StartFormDocument, StartProcessDocument } from './operations';

type Definition = NonNullable<StartFormQuery['processDefinition']>;

interface StartProcessProps {
  /** The process's key; null: none is being started. */
  processKey: string | null;
  name: string;
  onClose: () => void;
}

/** The dialog that starts a process. */
export function StartProcess({ processKey, name, onClose }: StartProcessProps) {
  return (
    <Modal
      opened={processKey !== null}
      onClose={onClose}
      title={t`Start: ${name}`}
      size="lg"
      keepMounted={false}
    >
      {processKey !== null && <LoadedStart processKey={processKey} onClose={onClose} />}
    </Modal>
  );
}

function LoadedStart({ processKey, onClose }: { processKey: string; onClose: () => void }) {
  const [{ data, error }, reload] = useQuery({
    query: StartFormDocument,
    variables: { key: processKey },
    requestPolicy: 'network-only',
  });
  if (error) {
    return (
      <FaultAlert fault={faultOfResult(error)} onRetry={() => reload({ requestPolicy: 'network-only' })} />
    );
  }
  if (!data) return <Skeleton h={200} radius="md" />;
  if (!data.processDefinition)
    return (
      <Text size="sm">
        <Trans>There is no such process any more.</Trans>
      </Text>
    );
  return <StartForm definition={data.processDefinition} onClose={onClose} />;
}

function StartForm({ definition, onClose }: { definition: Definition; onClose: () => void }) {
  const navigate = useNavigate();
  const fields = formFields(definition.startForm);
  const [values, setValues] = useState<FormValues>(() => beginning(fields));
  const [faults, setFaults] = useState<FormFaults>({});
  const [businessKey, setBusinessKey] = useState('');
  const [keyFault, setKeyFault] = useState<string | null>(null);
  const [approvers, setApprovers] = useState<Given['approvers']>({});
  const [fault, setFault] = useState<Fault | null>(null);
  const [{ fetching }, start] = useMutation(StartProcessDocument);
  // One key a content, so that a lost answer does not start it twice.
  const [requestKey, setRequestKey] = useState(newRequestKey);
  const ahead = usePreview(definition, fields, values, businessKey, approvers);
  const form = useRef<HTMLDivElement>(null);
  const keyInput = useRef<HTMLInputElement>(null);

  function showFaults(found: FormFaults) {
    setFaults(found);
    const [first] = Object.keys(found);
    if (first === undefined) return;
    const place = form.current?.querySelector(`[data-field="${CSS.escape(first)}"]`);
    place?.querySelector<HTMLElement>('input, textarea, button')?.focus();
  }

  async function submit() {
    setFault(null);
    setKeyFault(null);
    const found = checkForm(fields, values);
    showFaults(found);
    const lacksKey = definition.needsBusinessKey && businessKey.trim() === '';
    if (lacksKey) {
      setKeyFault(t`This process needs a reference.`);
      keyInput.current?.focus();
    }
    if (lacksKey || Object.keys(found).length > 0) return;
    const { data, error } = await start({
      input: {
        definitionKey: definition.key,
        version: definition.version,
        ...inputOf(fields, values, businessKey, approvers),
        idempotencyKey: requestKey,
      },
    });
    if (error) refused(faultOfResult(error));
    const instance = data?.startProcess?.instance;
    if (instance) await navigate(`/instances/${encodeURIComponent(instance.id)}`);
  }

  /** Puts what the server refused where it can be mended. */
  function refused(given: Fault) {
    setRequestKey(newRequestKey());
    const within = faultsWithin('formData', given.faults ?? [given]);
    if (Object.keys(within).length > 0) {
      showFaults(within);
    } else if (given.field === 'businessKey') {
      setKeyFault(sentence(given.message));
      keyInput.current?.focus();
    } else {
      setFault(given);
    }
  }

  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Stack gap="md">
        <TextInput
          ref={keyInput}
          label={t`Reference`}
          description={t`What it is about, in your words: a number or a name to find it by.`}
          maxLength={255}
          required={definition.needsBusinessKey}
          value={businessKey}
          error={keyFault}
          onChange={(event) => {
            setBusinessKey(event.currentTarget.value);
            setKeyFault(null);
            setRequestKey(newRequestKey());
          }}
          data-autofocus
        />
        <div ref={form}>
          <SchemaForm
            fields={fields}
            values={values}
            faults={faults}
            onChange={(next, path) => {
              setValues(next);
              setFaults(withoutFaultsOf(faults, path));
              setRequestKey(newRequestKey());
            }}
          />
        </div>
        <ApproverChoice
          nodes={definition.approversToChoose}
          value={approvers}
          onChange={(chosen) => {
            setApprovers(chosen);
            setRequestKey(newRequestKey());
          }}
        />
        {ahead && (
          <section aria-label={t`Who will decide`}>
            <Text size="sm" fw={500} mb={4}>
              <Trans>Who will decide</Trans>
            </Text>
            <AheadList ahead={ahead} />
          </section>
        )}
        {fault && <FaultAlert fault={fault} />}
        <Group justify="flex-end" className="form-footer">
          <Button variant="default" onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button type="submit" loading={fetching}>
            <Trans>Start</Trans>
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function inputOf(
  fields: readonly FormField[],
  values: FormValues,
  businessKey: string,
  approvers: Given['approvers'],
) {
  return {
    approvers: approversOf({ approvers }),
    formData: fields.length > 0 ? formDataOf(fields, values) : undefined,
    businessKey: businessKey.trim() === '' ? undefined : businessKey.trim(),
  };
}

const PREVIEW_AFTER_MS = 300;

/** Whom the process would ask with what is filled in; null while that is not complete. */
function usePreview(
  { key, version }: Definition,
  fields: readonly FormField[],
  values: FormValues,
  businessKey: string,
  approvers: Given['approvers'],
) {
  const isComplete = Object.keys(checkForm(fields, values)).length === 0;
  // Whom it asks does not depend on what it is called.
  const named = businessKey.trim() === '' ? 'preview' : businessKey;
  const asked = JSON.stringify(inputOf(fields, values, named, approvers));
  const [input] = useDebouncedValue(asked, PREVIEW_AFTER_MS);
  const [{ data, error }] = useQuery({
    query: PreviewProcessDocument,
    variables: {
      input: {
        definitionKey: key,
        version,
        ...(JSON.parse(input) as ReturnType<typeof inputOf>),
      },
    },
    requestPolicy: 'network-only',
    pause: !isComplete || input !== asked,
  });
  return isComplete && !error ? (data?.previewProcess ?? null) : null;
}
