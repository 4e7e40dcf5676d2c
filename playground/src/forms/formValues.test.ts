import { describe, expect, it } from 'vitest';
import {
  checkForm,
  faultsWithin,
  firstValues,
  formDataOf,
  fromLocalDateTime,
  memberPath,
  shownValue,
  toLocalDateTime,
  withoutFaultsOf,
} from './formValues';
import { formFields } from './schemaFields';

const FIELDS = formFields({
  type: 'object',
  required: ['kind', 'amount', 'lines'],
  properties: {
    kind: { enum: ['annual', 'sick'], default: 'annual' },
    amount: { type: 'number', exclusiveMinimum: 0, maximum: 60, multipleOf: 0.5 },
    count: { type: 'integer', minimum: 1 },
    name: { type: 'string', minLength: 2, maxLength: 5 },
    paid: { type: 'boolean' },
    seen: { type: 'string', readOnly: true },
    lines: {
      type: 'array',
      minItems: 1,
      maxItems: 2,
      items: {
        type: 'object',
        required: ['price'],
        properties: { price: { type: 'number' }, note: { type: 'string' } },
      },
    },
    address: {
      type: 'object',
      required: ['city'],
      properties: { city: { type: 'string' }, zip: { type: 'string' } },
    },
  },
});
const GOOD = { kind: 'sick', amount: 1.5, lines: [{ price: 3 }] };

describe('what a form shows at first', () => {
  it('is the defaults, then what is there, then the draft', () => {
    expect(firstValues(FIELDS)).toEqual({ kind: 'annual', lines: [{}] });
    expect(firstValues(FIELDS, { kind: 'sick', amount: 2 }, { amount: 3 }, null)).toMatchObject({
      kind: 'sick',
      amount: 3,
    });
  });
});

describe('formData', () => {
  it('has what may be written and is filled in', () => {
    const values = { ...GOOD, seen: 'no', name: ' ', paid: false, address: { city: '', zip: undefined } };
    expect(formDataOf(FIELDS, values)).toEqual({ ...GOOD, paid: false });
  });

  it('is null where something was taken away', () => {
    expect(formDataOf(FIELDS, { ...GOOD, name: '' }, { name: 'Ann', seen: 'yes' })).toEqual({
      ...GOOD,
      name: null,
    });
  });

  it('goes into objects and lists', () => {
    const values = { ...GOOD, lines: [{ price: 3, note: '' }], address: { city: 'Ulm', zip: '' } };
    expect(formDataOf(FIELDS, values)).toEqual({ ...GOOD, lines: [{ price: 3 }], address: { city: 'Ulm' } });
  });
});

describe('what is wrong', () => {
  it('is nothing where all is good', () => {
    expect(checkForm(FIELDS, GOOD)).toEqual({});
  });

  it.each([
    [{ amount: undefined }, 'amount', 'This is needed.'],
    [{ amount: 0 }, 'amount', 'More than 0.'],
    [{ amount: 61 }, 'amount', 'At most 60.'],
    [{ amount: 1.2 }, 'amount', 'In steps of 0.5.'],
    [{ count: 1.5 }, 'count', 'This is to be a whole number.'],
    [{ count: 0 }, 'count', 'At least 1.'],
    [{ name: 'A' }, 'name', 'At least 2 characters.'],
    [{ name: 'Annabel' }, 'name', 'At most 5 characters.'],
    [{ lines: [] }, 'lines', 'At least 1 entry.'],
    [{ lines: [{}, {}, {}] }, 'lines', 'At most 2 entries.'],
    [{ lines: [{ price: 1 }, {}] }, 'lines[1].price', 'This is needed.'],
    [{ address: { zip: '1' } }, 'address.city', 'This is needed.'],
  ])('%j at %s: %s', (changes, path, message) => {
    expect(checkForm(FIELDS, { ...GOOD, ...changes })[path]).toBe(message);
  });

  it('does not ask for what lies in an object that need not be there', () => {
    expect(checkForm(FIELDS, { ...GOOD, address: { city: '' } })).toEqual({});
  });

  it('comes from the server by the place within the form', () => {
    const faults = [
      { field: 'formData.lines[0].price', message: 'a' },
      { field: 'input.formData.name', message: 'b' },
      { field: 'formData.name', message: 'later' },
      { field: 'comment', message: 'c' },
      { message: 'd' },
    ];
    expect(faultsWithin('formData', faults)).toEqual({ 'lines[0].price': 'a', name: 'b' });
  });

  it('is forgotten with what lies in the field that is changed', () => {
    const faults = { lines: 'a', 'lines[0].price': 'b', lines2: 'c' };
    expect(withoutFaultsOf(faults, 'lines')).toEqual({ lines2: 'c' });
  });
});

describe('places', () => {
  it.each([
    ['', 'amount', 'amount'],
    ['lines[0]', 'price', 'lines[0].price'],
    ['', 'two words', '["two words"]'],
  ])('%s and %s are %s', (path, name, place) => {
    expect(memberPath(path, name)).toBe(place);
  });
});

describe('moments', () => {
  it('come back as they were', () => {
    expect(fromLocalDateTime(toLocalDateTime('2026-03-01T12:30:00Z'))).toBe('2026-03-01T12:30:00Z');
    expect(toLocalDateTime('never')).toBe('');
    expect(fromLocalDateTime('')).toBe('');
  });
});

describe('values to look at', () => {
  const [kind, amount, , , paid] = FIELDS;
  it.each([
    [kind, 'annual', 'annual'],
    [amount, undefined, '—'],
    [paid, true, 'Yes'],
    [paid, false, 'No'],
  ])('%# reads well', (field, value, text) => {
    expect(field && shownValue(field, value)).toBe(text);
  });
});
