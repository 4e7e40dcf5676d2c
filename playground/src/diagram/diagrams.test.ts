import { describe, expect, it } from 'vitest';
import { diagramOf } from './diagrams';

const buy = { plane: { bpmnElement: { id: 'buy' } } };
const sell = { plane: { bpmnElement: { id: 'sell' } } };
const both = {
  plane: {
    bpmnElement: {
      id: 'c',
      participants: [{ processRef: { id: 'buy' } }, { processRef: { id: 'lend' } }, {}],
    },
  },
};

describe('of the diagrams of a document', () => {
  it.each([
    ['buy', buy],
    ['sell', sell],
    ['lend', both],
    ['steal', undefined],
  ])('that of the process %s is found', (process, diagram) => {
    expect(diagramOf([{}, { plane: {} }, both, buy, sell], process)).toBe(diagram);
  });
});
