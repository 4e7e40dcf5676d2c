import { t } from '@lingui/core/macro';
import { Skeleton } from '@mantine/core';
import { useMemo } from 'react';
import { useQuery } from 'urql';
import { faultOfResult } from '../api/fault';
import { Diagram } from '../diagram/Diagram';
import { NodeList } from '../diagram/NodeList';
import { DiagramDocument } from '../diagram/operations';
import { diagramXml } from '../diagram/source';
import { list } from '../language/format';
import { FaultAlert } from '../ui/FaultAlert';
import { Folded } from '../ui/Folded';
import type { InstanceDetails } from './InstancePage';
import { holders, standing, taken, topics } from './standing';

/** Who is to decide, or what machines are to do, by node, as a sentence has them. */
function heldBy({ tasks, jobs }: InstanceDetails): ReadonlyMap<string, string> {
  const held = [...holders(tasks.nodes), ...topics(jobs)];
  return new Map(held.map(([node, names]) => [node, list(names)]));
}

interface InstanceDiagramProps {
  instance: InstanceDetails;
  /** The node to bring into view; a new object brings it there again. */
  shown: { id: string } | null;
}

/** Where an instance stands in the drawing of its process. */
export function InstanceDiagram({ instance, shown }: InstanceDiagramProps) {
  const { key, version, name } = instance.definition;
  const [{ data, error }, reload] = useQuery({
    query: DiagramDocument,
    variables: { key, version },
    requestPolicy: 'cache-first',
  });
  const marks = useMemo(() => standing(instance), [instance]);
  const flows = useMemo(() => taken(instance), [instance]);
  const notes = useMemo(
    () =>
      new Map(
        [...heldBy(instance)].map(([node, names]) => [
          node,
          <div key={node} className="diagram-note" title={names}>
            {names}
          </div>,
        ]),
      ),
    [instance],
  );
  if (error) {
    return (
      <FaultAlert fault={faultOfResult(error)} onRetry={() => reload({ requestPolicy: 'network-only' })} />
    );
  }
  const definition = data?.processDefinition;
  if (!definition) return <Skeleton h={300} radius="md" />;
  return (
    <Diagram
      xml={diagramXml(definition)}
      process={key}
      label={t`Diagram: ${name}`}
      marks={marks}
      taken={flows}
      notes={notes}
      shown={shown}
    />
  );
}

/** The same in words. */
export function InstanceNodes({ instance }: { instance: InstanceDetails }) {
  return (
    <Folded title={t`The diagram in words`}>
      <NodeList nodes={instance.definition.nodes} marks={standing(instance)} notes={heldBy(instance)} />
    </Folded>
  );
}
