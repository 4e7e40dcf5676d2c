import { Trans } from '@lingui/react/macro';
import { Alert, Button, Group, Text } from '@mantine/core';
import { IconAlertTriangle, IconClockPause, IconPlugConnectedX } from '@tabler/icons-react';
import { type Fault, NETWORK } from '../api/fault';
import { faultText } from '../api/faultText';
import { useNow } from './useNow';

function icon(code: string) {
  if (code === NETWORK) return <IconPlugConnectedX />;
  return code === 'RATE_LIMITED' ? <IconClockPause /> : <IconAlertTriangle />;
}

interface FaultAlertProps {
  fault: Fault;
  /** Offers to try again. */
  onRetry?: () => void;
}

/** A fault in words. */
export function FaultAlert({ fault, onRetry }: FaultAlertProps) {
  const { title, detail } = faultText(fault, useNow());
  return (
    <Alert
      color={fault.code === NETWORK ? 'orange' : 'red'}
      icon={icon(fault.code)}
      title={title}
      role="alert"
    >
      <Group justify="space-between">
        <Text size="sm">{detail}</Text>
        {onRetry && (
          <Button size="xs" variant="light" color="gray" onClick={onRetry}>
            <Trans>Try again</Trans>
          </Button>
        )}
      </Group>
    </Alert>
  );
}
