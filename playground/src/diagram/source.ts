import type { DiagramSourceFragment } from '../gql/graphql';

/** The document with the drawing of a definition. */
export function diagramXml({ bpmnXml }: DiagramSourceFragment): string {
  return bpmnXml;
}
