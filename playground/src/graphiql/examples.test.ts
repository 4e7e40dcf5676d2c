import { buildSchema, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import sdl from '../../../schema.graphql?raw';
import { exampleTabs, UNKNOWN_IDS } from './examples';

const schema = buildSchema(sdl);

describe('the example operations', () => {
  it.each(exampleTabs(UNKNOWN_IDS).map((tab) => [tab.query.split('\n')[0], tab.query]))(
    '%s',
    (_first, query) => {
      expect(validate(schema, parse(query))).toEqual([]);
    },
  );
});
