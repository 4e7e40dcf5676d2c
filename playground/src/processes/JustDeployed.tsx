import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Alert, Anchor } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
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
    <Alert
      color="teal"
      icon={<IconCheck />}
      title={t`Deployed together`}
      withCloseButton
      closeButtonLabel={t`Close`}
      onClose={onClose}
      data-testid="just-deployed"
    >
      <ul className="path" aria-label={t`Deployed together`}>
        {deployed.map(({ key, name, version }) => (
          <li key={key}>
            <Anchor component={Link} to={versionAddress(key, version)} size="sm" fw={600} underline="always">
              {name}
            </Anchor>{' '}
            <Trans>
              <code>{key}</code>, version {version}
            </Trans>
          </li>
        ))}
      </ul>
    </Alert>
  );
}
