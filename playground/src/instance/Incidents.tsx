import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { sentence } from '../api/faultText';
import { jobOf } from '../incidents/about';
import { TryAgain } from '../incidents/TryAgain';
import { attemptsText } from '../jobs/JobFacts';
import { useViewer } from '../session/viewer';
import { RelativeTime } from '../ui/RelativeTime';
import type { InstanceDetails } from './InstancePage';

interface IncidentsProps {
  instance: Pick<InstanceDetails, 'incidents' | 'jobs'>;
  /** What nodes are called. */
  nodes: ReadonlyMap<string, string>;
  /** Brings a node into view where it is drawn. */
  onShow: (node: string) => void;
  onChanged: () => void;
}

/** What could not be done, and a way to have it done again for those who may. */
export function Incidents({ instance, nodes, onShow, onChanged }: IncidentsProps) {
  const { may } = useViewer();
  return instance.incidents.map((incident) => {
    const name = nodes.get(incident.nodeId) ?? incident.nodeId;
    const job = jobOf(incident, instance.jobs);
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
              <code>{incident.code}</code> · <RelativeTime at={incident.createdAt} />
              {job && ` · ${attemptsText(job)}`}
              {!may('OPERATOR') && t` · Somebody who runs this must see to it.`}
            </Text>
          </Stack>
          <Group gap="xs">
            <Button size="xs" variant="light" color="gray" onClick={() => onShow(incident.nodeId)}>
              <Trans>Show where</Trans>
            </Button>
            {may('OPERATOR') && (
              <TryAgain incidentId={incident.id} name={name} job={job} onChanged={onChanged} />
            )}
          </Group>
        </Group>
      </Alert>
    );
  });
}
