import { diff } from 'bpmn-js-differ';
import { BpmnModdle } from 'bpmn-moddle';
import type { Mark } from './marks';

/** What a property of an element was and is; null where there is none. */
export interface PropertyChange {
  property: string;
  before: string | null;
  after: string | null;
}

/** What is different about an element. */
export interface Difference {
  id: string;
  /** Its name, or its id where it has none. */
  name: string;
  /** The element's name in BPMN, such as `userTask`. */
  kind: string;
  mark: Extract<Mark, 'added' | 'removed' | 'changed' | 'moved'>;
  properties: readonly PropertyChange[];
}

/** An element as bpmn-moddle reads it. */
interface Element {
  readonly $type: string;
  readonly $attrs?: Readonly<Record<string, string>>;
  readonly $descriptor: {
    isGeneric?: boolean;
    properties?: readonly Property[];
  };
  readonly id?: string;
  readonly name?: string;
  readonly [property: string]: unknown;
}

interface Property {
  name: string;
  isVirtual?: boolean;
  isMany?: boolean;
  isReference?: boolean;
}

/** What holds other elements, each of which is compared by itself. */
const HOLDS = new Set([
  'flowElements',
  'laneSets',
  'lanes',
  'artifacts',
  'rootElements',
  'diagrams',
  'participants',
  'messageFlows',
]);

/** What is different between two documents, in the order in which they have their elements: first what is gone. */
export async function differences(before: string, after: string): Promise<readonly Difference[]> {
  const [old, fresh] = await Promise.all([read(before), read(after)]);
  const { _added, _removed, _layoutChanged } = diff(old, fresh);
  const [was, is] = [elementsOf(old), elementsOf(fresh)];
  const found: Difference[] = [];
  for (const [id, element] of was)
    if (!is.has(id) || id in _removed) found.push(told(id, element, 'removed', []));
  for (const [id, element] of is) {
    const earlier = was.get(id);
    if (!earlier || id in _added) {
      found.push(told(id, element, 'added', []));
      continue;
    }
    const properties = changes(contentOf(earlier), contentOf(element));
    if (properties.length > 0) found.push(told(id, element, 'changed', properties));
    else if (id in _layoutChanged) found.push(told(id, element, 'moved', []));
  }
  return found;
}

function told(
  id: string,
  element: Element,
  mark: Difference['mark'],
  properties: readonly PropertyChange[],
): Difference {
  const name = element.name === undefined || element.name === '' ? id : element.name;
  return { id, name, kind: kindOf(element), mark, properties };
}

/** `userTask` of `bpmn:UserTask`. */
function kindOf({ $type }: Element): string {
  const local = $type.slice($type.indexOf(':') + 1);
  return local.charAt(0).toLowerCase() + local.slice(1);
}

async function read(xml: string): Promise<Element> {
  const { rootElement } = await new BpmnModdle().fromXML(xml);
  return rootElement as Element;
}

function isElement(value: unknown): value is Element {
  return typeof value === 'object' && value !== null && '$type' in value;
}

/** Everything with an id that can be pointed at: what is drawn, the process, and what stands beside it. */
function elementsOf(root: Element): ReadonlyMap<string, Element> {
  const found = new Map<string, Element>();
  const visit = (holder: Element) => {
    for (const name of HOLDS) {
      if (name === 'diagrams') continue;
      const held = holder[name];
      if (!Array.isArray(held)) continue;
      for (const element of held as unknown[]) {
        if (!isElement(element)) continue;
        if (element.id !== undefined) found.set(element.id, element);
        visit(element);
      }
    }
  };
  visit(root);
  return found;
}

/**
 * What an element says, by property. The library that finds what came and went compares no attributes of other
 * namespaces and nothing within lists, where vendors keep who is asked and when a timer fires.
 */
function contentOf(element: Element): ReadonlyMap<string, string> {
  const content = new Map<string, string>([['type', kindOf(element)]]);
  for (const [name, value] of ownValues(element)) content.set(name, textOf(value));
  for (const [name, value] of ownAttributes(element)) content.set(name, value);
  return content;
}

/** The attributes of other namespaces, without those that say how the document is to be read. */
function ownAttributes({ $attrs = {} }: Element): [string, string][] {
  return Object.entries($attrs).filter(([name]) => !/^(xmlns|xsi)(:|$)/.test(name));
}

/** The values that are an element's own: neither its id, nor what it holds, nor what points back to it. */
function ownValues(element: Element): [string, unknown][] {
  const { isGeneric, properties = [] } = element.$descriptor;
  if (isGeneric === true) {
    return Object.entries(element).filter(
      ([name]) => name === '$body' || name === '$children' || !name.startsWith('$'),
    );
  }
  return properties.flatMap(({ name, isVirtual, isMany, isReference }): [string, unknown][] => {
    if (isVirtual === true || name === 'id' || HOLDS.has(name)) return [];
    if (isMany === true && isReference === true && name !== 'flowNodeRef') return [];
    // What a document does not say has its default value from the prototype.
    if (!Object.hasOwn(element, name)) return [];
    const value = element[name];
    return [[name, isReference === true ? referred(value) : value]];
  });
}

function referred(value: unknown): unknown {
  if (Array.isArray(value)) return (value as unknown[]).map(referred);
  return isElement(value) ? (value.id ?? value.$type) : value;
}

/** A value as text: what is simple as it is written, what is not as JSON. */
function textOf(value: unknown): string {
  const plain = plainOf(value);
  return typeof plain === 'string' ? plain : JSON.stringify(plain);
}

function plainOf(value: unknown): unknown {
  if (Array.isArray(value)) return (value as unknown[]).map(plainOf);
  if (!isElement(value)) return typeof value === 'string' ? value.trim() : value;
  const entries = [
    ...ownValues(value).map(([name, own]): [string, unknown] => [name, plainOf(own)]),
    ...ownAttributes(value),
  ];
  // An expression is told as it is written.
  const [only] = entries;
  if (entries.length === 1 && only && (only[0] === 'body' || only[0] === 'text')) return only[1];
  return { [kindOf(value)]: Object.fromEntries(entries) };
}

function changes(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly PropertyChange[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((property) => {
    const [was, is] = [before.get(property) ?? null, after.get(property) ?? null];
    return was === is ? [] : [{ property, before: was, after: is }];
  });
}
