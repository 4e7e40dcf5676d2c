/** What a diagram of a document shows, as bpmn-moddle reads it. */
export interface DiagramOf {
  plane?: {
    bpmnElement?: { id?: string; participants?: readonly { processRef?: { id?: string } }[] };
  };
}

/** The diagram of a process, or of what it takes part in; none where the document's diagrams show other processes. */
export function diagramOf<Known extends DiagramOf>(
  diagrams: readonly Known[],
  process: string,
): Known | undefined {
  return (
    diagrams.find(({ plane }) => plane?.bpmnElement?.id === process) ??
    diagrams.find(({ plane }) =>
      plane?.bpmnElement?.participants?.some(({ processRef }) => processRef?.id === process),
    )
  );
}
