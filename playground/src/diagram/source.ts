import type { DiagramSourceFragment } from '../gql/graphql';

/** The document with the drawing of a definition. */
export function diagramXml({ diagramXml: xml }: DiagramSourceFragment): string {
  return xml;
}
