import { t } from '@lingui/core/macro';
import { Fieldset, Group, Input, NumberInput, SimpleGrid, Slider, Stack } from '@mantine/core';
import { FieldControl } from '../forms/FieldControl';
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
          value={values[fieldKey(field)] ?? (field.initial as ParameterValue | undefined)}
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

/** A slider over more steps than this cannot be set by hand. */
const MOST_SLIDER_STEPS = 2_000;

function Control({ field, value, onChange }: ControlProps) {
  if (field.kind === 'number') return <NumberControl field={field} value={value} onChange={onChange} />;
  return (
    <FieldControl
      field={field}
      value={value}
      placeholder={t`As the feature has it`}
      onChange={(next) => onChange(next as ParameterValue | undefined)}
    />
  );
}

function NumberControl({ field, value, onChange }: ControlProps & { field: { kind: 'number' } }) {
  const { minimum, maximum, step = 1, label, help } = field;
  const number = typeof value === 'number' ? value : undefined;
  const input = {
    min: minimum,
    max: maximum,
    step,
    allowDecimal: !field.integer,
    clampBehavior: 'blur',
    placeholder: 'auto',
    value: number ?? '',
    onChange: (next: number | string) => onChange(typeof next === 'number' ? next : undefined),
  } as const;
  if (minimum === undefined || maximum === undefined || (maximum - minimum) / step > MOST_SLIDER_STEPS) {
    return <NumberInput label={label} description={help} {...input} />;
  }
  const isBipolar = minimum < 0 && maximum > 0;
  return (
    <Input.Wrapper label={label} description={help}>
      <Group gap="sm" wrap="nowrap" mt={4}>
        <Slider
          flex={1}
          min={minimum}
          max={maximum}
          step={step}
          value={number ?? (isBipolar ? 0 : minimum)}
          onChange={onChange}
          {...(isBipolar && { startPointValue: 0, marks: [{ value: 0 }] })}
          thumbLabel={label}
          label={null}
        />
        <NumberInput aria-label={label} w={92} {...input} />
      </Group>
    </Input.Wrapper>
  );
}
