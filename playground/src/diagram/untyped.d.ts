// What is used here of libraries that have no types of their own.
declare module 'bpmn-js-differ' {
  /** An element of a document as bpmn-moddle reads it. */
  interface Element {
    readonly $type: string;
    readonly id?: string;
    readonly name?: string;
    $instanceOf: (type: string) => boolean;
  }

  /** What changes between two documents, by the ids of the elements. */
  export class ChangeHandler {
    _added: Record<string, Element>;
    _removed: Record<string, Element>;
    _changed: Record<string, unknown>;
    _layoutChanged: Record<string, Element>;
  }

  export function diff(before: unknown, after: unknown): ChangeHandler;
}

declare module 'bpmn-moddle' {
  /** Reads BPMN 2.0 documents. */
  export class BpmnModdle {
    /** The document's `definitions`; fails where it is no BPMN. */
    fromXML(xml: string): Promise<{ rootElement: object }>;
  }
}
