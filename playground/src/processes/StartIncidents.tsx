import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { sentence } from '../api/faultText';
import { startIncidentsOf, startOf } from '../incidents/about';
import { BeginAgain } from '../incidents/BeginAgain';
import { useStartIncidents } from '../incidents/useIncidents';
import { FaultAlert } from '../ui/FaultAlert';
import { FIRST_PAGE } from '../ui/paging';
import { RelativeTime } from '../ui/RelativeTime';
import { useRefreshWhile } from '../ui/useRefreshWhile';

interface StartIncidentsProps {
  definition: { id: string; key: string; version: number };
  isNewest: boolean;
  /** Brings a start event into view where it is drawn. */
  onShow: (node: string) => void;
  onChanged: () => void;
}

/** What of a process could not begin, for operators to see to; nothing where there is nothing. */
export function StartIncidents({ definition, isNewest, onShow, onChanged }: StartIncidentsProps) {
  const { data, fault, refresh } = useStartIncidents(FIRST_PAGE, true);
  // To look through very many takes several requests, which are not sent every two seconds.
  useRefreshWhile((data?.page.totalCount ?? 0) <= 100, refresh);
  if (data === null) return fault && <FaultAlert fault={fault} onRetry={refresh} />;
  return startIncidentsOf(definition, isNewest, data.page.nodes).map((incident) => {
    const name = startOf(incident);
    const isOfThis = incident.definition.id === definition.id;
    return (
      <Alert
        key={incident.id}
        color="red"
        icon={<IconAlertTriangle />}
        title={t`“${name}” could not begin an instance`}
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
              {!isOfThis && (
                <>
                  {' · '}
                  <Trans>Version {incident.definition.version}</Trans>
                </>
              )}
            </Text>
          </Stack>
          <Group gap="xs">
            {isOfThis && (
              <Button size="xs" variant="light" color="gray" onClick={() => onShow(incident.nodeId)}>
                <Trans>Show where</Trans>
              </Button>
            )}
            <BeginAgain
              incidentId={incident.id}
              name={name}
              onChanged={() => {
                refresh();
                onChanged();
              }}
            />
          </Group>
        </Group>
      </Alert>
    );
  });
}
