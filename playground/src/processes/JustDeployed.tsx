import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Anchor, CloseButton, Group, Paper, Text, Title } from '@mantine/core';
import { Link } from 'react-router';
import { versionAddress } from './addresses';
import type { Deployed } from './deployed';

interface JustDeployedProps {
  deployed: readonly Deployed[];
  onClose: () => void;
}

/** The processes that were deployed together, wherever they stand in the list; nothing where there are none. */
export function JustDeployed({ deployed, onClose }: JustDeployedProps) {
  if (deployed.length === 0) return null;
  return (
    <Paper withBorder radius="lg" p="md" component="section" aria-label={t`Deployed together`}>
      <Group justify="space-between" mb="xs" wrap="nowrap">
        <Title order={2} size="h4">
          <Trans>Deployed together</Trans>
        </Title>
        <CloseButton aria-label={t`Close`} onClick={onClose} />
      </Group>
      <ul className="path">
        {deployed.map(({ key, name, version }) => (
          <li key={key}>
            <Anchor component={Link} to={versionAddress(key, version)} size="sm" fw={600} underline="always">
              {name}
            </Anchor>{' '}
            <Text span size="sm" c="dimmed">
              <Trans>
                <code>{key}</code>, version {version}
              </Trans>
            </Text>
          </li>
        ))}
      </ul>
    </Paper>
  );
}
