import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Anchor, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { isSchema } from '../forms/schemaFields';
import { ValueList } from '../forms/SchemaForm';
import { list } from '../language/format';
import { versionAddress } from '../processes/addresses';
import { RelativeTime } from '../ui/RelativeTime';
import type { InstanceDetails } from './InstancePage';
import { Part } from '../ui/Part';

/** The variables without what the page says otherwise; none where one may not see them. */
function shownVariables(variables: unknown): Record<string, unknown> {
  if (!isSchema(variables)) return {};
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !name.startsWith('PROCESS_')));
}

/** Who started an instance, when and with what, and where it is now. */
export function Summary({ instance }: { instance: InstanceDetails }) {
  const { currentNodes } = instance;
  const variables = shownVariables(instance.variables);
  return (
    <Part title={t`About`}>
      <dl className="value-list">
        <Fact name={t`Started`}>
          <Trans>
            {instance.startedBy?.name ?? t`Somebody without a token`},{' '}
            <RelativeTime at={instance.startedAt} />
          </Trans>
        </Fact>
        {instance.finishedAt != null && (
          <Fact name={t`Ended`}>
            <RelativeTime at={instance.finishedAt} />
          </Fact>
        )}
        {instance.reason != null && <Fact name={t`Reason`}>{instance.reason}</Fact>}
        {currentNodes.length > 0 && (
          <Fact name={t`Now at`}>{list(currentNodes.map(({ name }) => name))}</Fact>
        )}
        <Fact name={t`Process`}>
          <Anchor
            component={Link}
            to={versionAddress(instance.definition.key, instance.definition.version)}
            size="sm"
            underline="always"
          >
            <Trans>
              {instance.definition.name}, version {instance.definition.version}
            </Trans>
          </Anchor>
        </Fact>
      </dl>
      {Object.keys(variables).length > 0 && (
        <>
          <Title order={3} size="h5">
            <Trans>Variables</Trans>
          </Title>
          <ValueList values={variables} />
        </>
      )}
    </Part>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <Text component="dt" size="sm" c="dimmed">
        {name}
      </Text>
      <Text component="dd" size="sm" m={0} className="said">
        {children}
      </Text>
    </div>
  );
}
