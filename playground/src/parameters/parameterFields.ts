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
  | { kind: 'color' }
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

/** A step fine enough for the range, that reaches its lower bound and whole numbers. */
function fractionalStep(minimum: number | undefined, maximum: number | undefined): number {
  const span = (maximum ?? Infinity) - (minimum ?? 0);
  if (span <= 2) return 0.05;
  return span > 20 && Number.isInteger(minimum ?? 0) ? 1 : 0.1;
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
      const step = num(schema.multipleOf) ?? (integer ? 1 : fractionalStep(minimum, maximum));
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
      if (schema.format === 'color') {
        return { ...base, kind: 'color', ...(typeof initial === 'string' && { initial }) };
      }
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
 * The form of a feature's parameters. Properties that are objects are steps. A parameter that can be given at the top
 * is asked for there, and within a step once more only where several steps have it. Properties of unknown types are
 * left out: the pipeline has its own values for them.
 */
export function parameterGroups(schema: unknown): ParameterGroup[] {
  if (!isSchema(schema)) return [];
  const shared = fields(schema, []);
  const atTop = new Set(shared.map(({ path }) => path[0]));
  const steps = properties(schema).filter(([, property]) => isSchema(property.properties));
  const isOfSeveral = (name: string | undefined) =>
    steps.filter(([, step]) => properties(step).some(([own]) => own === name)).length > 1;
  const groups = steps.map(([name, step]) => ({
    title: typeof step.title === 'string' ? step.title : humanise(name),
    fields: fields(step, [name]).filter(({ path }) => !atTop.has(path[1]) || isOfSeveral(path[1])),
  }));
  return [{ fields: shared }, ...groups].filter((group) => group.fields.length > 0);
}

/** A stable name of a field, for keys and for the values of the form. */
export function fieldKey(one: ParameterField): string {
  return one.path.join('.');
}

/**
 * The `inputData` for the values a person has set; null when none is. Fields left alone are not sent; one that was set
 * to what is shown at first is, since in another step that may not be what holds.
 */
export function inputDataOf(
  groups: readonly ParameterGroup[],
  values: Readonly<Record<string, ParameterValue | undefined>>,
): Record<string, unknown> | null {
  const data: Record<string, unknown> = {};
  for (const one of groups.flatMap((group) => group.fields)) {
    const value = values[fieldKey(one)];
    if (value === undefined) continue;
    const [first, second] = one.path;
    if (first === undefined) continue;
    if (second === undefined) data[first] = value;
    else data[first] = { ...(data[first] as object | undefined), [second]: value };
  }
  return Object.keys(data).length === 0 ? null : data;
}
