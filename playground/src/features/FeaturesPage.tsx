import { plural, t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import {
  Badge,
  Card,
  Code,
  Group,
  SimpleGrid,
  Skeleton,
  Stack,
  Switch,
  Text,
  Title,
  Tooltip,
} from '@mantine/core';
import { IconArrowRight, IconPuzzleOff } from '@tabler/icons-react';
import { useState } from 'react';
import { useMutation } from 'urql';
import { faultOfResult } from '../api/fault';
import { humanise } from '../forms/schemaFields';
import { count } from '../language/format';
import { rolesLabel } from '../session/roles';
import { useViewer } from '../session/viewer';
import { EmptyState } from '../ui/EmptyState';
import { FaultAlert } from '../ui/FaultAlert';
import { notifyDone, notifyFault } from '../ui/notify';
import { inSeconds } from '../ui/time';
import { usePageTitle } from '../ui/usePageTitle';
import { SetFeatureEnabledDocument } from './operations';
import { type Feature, useFeatures } from './useFeatures';

/** What batches can do, and within which limits. */
export function FeaturesPage() {
  usePageTitle(t`Features`);
  const { features, fault, reload } = useFeatures();
  return (
    <Stack>
      <div>
        <Title order={1} size="h2">
          <Trans>Features</Trans>
        </Title>
        <Text c="dimmed">
          <Trans>
            What a batch does with each of its pictures: a pipeline of steps, with its price and limits.
          </Trans>
        </Text>
      </div>
      {fault && <FaultAlert fault={fault} onRetry={reload} />}
      {!features && !fault && <Skeleton h={240} radius="lg" />}
      {features?.length === 0 && (
        <EmptyState
          icon={<IconPuzzleOff size={32} />}
          title={t`No features yet`}
          text={t`Operators create them by mutation.`}
        />
      )}
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        {features?.map((feature) => (
          <FeatureCard key={feature.id} feature={feature} onChanged={reload} />
        ))}
      </SimpleGrid>
    </Stack>
  );
}

interface FeatureProps {
  feature: Feature;
  /** Reads the features again. */
  onChanged: () => Promise<void>;
}

function FeatureCard({ feature, onChanged }: FeatureProps) {
  return (
    <Card withBorder radius="lg" padding="lg" component="article" aria-label={feature.name}>
      <Stack gap="sm" h="100%">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <div>
            <Title order={2} size="h4">
              {feature.name}
            </Title>
            <Code>{feature.key}</Code>
          </div>
          <Enabled feature={feature} onChanged={onChanged} />
        </Group>
        {feature.description != null && <Text size="sm">{feature.description}</Text>}
        <Group gap={6} aria-label={t`Pipeline`}>
          {feature.steps.map((step, place) => (
            <Group gap={6} key={step.name} wrap="nowrap">
              {place > 0 && <IconArrowRight size={14} aria-hidden />}
              <Tooltip
                label={<Code>{`${step.kind} ${JSON.stringify(step.parameters)}`}</Code>}
                multiline
                maw={360}
              >
                <Badge variant="light" tt="none" tabIndex={0}>
                  {humanise(step.name)}
                </Badge>
              </Tooltip>
            </Group>
          ))}
        </Group>
        <Text size="sm" c="dimmed" mt="auto">
          {limits(feature)}
        </Text>
      </Stack>
    </Card>
  );
}

function limits(feature: Feature): string {
  const parts = [
    t`${count(feature.quotaCost)} quota a picture`,
    plural(feature.maxItems, { one: 'at most # picture a batch', other: 'at most # pictures a batch' }),
    t`${count(feature.concurrency)} at once`,
  ];
  if (feature.rateLimit)
    parts.push(t`${count(feature.rateLimit.max)} batches in ${inSeconds(feature.rateLimit.perSeconds)}`);
  if (feature.allowedRoles.length > 0 && !feature.allowedRoles.includes('USER')) {
    parts.push(t`for ${rolesLabel(feature.allowedRoles)}`);
  }
  if (feature.plan != null) parts.push(t`plan ${feature.plan}`);
  return parts.join(' · ');
}

function Enabled({ feature, onChanged }: FeatureProps) {
  const { may } = useViewer();
  const [, setEnabled] = useMutation(SetFeatureEnabledDocument);
  const [wanted, setWanted] = useState<boolean | null>(null);
  if (!may('OPERATOR')) {
    return (
      <Badge color={feature.isEnabled ? 'teal' : 'gray'} variant="light" tt="none">
        {feature.isEnabled ? t`Enabled` : t`Disabled`}
      </Badge>
    );
  }
  return (
    <Switch
      label={t`Enabled`}
      labelPosition="left"
      checked={wanted ?? feature.isEnabled}
      disabled={wanted !== null}
      onChange={async (event) => {
        const isEnabled = event.currentTarget.checked;
        setWanted(isEnabled);
        const { error } = await setEnabled({ input: { id: feature.id, isEnabled } });
        if (error) notifyFault(faultOfResult(error));
        else notifyDone(feature.name, isEnabled ? t`Enabled.` : t`Disabled: no new batches.`);
        await onChanged();
        setWanted(null);
      }}
    />
  );
}
