import type { Locator, Page } from 'playwright-core';
import { flow } from './processes';

/** The drawing on a page, once it is there. */
export async function drawing(place: Page | Locator): Promise<Locator> {
  const diagram = place.getByTestId('diagram');
  await diagram.and(place.locator('[data-state=drawn]')).waitFor();
  return diagram;
}

/** How an element of a drawing is marked; null where it is not. */
export async function markOf(place: Page | Locator, element: string): Promise<string | null> {
  const classes = await place.locator(`[data-element-id="${element}"]`).getAttribute('class');
  return /(?:^| )mark-(\w+)/.exec(classes ?? '')?.[1] ?? null;
}

/** A document of one row of elements with its drawing; `flows` names those that are drawn between them. */
export function drawnProcess(
  key: string,
  name: string,
  elements: readonly { id: string; xml: string }[],
  flows: readonly (readonly [from: string, to: string, condition?: string])[],
): string {
  const size = (xml: string) => (/task/i.test(xml) ? { width: 100, height: 80 } : { width: 36, height: 36 });
  const left = (place: number) => 160 + place * 160;
  const shapes = elements.map(({ id, xml }, place) => {
    const { width, height } = size(xml);
    return `<bpmndi:BPMNShape id="${id}_di" bpmnElement="${id}"><dc:Bounds x="${left(place)}" y="${200 - height / 2}" width="${width}" height="${height}" /></bpmndi:BPMNShape>`;
  });
  const edges = flows.map(([from, to]) => {
    const [start, end] = [from, to].map((id) => elements.findIndex((element) => element.id === id));
    const begin = left(start ?? 0) + size(elements[start ?? 0]?.xml ?? '').width;
    return `<bpmndi:BPMNEdge id="${from}-${to}_di" bpmnElement="${from}-${to}"><di:waypoint x="${begin}" y="200" /><di:waypoint x="${left(end ?? 0)}" y="200" /></bpmndi:BPMNEdge>`;
  });
  const sequence = flows.map((one) => flow(...one));
  return `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:flowable="http://flowable.org/bpmn" id="d" targetNamespace="t">
  <bpmn:process id="${key}" name="${name}" isExecutable="true">
    ${[...elements.map(({ xml }) => xml), ...sequence].join('\n    ')}
  </bpmn:process>
  <bpmndi:BPMNDiagram id="diagram"><bpmndi:BPMNPlane id="plane" bpmnElement="${key}">
    ${[...shapes, ...edges].join('\n    ')}
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>`;
}
