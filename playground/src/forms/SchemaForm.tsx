import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { ActionIcon, Button, Fieldset, Group, Input, Stack, Text } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { FieldControl } from './FieldControl';
import {
  entryPath,
  type FormFaults,
  type FormValues,
  isBlank,
  memberPath,
  newEntry,
  plainText,
  shownValue,
} from './formValues';
import { type FormField, humanise, isSchema } from './schemaFields';

interface SchemaFormProps {
  fields: readonly FormField[];
  values: FormValues;
  faults: FormFaults;
  /** `path` is the field that was changed. */
  onChange: (values: FormValues, path: string) => void;
}

/** A form drawn from a JSON Schema. */
export function SchemaForm({ fields, values, faults, onChange }: SchemaFormProps) {
  return <Fields fields={fields} values={values} faults={faults} path="" onChange={onChange} />;
}

interface FieldsProps extends SchemaFormProps {
  path: string;
}

function Fields({ fields, values, faults, path, onChange }: FieldsProps) {
  return (
    <div className="form-grid">
      {fields.map((field) => {
        const place = memberPath(path, field.name);
        return (
          <div key={field.name} data-wide={isWide(field) || undefined} data-field={place}>
            <Field
              field={field}
              value={values[field.name]}
              faults={faults}
              path={place}
              onChange={(value, changed) => onChange({ ...values, [field.name]: value }, changed)}
            />
          </div>
        );
      })}
    </div>
  );
}

function isWide(field: FormField): boolean {
  return ['list', 'object', 'json'].includes(field.kind) || (field.kind === 'text' && field.long);
}

interface FieldProps {
  field: FormField;
  value: unknown;
  faults: FormFaults;
  path: string;
  onChange: (value: unknown, path: string) => void;
}

function Field({ field, value, faults, path, onChange }: FieldProps) {
  if (field.readOnly && field.kind !== 'object') return <Shown field={field} value={value} />;
  switch (field.kind) {
    case 'object':
      return (
        <Fieldset legend={legend(field)} variant="filled" py="xs">
          {field.help !== undefined && <Input.Description mb="xs">{field.help}</Input.Description>}
          <Fields
            fields={field.fields}
            values={isSchema(value) ? value : {}}
            faults={faults}
            path={path}
            onChange={onChange}
          />
          {faults[path] !== undefined && <Input.Error mt={6}>{faults[path]}</Input.Error>}
        </Fieldset>
      );
    case 'list':
      return <List field={field} value={value} faults={faults} path={path} onChange={onChange} />;
    default:
      return (
        <FieldControl
          field={field}
          value={value}
          error={faults[path]}
          onChange={(next) => onChange(next, path)}
        />
      );
  }
}

function legend(field: FormField): string {
  return field.required && field.label !== '' ? `${field.label} *` : field.label;
}

function List({ field, value, faults, path, onChange }: FieldProps & { field: { kind: 'list' } }) {
  const entries: readonly unknown[] = Array.isArray(value) ? value : [];
  const full = field.maxItems !== undefined && entries.length >= field.maxItems;
  return (
    <Fieldset legend={legend(field)} variant="filled" py="xs">
      {field.help !== undefined && <Input.Description mb="xs">{field.help}</Input.Description>}
      <Stack gap="xs">
        {entries.map((entry, index) => (
          <Group key={index} gap="xs" wrap="nowrap" align="flex-start">
            <div style={{ flex: 1, minWidth: 0 }} data-field={entryPath(path, index)}>
              <Field
                field={{ ...field.entry, label: `${field.entry.label || t`Entry`} ${index + 1}` }}
                value={entry}
                faults={faults}
                path={entryPath(path, index)}
                onChange={(next, changed) =>
                  onChange(
                    entries.map((one, at) => (at === index ? next : one)),
                    changed,
                  )
                }
              />
            </div>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={t`Remove entry ${index + 1} of ${field.label}`}
              onClick={() =>
                onChange(
                  entries.filter((_, at) => at !== index),
                  path,
                )
              }
            >
              <IconX size={16} />
            </ActionIcon>
          </Group>
        ))}
        <Group>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlus size={14} />}
            disabled={full}
            onClick={() => onChange([...entries, newEntry(field.entry)], path)}
          >
            <Trans>Add to {field.label.toLowerCase()}</Trans>
          </Button>
        </Group>
        {faults[path] !== undefined && <Input.Error>{faults[path]}</Input.Error>}
      </Stack>
    </Fieldset>
  );
}

/** A field that may be seen and not changed. */
function Shown({ field, value }: { field: FormField; value: unknown }) {
  return (
    <div>
      <Text size="sm" fw={500}>
        {field.label}
      </Text>
      <Data field={field} value={value} />
    </div>
  );
}

function Data({ field, value }: { field: FormField; value: unknown }) {
  if (field.kind === 'list' && Array.isArray(value)) {
    return (
      <Stack gap={4} component="ul" m={0} pl="md">
        {(value as unknown[]).map((entry, index) => (
          <li key={index}>
            <Data field={field.entry} value={entry} />
          </li>
        ))}
      </Stack>
    );
  }
  if (field.kind === 'object' && isSchema(value)) {
    return (
      <Text size="sm" className="said">
        {field.fields
          .filter(({ name }) => !isBlank(value[name]))
          .map((one) => `${one.label}: ${shownValue(one, value[one.name])}`)
          .join(', ')}
      </Text>
    );
  }
  return (
    <Text size="sm" className="said" c={isBlank(value) ? 'dimmed' : undefined}>
      {shownValue(field, value)}
    </Text>
  );
}

/** Values by name, for what has no form: the variables of an instance. */
export function ValueList({ values }: { values: Readonly<Record<string, unknown>> }) {
  return (
    <dl className="value-list">
      {Object.entries(values).map(([name, value]) => (
        <div key={name}>
          <Text component="dt" size="sm" c="dimmed" title={name}>
            {humanise(name)}
          </Text>
          <Text component="dd" size="sm" m={0} className="said">
            {plainText(value)}
          </Text>
        </div>
      ))}
    </dl>
  );
}
