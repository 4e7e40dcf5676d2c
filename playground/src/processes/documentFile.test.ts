import { describe, expect, it } from 'vitest';
import { isDocument, processIn, readDocument } from './documentFile';

const file = (name: string, text: string) => new File([text], name);

async function taken(name: string, text: string): Promise<unknown> {
  const read = await readDocument(file(name, text));
  return isDocument(read) ? processIn(read) : read.message;
}

describe('a file to deploy', () => {
  it.each(['orders.bpmn', 'orders.xml', 'orders'])('is BPMN: %s', async (name) => {
    expect(await taken(name, '<definitions />')).toEqual({ bpmnXml: '<definitions />' });
  });

  it.each([
    ['orders.json', '{"type": "START"}'],
    ['ORDERS.JSON', '\uFEFF {"type": "START"}'],
    ['orders', '  {"type": "START"}'],
  ])('is a chart by its name or how it begins: %s', async (name, text) => {
    expect(await taken(name, text)).toEqual({ chart: { type: 'START' } });
  });

  it('is refused where it should be JSON and is not', async () => {
    expect(await taken('orders.json', '{"type": ')).toContain('is not JSON');
    expect(await taken('orders.json', '12')).toContain('is not JSON');
  });

  it('is not read where it is too large', async () => {
    expect(await taken('large.bpmn', 'x'.repeat(1024 * 1024 + 1))).toContain('1 MiB');
  });
});
