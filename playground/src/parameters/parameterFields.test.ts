import { describe, expect, it } from 'vitest';
import { fieldKey, inputDataOf, parameterGroups } from './parameterFields';

const TONE = {
  type: 'object',
  properties: {
    brightness: { type: 'integer', minimum: -100, maximum: 100, default: 0, description: 'Lighter above 0.' },
    resize: {
      type: 'object',
      properties: {
        width: { type: ['integer', 'null'], minimum: 1, maximum: 4096, default: 320 },
        fit: { enum: ['inside', 'cover'], default: 'inside' },
        brightness: { type: 'integer' },
      },
    },
    mark: {
      type: 'object',
      title: 'Watermark',
      properties: {
        text: { type: 'string', maxLength: 64 },
        tile: { type: 'boolean', default: false },
        opacity: { anyOf: [{ type: 'number', minimum: 0, maximum: 1 }, { type: 'null' }] },
        font: { $ref: '#/nowhere' },
        color: { type: 'string', format: 'color', default: '#ffffff' },
      },
    },
  },
};

describe('the form of a parameter schema', () => {
  const groups = parameterGroups(TONE);

  it('puts parameters of every step first, then a group a step', () => {
    expect(groups.map(({ title, fields }) => [title, fields.map(fieldKey)])).toEqual([
      [undefined, ['brightness']],
      ['Resize', ['resize.width', 'resize.fit']],
      ['Watermark', ['mark.text', 'mark.tile', 'mark.opacity', 'mark.color']],
    ]);
  });

  it('reads bounds, defaults and help', () => {
    expect(groups[0]?.fields[0]).toMatchObject({
      path: ['brightness'],
      label: 'Brightness',
      help: 'Lighter above 0.',
      kind: 'number',
      integer: true,
      step: 1,
      minimum: -100,
      maximum: 100,
      initial: 0,
    });
  });

  it('chooses a control by type', () => {
    const kinds = Object.fromEntries(
      groups.flatMap(({ fields }) => fields).map((one) => [fieldKey(one), one.kind]),
    );
    expect(kinds).toMatchObject({
      'resize.width': 'number',
      'resize.fit': 'choice',
      'mark.text': 'text',
      'mark.tile': 'switch',
      'mark.opacity': 'number',
      'mark.color': 'color',
    });
  });

  it.each([
    [0, 1, 0.05],
    [0, 5, 0.1],
    [0, 100, 1],
    [0.3, 200, 0.1],
    [undefined, undefined, 1],
  ])('lets a fraction from %s to %s move by %s', (minimum, maximum, step) => {
    const schema = { properties: { sigma: { type: 'number', minimum, maximum } } };
    expect(parameterGroups(schema)[0]?.fields[0]).toMatchObject({ integer: false, step });
  });

  it('asks within the steps again where several have the same parameter', () => {
    const width = { type: 'integer' };
    const schema = {
      properties: {
        width,
        small: { type: 'object', properties: { width } },
        large: { type: 'object', properties: { width } },
      },
    };
    expect(parameterGroups(schema).map(({ fields }) => fields.map(fieldKey))).toEqual([
      ['width'],
      ['small.width'],
      ['large.width'],
    ]);
  });

  it.each([null, 7, [], 'schema', {}, { properties: [] }, { properties: { a: 1, b: { type: 'array' } } }])(
    'makes no form of %j',
    (schema) => {
      expect(parameterGroups(schema)).toEqual([]);
    },
  );
});

describe('inputData', () => {
  const groups = parameterGroups(TONE);

  it('is null when nothing was changed', () => {
    expect(inputDataOf(groups, {})).toBeNull();
    expect(inputDataOf(groups, { 'mark.text': undefined })).toBeNull();
  });

  it('puts each value where the schema has it', () => {
    const values = { brightness: 20, 'resize.width': 64, 'resize.fit': 'cover', 'mark.tile': true };
    expect(inputDataOf(groups, values)).toEqual({
      brightness: 20,
      resize: { width: 64, fit: 'cover' },
      mark: { tile: true },
    });
  });

  it('leaves values out that the form does not have', () => {
    expect(inputDataOf(groups, { 'other.width': 3 })).toBeNull();
  });
});
