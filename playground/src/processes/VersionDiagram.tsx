import { t } from '@lingui/core/macro';
import { Skeleton } from '@mantine/core';
import { useQuery } from 'urql';
import { faultOfResult } from '../api/fault';
import { Diagram } from '../diagram/Diagram';
import type { Marks } from '../diagram/marks';
import { DiagramDocument } from '../diagram/operations';
import { diagramXml } from '../diagram/source';
import { FaultAlert } from '../ui/FaultAlert';

interface VersionDiagramProps {
  processKey: string;
  version: number;
  name: string;
  marks?: Marks;
  shown?: { id: string } | null;
}

/** The drawing of a version. */
export function VersionDiagram({ processKey, version, name, ...seen }: VersionDiagramProps) {
  const [{ data, error }, reload] = useQuery({
    query: DiagramDocument,
    variables: { key: processKey, version },
    requestPolicy: 'cache-first',
  });
  if (error) {
    return (
      <FaultAlert fault={faultOfResult(error)} onRetry={() => reload({ requestPolicy: 'network-only' })} />
    );
  }
  if (!data?.processDefinition) return <Skeleton h={300} radius="md" />;
  return (
    <Diagram
      xml={diagramXml(data.processDefinition)}
      process={processKey}
      label={t`Diagram: ${name}, version ${version}`}
      {...seen}
    />
  );
}
