import { Trans } from '@lingui/react/macro';
import { Alert, Code, Group, Text } from '@mantine/core';
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react';
import { sentence } from '../api/faultText';
import type { PageItem } from '../progress/progressState';
import { failureTitle } from './itemFailure';

/** Why an item has failed, or was ignored. */
export function ItemEnd({ item }: { item: PageItem }) {
  const { status, errorCode, errorField, errorMessage } = item;
  if (status !== 'FAILED' && status !== 'IGNORED') return null;
  const hasFailed = status === 'FAILED';
  return (
    <Alert
      color={hasFailed ? 'red' : 'grape'}
      icon={hasFailed ? <IconAlertTriangle /> : <IconInfoCircle />}
      title={hasFailed || errorCode != null ? failureTitle(errorCode) : <Trans>Nothing to do</Trans>}
      data-testid={hasFailed ? 'item-failure' : 'item-ignored'}
    >
      {errorField != null && (
        <Text size="sm">
          <Trans>
            What is wrong: <Code>{errorField}</Code>
          </Trans>
        </Text>
      )}
      <Text size="sm">{sentence(errorMessage ?? '')}</Text>
      {errorCode != null && (
        <Group mt={4}>
          <Code>{errorCode}</Code>
        </Group>
      )}
    </Alert>
  );
}
