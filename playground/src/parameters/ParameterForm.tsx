import {
  Fieldset,
  Group,
  Input,
  NumberInput,
  Select,
  SimpleGrid,
  Slider,
  Stack,
  Switch,
  TextInput,
} from '@mantine/core';
import { fieldKey, type ParameterField, type ParameterGroup, type ParameterValue } from './parameterFields';

type Values = Readonly<Record<string, ParameterValue | undefined>>;

interface ParameterFormProps {
  groups: readonly ParameterGroup[];
  values: Values;
  onChange: (values: Values) => void;
}

/** Controls for a feature's parameters; what is left alone stays as the feature has it. */
export function ParameterForm({ groups, values, onChange }: ParameterFormProps) {
  const inputs = (group: ParameterGroup) => (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md">
      {group.fields.map((field) => (
        <Control
          key={fieldKey(field)}
          field={field}
          value={values[fieldKey(field)] ?? field.initial}
          onChange={(value) => onChange({ ...values, [fieldKey(field)]: value })}
        />
      ))}
    </SimpleGrid>
  );
  return (
    <Stack gap="sm">
      {groups.map((group) =>
        group.title === undefined ? (
          <div key="">{inputs(group)}</div>
        ) : (
          <Fieldset key={group.title} legend={group.title} variant="filled" py="xs">
            {inputs(group)}
          </Fieldset>
        ),
      )}
    </Stack>
  );
}

interface ControlProps {
  field: ParameterField;
  value: ParameterValue | undefined;
  onChange: (value: ParameterValue | undefined) => void;
}

function Control({ field, value, onChange }: ControlProps) {
  switch (field.kind) {
    case 'number':
      return <NumberControl field={field} value={value} onChange={onChange} />;
    case 'choice':
      return (
        <Select
          label={field.label}
          description={field.help}
          data={[...field.options]}
          value={typeof value === 'string' ? value : null}
          onChange={(chosen) => onChange(chosen ?? undefined)}
          placeholder="As the feature has it"
          clearable={field.initial === undefined}
        />
      );
    case 'text':
      return (
        <TextInput
          label={field.label}
          description={field.help}
          maxLength={field.maxLength}
          value={typeof value === 'string' ? value : ''}
          onChange={(event) => {
            const text = event.currentTarget.value;
            onChange(text === '' && field.initial === undefined ? undefined : text);
          }}
        />
      );
    case 'switch':
      return (
        <Switch
          label={field.label}
          description={field.help}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
  }
}

function NumberControl({ field, value, onChange }: ControlProps & { field: { kind: 'number' } }) {
  const { minimum, maximum, step, label, help } = field;
  const number = typeof value === 'number' ? value : undefined;
  const input = (
    <NumberInput
      aria-label={minimum === undefined || maximum === undefined ? undefined : label}
      label={minimum === undefined || maximum === undefined ? label : undefined}
      description={minimum === undefined || maximum === undefined ? help : undefined}
      min={minimum}
      max={maximum}
      step={step}
      allowDecimal={!field.integer}
      clampBehavior="blur"
      placeholder="auto"
      value={number ?? ''}
      onChange={(next) => onChange(typeof next === 'number' ? next : undefined)}
      w={minimum === undefined || maximum === undefined ? undefined : 92}
    />
  );
  if (minimum === undefined || maximum === undefined) return input;
  return (
    <Input.Wrapper label={label} description={help}>
      <Group gap="sm" wrap="nowrap" mt={4}>
        <Slider
          flex={1}
          min={minimum}
          max={maximum}
          step={step}
          value={number ?? (minimum <= 0 && maximum >= 0 ? 0 : minimum)}
          onChange={onChange}
          {...(minimum < 0 && maximum > 0 && { startPointValue: 0 })}
          thumbLabel={label}
          label={null}
          marks={minimum < 0 && maximum > 0 ? [{ value: 0 }] : undefined}
        />
        {input}
      </Group>
    </Input.Wrapper>
  );
}
