/** A field of a form, read from a property of a JSON Schema. */
export type FormField = {
  /** The property's name; empty for an entry of a list. */
  name: string;
  label: string;
  help?: string;
  required: boolean;
  /** Shown and not to be changed. */
  readOnly: boolean;
  /** The schema's default. */
  initial?: unknown;
} & FieldKind;

export type FieldKind =
  | {
      kind: 'number';
      minimum?: number;
      maximum?: number;
      above?: number;
      below?: number;
      multipleOf?: number;
      integer: boolean;
    }
  | { kind: 'choice'; options: readonly Choice[] }
  | { kind: 'text'; long: boolean; minLength?: number; maxLength?: number; pattern?: string; format?: string }
  | { kind: 'color' }
  | { kind: 'date' }
  | { kind: 'dateTime' }
  | { kind: 'switch' }
  | { kind: 'choices'; options: readonly Choice[]; minItems?: number; maxItems?: number }
  | { kind: 'list'; entry: FormField; minItems?: number; maxItems?: number }
  | { kind: 'object'; fields: readonly FormField[] }
  /** Of no type that has a control of its own: written as JSON. */
  | { kind: 'json' };

/** A value to choose, as its label. */
export interface Choice {
  value: string | number | boolean;
  label: string;
}

export type Schema = Record<string, unknown>;

export function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The properties of a schema, in its order. */
export function properties(schema: Schema): [string, Schema][] {
  if (!isSchema(schema.properties)) return [];
  return Object.entries(schema.properties).filter((entry): entry is [string, Schema] => isSchema(entry[1]));
}

/** `strip_metadata` and `maxWidth` as a person reads them. */
export function humanise(name: string): string {
  const words = name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .trim()
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function num(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Only the members that are there. */
function given<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never;
}

/** What a reference within the document leads to; references that lead nowhere stay as they are. */
function followed(schema: Schema, root: Schema): Schema {
  const reference = text(schema.$ref);
  if (reference?.startsWith('#/') !== true) return schema;
  let target: unknown = root;
  for (const step of reference.slice(2).split('/')) {
    const name = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
    target = isSchema(target) ? target[name] : undefined;
  }
  return isSchema(target) ? { ...target, ...schema, $ref: undefined } : schema;
}

/** The type of a property, looking through `["integer", "null"]` and `anyOf: [{…}, {type: "null"}]`. */
function typed(source: Schema, root: Schema): Schema {
  const schema = followed(source, root);
  const choices = schema.anyOf ?? schema.oneOf;
  if (schema.type === undefined && Array.isArray(choices)) {
    const inner = choices.filter(isSchema).filter((choice) => choice.type !== 'null');
    if (inner.length === 1 && inner[0])
      return typed({ ...schema, anyOf: undefined, oneOf: undefined, ...inner[0] }, root);
  }
  if (Array.isArray(schema.type)) {
    const types = (schema.type as unknown[]).filter((type) => type !== 'null');
    return { ...schema, type: types.length === 1 ? types[0] : undefined };
  }
  return schema;
}

function isPlain(value: unknown): value is Choice['value'] {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** What can be chosen: an `enum`, or a list of constants with titles. */
function choices(schema: Schema): readonly Choice[] | undefined {
  if (Array.isArray(schema.enum)) {
    const values = schema.enum.filter((value) => value !== null);
    return values.every(isPlain) ? values.map((value) => ({ value, label: String(value) })) : undefined;
  }
  const constants = schema.oneOf ?? schema.anyOf;
  if (!Array.isArray(constants) || constants.length === 0) return undefined;
  const options = constants.flatMap((one) =>
    isSchema(one) && isPlain(one.const)
      ? [{ value: one.const, label: text(one.title) ?? String(one.const) }]
      : [],
  );
  return options.length === constants.length ? options : undefined;
}

/** A text this long, or said to be of several lines, gets room for them. */
const LONG_TEXT = 300;

function textKind(schema: Schema): FieldKind {
  const format = text(schema.format);
  if (format === 'color') return { kind: 'color' };
  if (format === 'date') return { kind: 'date' };
  if (format === 'date-time') return { kind: 'dateTime' };
  const [minLength, maxLength] = [num(schema.minLength), num(schema.maxLength)];
  const long = format === 'textarea' || format === 'multiline' || (maxLength ?? 0) >= LONG_TEXT;
  return { kind: 'text', long, ...given({ minLength, maxLength, format, pattern: text(schema.pattern) }) };
}

function listKind(schema: Schema, root: Schema): FieldKind {
  const bounds = given({ minItems: num(schema.minItems), maxItems: num(schema.maxItems) });
  if (!isSchema(schema.items)) return { kind: 'json' };
  const entry = readField('', schema.items, { root, required: true, readOnly: schema.readOnly === true });
  if (entry.kind === 'choice') return { kind: 'choices', options: entry.options, ...bounds };
  return { kind: 'list', entry, ...bounds };
}

function kindOf(schema: Schema, root: Schema): FieldKind {
  const options = choices(schema);
  if (options) return { kind: 'choice', options };
  switch (schema.type) {
    case 'integer':
    case 'number':
      return {
        kind: 'number',
        integer: schema.type === 'integer',
        ...given({
          minimum: num(schema.minimum),
          maximum: num(schema.maximum),
          above: num(schema.exclusiveMinimum),
          below: num(schema.exclusiveMaximum),
          multipleOf: num(schema.multipleOf),
        }),
      };
    case 'string':
      return textKind(schema);
    case 'boolean':
      return { kind: 'switch' };
    case 'array':
      return listKind(schema, root);
    case 'object':
      return properties(schema).length === 0
        ? { kind: 'json' }
        : { kind: 'object', fields: fieldsOf(schema, root, schema.readOnly === true) };
    default:
      return properties(schema).length > 0
        ? { kind: 'object', fields: fieldsOf(schema, root, schema.readOnly === true) }
        : { kind: 'json' };
  }
}

interface Place {
  root: Schema;
  required: boolean;
  /** What it lies in is not to be changed. */
  readOnly: boolean;
}

/** A property as a field. */
export function readField(name: string, source: Schema, place: Place): FormField {
  const schema = typed(source, place.root);
  const readOnly = place.readOnly || schema.readOnly === true;
  return {
    name,
    label: text(schema.title) ?? humanise(name),
    required: place.required,
    readOnly,
    ...given({ help: text(schema.description), initial: schema.default }),
    ...kindOf(readOnly ? { ...schema, readOnly } : schema, place.root),
  };
}

function fieldsOf(schema: Schema, root: Schema, readOnly: boolean): FormField[] {
  const required = Array.isArray(schema.required) ? (schema.required as unknown[]) : [];
  return properties(schema).map(([name, property]) =>
    readField(name, property, { root, required: required.includes(name), readOnly }),
  );
}

/** The fields of a form, in the order of its schema; none where it is no schema of an object. */
export function formFields(schema: unknown): readonly FormField[] {
  return isSchema(schema) ? fieldsOf(schema, schema, false) : [];
}
