import { t } from '@lingui/core/macro';
import {
  ColorInput,
  JsonInput,
  MultiSelect,
  NumberInput,
  Select,
  Switch,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useState } from 'react';
import { fromLocalDateTime, toLocalDateTime } from './formValues';
import type { Choice, FormField } from './schemaFields';

export interface FieldControlProps {
  field: FormField;
  value: unknown;
  /** Undefined: left blank. */
  onChange: (value: unknown) => void;
  error?: string | undefined;
  /** Stands in a control that nothing is chosen in. */
  placeholder?: string | undefined;
}

/** The control of a field that holds one value, or several of a few. */
export function FieldControl({ field, value, onChange, error, placeholder }: FieldControlProps) {
  const shared = {
    label: field.label,
    description: field.help,
    required: field.required,
    error,
    ...(field.label === '' && { 'aria-label': t`Value` }),
  };
  const asText = typeof value === 'string' ? value : '';
  const takeText = (text: string) => onChange(text === '' && field.initial === undefined ? undefined : text);
  switch (field.kind) {
    case 'number':
      return (
        <NumberInput
          {...shared}
          placeholder={placeholder}
          min={field.minimum}
          max={field.maximum}
          step={field.multipleOf ?? 1}
          allowDecimal={!field.integer}
          clampBehavior="none"
          value={typeof value === 'number' ? value : ''}
          onChange={(next) => onChange(typeof next === 'number' ? next : undefined)}
        />
      );
    case 'choice':
      return (
        <Select
          {...shared}
          placeholder={placeholder ?? 'Choose…'}
          data={choiceData(field.options)}
          value={choiceKey(field.options, value)}
          onChange={(key) => onChange(chosen(field.options, key))}
          allowDeselect={!field.required}
          clearable={field.initial === undefined && !field.required}
        />
      );
    case 'choices':
      return (
        <MultiSelect
          {...shared}
          placeholder={Array.isArray(value) && value.length > 0 ? undefined : t`Choose…`}
          data={choiceData(field.options)}
          value={(Array.isArray(value) ? value : []).flatMap((one) => choiceKey(field.options, one) ?? [])}
          onChange={(keys) => onChange(keys.map((key) => chosen(field.options, key)))}
          maxValues={field.maxItems}
          hidePickedOptions
        />
      );
    case 'text':
      return field.long ? (
        <Textarea
          {...shared}
          autosize
          minRows={3}
          maxRows={10}
          maxLength={field.maxLength}
          value={asText}
          onChange={(event) => takeText(event.currentTarget.value)}
        />
      ) : (
        <TextInput
          {...shared}
          type={field.format === 'email' ? 'email' : 'text'}
          maxLength={field.maxLength}
          value={asText}
          onChange={(event) => takeText(event.currentTarget.value)}
        />
      );
    case 'color':
      return (
        <ColorInput
          {...shared}
          format="hexa"
          value={asText}
          onChange={(color) => onChange(color === '' ? undefined : color)}
        />
      );
    case 'date':
      return (
        <TextInput
          {...shared}
          type="date"
          value={asText}
          onChange={(event) => takeText(event.currentTarget.value)}
        />
      );
    case 'dateTime':
      return (
        <TextInput
          {...shared}
          type="datetime-local"
          value={toLocalDateTime(value)}
          onChange={(event) => takeText(fromLocalDateTime(event.currentTarget.value))}
        />
      );
    case 'switch':
      return (
        <Switch
          label={field.label}
          description={field.help}
          error={error}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
          mt={4}
        />
      );
    default:
      return <JsonControl {...shared} value={value} onChange={onChange} />;
  }
}

/** Keys for a control, whatever the values are. */
function choiceData(options: readonly Choice[]): { value: string; label: string }[] {
  return options.map(({ label }, index) => ({ value: String(index), label }));
}

function choiceKey(options: readonly Choice[], value: unknown): string | null {
  const index = options.findIndex((option) => option.value === value);
  return index < 0 ? null : String(index);
}

function chosen(options: readonly Choice[], key: string | null): Choice['value'] | undefined {
  return key === null ? undefined : options[Number(key)]?.value;
}

interface JsonControlProps {
  label: string;
  description: string | undefined;
  required: boolean;
  error: string | undefined;
  value: unknown;
  onChange: (value: unknown) => void;
}

/** For what has no control of its own. While what is written is no JSON, nothing is taken over. */
function JsonControl({ value, onChange, error, ...shared }: JsonControlProps) {
  const [text, setText] = useState(() => (value === undefined ? '' : JSON.stringify(value, null, 2)));
  return (
    <JsonInput
      {...shared}
      error={error}
      autosize
      minRows={2}
      maxRows={10}
      validationError={t`This is no JSON.`}
      value={text}
      onChange={(next) => {
        setText(next);
        if (next.trim() === '') onChange(undefined);
        try {
          onChange(JSON.parse(next) as unknown);
        } catch {
          // The control says so.
        }
      }}
    />
  );
}
