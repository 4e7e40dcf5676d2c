import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Anchor, Text } from '@mantine/core';
import { Link } from 'react-router';

interface InstanceLinkProps {
  id: string;
  /** Null: it is not one's own to see; undefined: that is not known yet. */
  names: { name: string } | null | undefined;
}

/** Leads to an instance by its name, where one may see it. */
export function InstanceLink({ id, names }: InstanceLinkProps) {
  if (names === null) {
    return (
      <Text
        size="sm"
        c="dimmed"
        title={t`Only its starter, whoever is asked in it, and admins see the instance.`}
      >
        <Trans>Not yours to see</Trans>
      </Text>
    );
  }
  return (
    <Anchor component={Link} to={`/instances/${encodeURIComponent(id)}`} size="sm" fw={600} className="said">
      {names?.name ?? '…'}
    </Anchor>
  );
}
