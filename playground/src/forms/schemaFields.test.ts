import { describe, expect, it } from 'vitest';
import { type FormField, formFields, humanise } from './schemaFields';

const SCHEMA = {
  type: 'object',
  required: ['kind', 'lines', 'who'],
  $defs: { money: { type: 'number', minimum: 0, multipleOf: 0.01, title: 'Money' } },
  properties: {
    kind: { title: 'Kind', description: 'What for', enum: ['annual', 'sick'], default: 'annual' },
    days: { type: 'integer', exclusiveMinimum: 0, exclusiveMaximum: 61 },
    sum: { $ref: '#/$defs/money', title: 'Sum' },
    from: { type: 'string', format: 'date' },
    at: { type: ['string', 'null'], format: 'date-time' },
    note: { type: 'string', maxLength: 500 },
    name: { type: 'string', maxLength: 20, readOnly: true },
    urgent: { type: 'boolean' },
    level: {
      oneOf: [
        { const: 1, title: 'Low' },
        { const: 2, title: 'High' },
      ],
    },
    tags: { type: 'array', items: { enum: ['a', 'b'] }, maxItems: 2 },
    lines: {
      type: 'array',
      minItems: 1,
      items: { type: 'object', required: ['price'], properties: { price: { type: 'number' } } },
    },
    who: { type: 'object', readOnly: true, properties: { city: { type: 'string' } } },
    other: { type: 'object' },
  },
};

describe('the fields of a schema', () => {
  const fields = new Map(formFields(SCHEMA).map((field) => [field.name, field]));
  const field = (name: string) => fields.get(name) as FormField;

  it('keep the order of the schema', () => {
    expect([...fields.keys()]).toEqual(Object.keys(SCHEMA.properties));
  });

  it.each([
    ['kind', 'choice'],
    ['days', 'number'],
    ['sum', 'number'],
    ['from', 'date'],
    ['at', 'dateTime'],
    ['note', 'text'],
    ['urgent', 'switch'],
    ['level', 'choice'],
    ['tags', 'choices'],
    ['lines', 'list'],
    ['who', 'object'],
    ['other', 'json'],
  ])('%s is a %s', (name, kind) => {
    expect(field(name).kind).toBe(kind);
  });

  it('carry titles, help, defaults and what is required', () => {
    expect(field('kind')).toMatchObject({
      label: 'Kind',
      help: 'What for',
      initial: 'annual',
      required: true,
    });
    expect(field('days')).toMatchObject({
      label: 'Days',
      required: false,
      above: 0,
      below: 61,
      integer: true,
    });
  });

  it('follow references, whose own words come first', () => {
    expect(field('sum')).toMatchObject({ label: 'Sum', minimum: 0, multipleOf: 0.01 });
  });

  it('give long texts room', () => {
    expect(field('note')).toMatchObject({ long: true });
    expect(field('name')).toMatchObject({ long: false, readOnly: true });
  });

  it('name constants by their titles', () => {
    expect(field('level')).toMatchObject({
      options: [
        { value: 1, label: 'Low' },
        { value: 2, label: 'High' },
      ],
    });
  });

  it('read entries of lists, and what lies in something that is not to be changed', () => {
    expect(field('lines')).toMatchObject({
      minItems: 1,
      entry: { kind: 'object', fields: [{ name: 'price', required: true }] },
    });
    expect(field('who')).toMatchObject({ readOnly: true, fields: [{ name: 'city', readOnly: true }] });
  });

  it.each([null, 7, 'schema', [], {}, { properties: [] }])('are none of %j', (schema) => {
    expect(formFields(schema)).toEqual([]);
  });
});

describe('names', () => {
  it.each([
    ['strip_metadata', 'Strip metadata'],
    ['maxWidth', 'Max width'],
    ['text', 'Text'],
  ])('reads %s as %s', (name, words) => {
    expect(humanise(name)).toBe(words);
  });
});
