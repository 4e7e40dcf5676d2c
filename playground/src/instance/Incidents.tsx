import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useState } from 'react';
import { useMutation } from 'urql';
import { faultOfResult } from '../api/fault';
import { sentence } from '../api/faultText';
import { useViewer } from '../session/viewer';
import { notifyDone, notifyFault } from '../ui/notify';
import { RelativeTime } from '../ui/RelativeTime';
import type { InstanceDetails } from './InstancePage';
import { ResolveIncidentDocument } from './operations';

interface IncidentsProps {
  incidents: InstanceDetails['incidents'];
  /** What nodes are called. */
  nodes: ReadonlyMap<string, string>;
  onChanged: () => void;
}

/** What could not be done, and a way to have it done again for those who may. */
export function Incidents({ incidents, nodes, onChanged }: IncidentsProps) {
  const { may } = useViewer();
  return incidents.map((incident) => {
    const name = nodes.get(incident.nodeId) ?? incident.nodeId;
    return (
      <Alert
        key={incident.id}
        color="red"
        icon={<IconAlertTriangle />}
        title={t`“${name}” could not go on`}
        role="alert"
        data-incident={incident.id}
      >
        <Group justify="space-between">
          <Stack gap={2}>
            <Text size="sm" className="said">
              {sentence(incident.message)}
            </Text>
            <Text size="sm">
              <RelativeTime at={incident.createdAt} />
              {!may('OPERATOR') && t` · Somebody who runs this must see to it.`}
            </Text>
          </Stack>
          {may('OPERATOR') && <TryAgain incidentId={incident.id} name={name} onChanged={onChanged} />}
        </Group>
      </Alert>
    );
  });
}

interface TryAgainProps {
  incidentId: string;
  /** What the node is called. */
  name: string;
  onChanged: () => void;
}

function TryAgain({ incidentId, name, onChanged }: TryAgainProps) {
  const [, resolve] = useMutation(ResolveIncidentDocument);
  const [asked, setAsked] = useState(false);

  async function tryAgain() {
    setAsked(true);
    const { error } = await resolve({ input: { incidentId } });
    if (!error) {
      // It stays under way until the page has been read again, which then is without this incident.
      notifyDone(t`It is being tried again`, name);
      onChanged();
      return;
    }
    setAsked(false);
    const fault = faultOfResult(error);
    notifyFault(fault);
    if (fault.code === 'CONFLICT') onChanged();
  }

  return (
    <Button size="xs" variant="light" color="gray" loading={asked} onClick={() => void tryAgain()}>
      <Trans>Try again</Trans>
    </Button>
  );
}
