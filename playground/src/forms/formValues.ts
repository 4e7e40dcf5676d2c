import { plural, t } from '@lingui/core/macro';
import { list, tag } from '../language/format';
import { type FormField, isSchema } from './schemaFields';

/** What is filled in: values by the names of fields, nested as the form is. */
export type FormValues = Readonly<Record<string, unknown>>;
/** What is wrong, by the place of the field: `amount`, `items[2].price`. */
export type FormFaults = Readonly<Record<string, string>>;

/** The place of a member of what is at `path`. */
export function memberPath(path: string, name: string): string {
  if (!/^[\p{L}\p{N}_$@-]+$/u.test(name)) return `${path}["${name}"]`;
  return path === '' ? name : `${path}.${name}`;
}

/** The place of an entry of the list at `path`. */
export function entryPath(path: string, index: number): string {
  return `${path}[${index}]`;
}

/** Whether there is nothing in it: left out, null, or an empty text. */
export function isBlank(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

/** What a field begins with: its default, and within objects and lists theirs. */
function begun(field: FormField): unknown {
  if (field.initial !== undefined) return field.initial;
  if (field.kind === 'object') {
    const values = beginning(field.fields);
    return Object.keys(values).length > 0 ? values : undefined;
  }
  if (field.kind === 'list' && (field.minItems ?? 0) > 0) {
    return Array.from({ length: field.minItems ?? 0 }, () => newEntry(field.entry));
  }
  return undefined;
}

/** What a new entry of a list begins with. */
export function newEntry(entry: FormField): unknown {
  return begun(entry) ?? (entry.kind === 'object' ? {} : '');
}

/** The defaults of the fields that are to be filled in. */
export function beginning(fields: readonly FormField[]): FormValues {
  const values = fields.map((field) => [field.name, field.readOnly ? undefined : begun(field)] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

/** What a form shows at first: the defaults, then what is there, then what was saved for later. */
export function firstValues(fields: readonly FormField[], ...layers: readonly unknown[]): FormValues {
  return Object.assign({}, beginning(fields), ...layers.filter(isSchema)) as FormValues;
}

/** A value without what is blank in it; undefined where nothing is left. */
function pruned(field: FormField, value: unknown): unknown {
  if (isBlank(value)) return undefined;
  if (field.kind === 'object' && isSchema(value)) {
    const members = written(field.fields, value);
    return field.required || Object.keys(members).length > 0 ? members : undefined;
  }
  if (field.kind === 'list' && Array.isArray(value)) {
    return value.map((entry) => pruned(field.entry, entry) ?? (field.entry.kind === 'object' ? {} : ''));
  }
  if (field.kind === 'text' && typeof value === 'string' && value.trim() === '') return undefined;
  return value;
}

function written(fields: readonly FormField[], values: FormValues): Record<string, unknown> {
  const known = new Map(fields.map((field) => [field.name, field]));
  const entries = Object.entries(values).map(([name, value]) => {
    const field = known.get(name);
    return [name, field ? pruned(field, value) : value] as const;
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/**
 * The `formData` of what is filled in: the fields that are to be written, without those left blank. One that was filled
 * in before and is blank now is null, which takes it away.
 */
export function formDataOf(
  fields: readonly FormField[],
  values: FormValues,
  before: unknown = {},
): Record<string, unknown> {
  const writable = fields.filter(({ readOnly }) => !readOnly);
  const names = new Set(writable.map(({ name }) => name));
  const data = written(
    writable,
    Object.fromEntries(Object.entries(values).filter(([name]) => names.has(name))),
  );
  for (const name of names) {
    if (!(name in data) && isSchema(before) && !isBlank(before[name])) data[name] = null;
  }
  return data;
}

function numberFault(field: FormField & { kind: 'number' }, value: unknown): string | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value)) return t`This is to be a number.`;
  if (field.integer && !Number.isInteger(value)) return t`This is to be a whole number.`;
  if (field.minimum !== undefined && value < field.minimum) return t`At least ${field.minimum}.`;
  if (field.maximum !== undefined && value > field.maximum) return t`At most ${field.maximum}.`;
  if (field.above !== undefined && value <= field.above) return t`More than ${field.above}.`;
  if (field.below !== undefined && value >= field.below) return t`Less than ${field.below}.`;
  if (field.multipleOf !== undefined && field.multipleOf > 0) {
    const times = value / field.multipleOf;
    if (Math.abs(times - Math.round(times)) > 1e-9) return t`In steps of ${field.multipleOf}.`;
  }
  return undefined;
}

function textFault(field: FormField & { kind: 'text' }, value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  // Characters as the server counts them.
  const length = value.replace(/[\uD800-\uDBFF][\uDC00-\uDFFF]/g, '_').length;
  if (field.minLength !== undefined && length < field.minLength)
    return plural(field.minLength, { one: 'At least # character.', other: 'At least # characters.' });
  if (field.maxLength !== undefined && length > field.maxLength)
    return plural(field.maxLength, { one: 'At most # character.', other: 'At most # characters.' });
  return undefined;
}

function countFault(
  { minItems, maxItems }: { minItems?: number; maxItems?: number },
  count: number,
): string | undefined {
  if (minItems !== undefined && count < minItems)
    return plural(minItems, { one: 'At least # entry.', other: 'At least # entries.' });
  if (maxItems !== undefined && count > maxItems)
    return plural(maxItems, { one: 'At most # entry.', other: 'At most # entries.' });
  return undefined;
}

function check(field: FormField, value: unknown, path: string, faults: Record<string, string>): void {
  if (field.readOnly) return;
  if (isBlank(value) || (field.kind === 'text' && typeof value === 'string' && value.trim() === '')) {
    if (field.required && field.kind === 'object') checkAll(field.fields, {}, path, faults);
    else if (field.required) faults[path] = t`This is needed.`;
    return;
  }
  const note = (fault: string | undefined) => {
    if (fault !== undefined) faults[path] = fault;
  };
  switch (field.kind) {
    case 'number': {
      note(numberFault(field, value));
      return;
    }
    case 'text': {
      note(textFault(field, value));
      return;
    }
    case 'object':
      if (!isSchema(value)) return;
      // An object that need not be there, and in which nothing is filled in, is not there.
      if (!field.required && Object.keys(written(field.fields, value)).length === 0) return;
      {
        checkAll(field.fields, value, path, faults);
        return;
      }
    case 'choices': {
      note(Array.isArray(value) ? countFault(field, value.length) : undefined);
      return;
    }
    case 'list':
      if (!Array.isArray(value)) return;
      note(countFault(field, value.length));
      value.forEach((entry, index) => check(field.entry, entry, entryPath(path, index), faults));
      return;
    case 'dateTime': {
      note(Number.isNaN(Date.parse(String(value))) ? t`This is to be a date with a time.` : undefined);
      return;
    }
    default:
  }
}

function checkAll(
  fields: readonly FormField[],
  values: FormValues,
  path: string,
  faults: Record<string, string>,
): void {
  for (const field of fields) check(field, values[field.name], memberPath(path, field.name), faults);
}

/** What is wrong with what is filled in, as far as one can tell without the server. */
export function checkForm(fields: readonly FormField[], values: FormValues): FormFaults {
  const faults: Record<string, string> = {};
  checkAll(fields, values, '', faults);
  return faults;
}

/** The faults of an argument that holds a form, by the place within the form; others are left out. */
export function faultsWithin(
  argument: string,
  faults: readonly { field?: string | undefined; message: string }[],
): FormFaults {
  const within: Record<string, string> = {};
  for (const { field, message } of faults) {
    const path = field?.replace(/^input\./, '');
    if (path?.startsWith(argument) !== true) continue;
    const rest = path.slice(argument.length);
    if (rest.startsWith('.')) within[rest.slice(1)] ??= message;
    else if (rest.startsWith('[')) within[rest] ??= message;
  }
  return within;
}

/** The faults without those of a field and what lies in it. */
export function withoutFaultsOf(faults: FormFaults, path: string): FormFaults {
  const isWithin = (place: string) =>
    place === path || (place.startsWith(path) && /^[.[]/.test(place.slice(path.length)));
  return Object.fromEntries(Object.entries(faults).filter(([place]) => !isWithin(place)));
}

/** A date-time of the API as the control for one has it, in the time zone of whoever looks. */
export function toLocalDateTime(value: unknown): string {
  const moment = new Date(String(value));
  if (Number.isNaN(moment.getTime())) return '';
  const local = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

/** The other way. */
export function fromLocalDateTime(local: string): string {
  const moment = new Date(local);
  return Number.isNaN(moment.getTime()) ? '' : moment.toISOString().replace('.000Z', 'Z');
}

/** A value as text, for fields that are only shown. */
export function shownValue(field: FormField, value: unknown): string {
  if (isBlank(value)) return '—';
  switch (field.kind) {
    case 'switch':
      return value === true ? t`Yes` : t`No`;
    case 'choice':
      return field.options.find((option) => option.value === value)?.label ?? plainText(value);
    case 'choices':
      return Array.isArray(value)
        ? list(
            value.map((one) => field.options.find((option) => option.value === one)?.label ?? plainText(one)),
          )
        : plainText(value);
    case 'number':
      return typeof value === 'number' ? value.toLocaleString(tag()) : plainText(value);
    case 'date': {
      const date = new Date(`${String(value)}T00:00:00`);
      return Number.isNaN(date.getTime())
        ? plainText(value)
        : date.toLocaleDateString(tag(), { dateStyle: 'medium' });
    }
    case 'dateTime': {
      const date = new Date(String(value));
      return Number.isNaN(date.getTime())
        ? plainText(value)
        : date.toLocaleString(tag(), { dateStyle: 'medium', timeStyle: 'short' });
    }
    default:
      return plainText(value);
  }
}

/** Any value as text. */
export function plainText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '—';
  return JSON.stringify(value);
}
