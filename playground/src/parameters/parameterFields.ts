/** A control of the parameter form, read from a property of a feature's `parameterSchema`. */
export type ParameterField = {
  /** Where its value goes in `inputData`: `['brightness']` or `['resize', 'width']`. */
  path: readonly string[];
  label: string;
  help?: string;
  /** What the pipeline uses when the field is left alone. */
  initial?: ParameterValue;
} & (
  | { kind: 'number'; minimum?: number; maximum?: number; step: number; integer: boolean }
  | { kind: 'choice'; options: readonly string[] }
  | { kind: 'text'; maxLength?: number }
  | { kind: 'switch' }
);

export type ParameterValue = string | number | boolean;

/** Fields that belong together: those of one step, or (with no title) those any step may take. */
export interface ParameterGroup {
  title?: string;
  fields: readonly ParameterField[];
}

type Schema = Record<string, unknown>;

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function properties(schema: Schema): [string, Schema][] {
  if (!isSchema(schema.properties)) return [];
  return Object.entries(schema.properties).filter((entry): entry is [string, Schema] => isSchema(entry[1]));
}

function num(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** The type of a property, looking through `["integer", "null"]` and `anyOf: [{…}, {type: "null"}]`. */
function typed(schema: Schema): Schema {
  const choices = schema.anyOf ?? schema.oneOf;
  if (schema.type === undefined && Array.isArray(choices)) {
    const inner = choices.filter(isSchema).filter((choice) => choice.type !== 'null');
    if (inner.length === 1 && inner[0]) return { ...schema, ...inner[0] };
  }
  if (Array.isArray(schema.type)) {
    return { ...schema, type: (schema.type as unknown[]).find((type) => type !== 'null') };
  }
  return schema;
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

function field(path: readonly string[], name: string, source: Schema): ParameterField | null {
  const schema = typed(source);
  const base = {
    path,
    label: typeof schema.title === 'string' ? schema.title : humanise(name),
    ...(typeof schema.description === 'string' && { help: schema.description }),
  };
  const initial = schema.default;
  if (Array.isArray(schema.enum) && schema.enum.every((option) => typeof option === 'string')) {
    const options = schema.enum;
    return { ...base, kind: 'choice', options, ...(typeof initial === 'string' && { initial }) };
  }
  switch (schema.type) {
    case 'integer':
    case 'number': {
      const integer = schema.type === 'integer';
      const minimum = num(schema.minimum);
      const maximum = num(schema.maximum);
      const span = minimum === undefined || maximum === undefined ? undefined : maximum - minimum;
      const step = num(schema.multipleOf) ?? (integer ? 1 : span !== undefined && span <= 10 ? 0.05 : 0.1);
      return {
        ...base,
        kind: 'number',
        integer,
        step,
        ...(minimum !== undefined && { minimum }),
        ...(maximum !== undefined && { maximum }),
        ...(typeof initial === 'number' && { initial }),
      };
    }
    case 'string': {
      const maxLength = num(schema.maxLength);
      return {
        ...base,
        kind: 'text',
        ...(maxLength !== undefined && { maxLength }),
        ...(typeof initial === 'string' && { initial }),
      };
    }
    case 'boolean':
      return { ...base, kind: 'switch', ...(typeof initial === 'boolean' && { initial }) };
    default:
      return null;
  }
}

function fields(schema: Schema, prefix: readonly string[]): ParameterField[] {
  return properties(schema).flatMap(([name, property]) => field([...prefix, name], name, property) ?? []);
}

/**
 * The form of a feature's parameters. Properties that are objects are steps; where a parameter can be given at the
 * top for all steps, it is not asked for again within each of them. Properties of unknown types are left out: the
 * pipeline has its own values for them.
 */
export function parameterGroups(schema: unknown): ParameterGroup[] {
  if (!isSchema(schema)) return [];
  const shared = fields(schema, []);
  const known = new Set(shared.map(({ path }) => path[0]));
  const steps = properties(schema)
    .filter(([, property]) => isSchema(property.properties))
    .map(([name, property]) => ({
      title: typeof property.title === 'string' ? property.title : humanise(name),
      fields: fields(property, [name]).filter(({ path }) => !known.has(path[1])),
    }));
  return [{ fields: shared }, ...steps].filter((group) => group.fields.length > 0);
}

/** A stable name of a field, for keys and for the values of the form. */
export function fieldKey(one: ParameterField): string {
  return one.path.join('.');
}

/** The `inputData` for the values a person has set; null when none is. Fields left alone are not sent. */
export function inputDataOf(
  groups: readonly ParameterGroup[],
  values: Readonly<Record<string, ParameterValue | undefined>>,
): Record<string, unknown> | null {
  const data: Record<string, unknown> = {};
  for (const one of groups.flatMap((group) => group.fields)) {
    const value = values[fieldKey(one)];
    if (value === undefined || value === one.initial) continue;
    const [first, second] = one.path;
    if (first === undefined) continue;
    if (second === undefined) data[first] = value;
    else data[first] = { ...(data[first] as object | undefined), [second]: value };
  }
  return Object.keys(data).length === 0 ? null : data;
}
