import {
  type FormField,
  humanise,
  isSchema,
  properties,
  readField,
  type Schema,
} from '../forms/schemaFields';

/** A control of the parameter form: a field of a property of a feature's `parameterSchema`. */
export type ParameterField = SimpleField & {
  /** Where its value goes in `inputData`: `['brightness']` or `['resize', 'width']`. */
  path: readonly string[];
  /** What a slider moves by. */
  step?: number;
};

type SimpleField = FormField & { kind: 'number' | 'choice' | 'text' | 'color' | 'switch' };

export type ParameterValue = string | number | boolean;

/** Fields that belong together: those of one step, or (with no title) those any step may take. */
export interface ParameterGroup {
  title?: string;
  fields: readonly ParameterField[];
}

/** A step fine enough for the range, that reaches its lower bound and whole numbers. */
function fractionalStep(minimum: number | undefined, maximum: number | undefined): number {
  const span = (maximum ?? Infinity) - (minimum ?? 0);
  if (span <= 2) return 0.05;
  return span > 20 && Number.isInteger(minimum ?? 0) ? 1 : 0.1;
}

function isSimple(field: FormField): field is SimpleField {
  return ['number', 'choice', 'text', 'color', 'switch'].includes(field.kind);
}

function fields(schema: Schema, prefix: readonly string[]): ParameterField[] {
  return properties(schema).flatMap(([name, property]): ParameterField[] => {
    const one = readField(name, property, { root: {}, required: false, readOnly: false });
    if (!isSimple(one)) return [];
    const path = [...prefix, name];
    if (one.kind !== 'number') return [{ ...one, path }];
    const step = one.multipleOf ?? (one.integer ? 1 : fractionalStep(one.minimum, one.maximum));
    return [{ ...one, path, step }];
  });
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
