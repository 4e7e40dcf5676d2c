// Draws one model for each family of elements with bpmn.io's modeler, as somebody would with the mouse, and
// writes them to the server's tests: `npm run draw-models`.
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { families } from './models.mjs';

const folder = fileURLToPath(new URL('../../src/workflow/bpmn/tests/models/', import.meta.url));
const modeler = createRequire(import.meta.url).resolve('bpmn-js/dist/bpmn-modeler.development.js');

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium' });
try {
  const page = await browser.newPage();
  await page.setContent('<div id="canvas" style="width: 2000px; height: 1200px"></div>');
  await page.addScriptTag({ path: modeler });
  for (const [name, steps] of Object.entries(families)) {
    const xml = await page.evaluate(draw, { name, steps });
    await writeFile(`${folder}${name}.bpmn`, xml.endsWith('\n') ? xml : `${xml}\n`);
    console.log(name);
  }
} finally {
  await browser.close();
}

/** Runs in the page: one modeler a model, its steps taken with the modeler's own services. */
async function draw({ name, steps }) {
  // The same ids each time.
  let seed = 1;
  Math.random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const canvas = document.querySelector('#canvas');
  canvas.replaceChildren();
  const modeler = new window.BpmnJS({ container: canvas });
  await modeler.importXML(`<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
    xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:docket="https://docket.dev/bpmn"
    id="definitions" targetNamespace="http://bpmn.io/schema/bpmn">
  <bpmn:process id="drawn-${name}" isExecutable="true" />
  <bpmndi:BPMNDiagram id="diagram"><bpmndi:BPMNPlane id="plane" bpmnElement="drawn-${name}" /></bpmndi:BPMNDiagram>
</bpmn:definitions>`);
  const [factory, modeling, elements, moddle, root] = [
    'elementFactory',
    'modeling',
    'elementRegistry',
    'moddle',
  ]
    .map((service) => modeler.get(service))
    .concat(modeler.get('canvas').getRootElement());
  const definitions = modeler.getDefinitions();

  // An object with a `type` is an element of BPMN, and so is what lies in it.
  const built = (value) => {
    if (Array.isArray(value)) return value.map(built);
    if (value?.ref !== undefined) return definitions.rootElements.find(({ id }) => id === value.ref);
    if (value?.type === undefined) return value;
    const { type, ...rest } = value;
    const made = moddle.create(
      type,
      Object.fromEntries(Object.entries(rest).map(([key, inner]) => [key, built(inner)])),
    );
    Object.values(made)
      .flat()
      .forEach((inner) => inner?.$type && (inner.$parent = made));
    return made;
  };
  const set = (element, properties) =>
    Object.entries(properties).forEach(([key, value]) => {
      const inner = built(value);
      [inner].flat().forEach((one) => one?.$type && !one.$parent && (one.$parent = element.businessObject));
      modeling.updateProperties(element, { [key]: inner });
    });
  const place = ({
    id,
    type,
    at: [x, y],
    into,
    on,
    wide,
    high,
    triggered,
    open,
    definition,
    ...properties
  }) => {
    const shape = factory.createShape({
      type,
      ...(open === undefined ? {} : { isExpanded: open }),
      ...(triggered ? { triggeredByEvent: true } : {}),
      ...(definition ? { eventDefinitionType: definition.type } : {}),
      ...(wide ? { width: wide, height: high } : {}),
    });
    const around = elements.get(on ?? into) ?? modeler.get('canvas').getRootElement() ?? root;
    const placed = modeling.createShape(shape, { x, y }, around, { attach: on !== undefined });
    modeling.updateProperties(placed, { id });
    if (definition) {
      const own = placed.businessObject.eventDefinitions[0];
      modeling.updateModdleProperties(placed, own, { id: `${id}-definition` });
      const { type: _, ...inner } = definition;
      Object.entries(inner).forEach(([key, value]) => {
        const made = built(value);
        if (made?.$type && value.ref === undefined) made.$parent = own;
        modeling.updateModdleProperties(placed, own, { [key]: made });
      });
    }
    set(placed, properties);
  };
  for (const step of steps) {
    if (step.declare) {
      const declared = built(step.declare);
      declared.$parent = definitions;
      definitions.rootElements.push(declared);
    } else if (step.lanes) {
      modeling.splitLane(elements.get(step.lanes), step.ids.length);
      const found = elements.filter(({ type }) => type === 'bpmn:Lane').sort((one, other) => one.y - other.y);
      found.forEach((lane, at) =>
        modeling.updateProperties(lane, { id: step.ids[at], name: step.names[at] }),
      );
    } else if (step.process) {
      // A pool has a process of its own: it takes the name of the one that it came instead of.
      modeling.updateModdleProperties(
        elements.get(step.process),
        elements.get(step.process).businessObject.processRef,
        {
          id: `drawn-${name}`,
          isExecutable: true,
        },
      );
    } else if (step.from) {
      const { from, to, id, ...properties } = step;
      const [source, target] = [elements.get(from), elements.get(to)];
      const made = modeling.connect(source, target, step.type ? { type: step.type } : undefined);
      delete properties.type;
      modeling.updateProperties(made, { id: id ?? `${from}-${to}` });
      set(made, properties);
    } else {
      place(step);
    }
  }
  const { xml } = await modeler.saveXML({ format: true });
  modeler.destroy();
  return xml;
}
