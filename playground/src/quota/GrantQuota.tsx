import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import {
  Autocomplete,
  Button,
  Group,
  NumberInput,
  Paper,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { useState } from 'react';
import { useMutation } from 'urql';
import { type Fault, faultOfResult } from '../api/fault';
import { newRequestKey } from '../api/requestKey';
import { count } from '../language/format';
import { useSession } from '../session/session';
import { useViewer } from '../session/viewer';
import { FaultAlert } from '../ui/FaultAlert';
import { notifyDone } from '../ui/notify';
import { GrantQuotaDocument } from './operations';

/** Gives a user quota; for administrators. */
export function GrantQuota({ onGranted }: { onGranted: () => void }) {
  const { users } = useSession();
  const { refresh } = useViewer();
  const [{ fetching }, grant] = useMutation(GrantQuotaDocument);
  const [userId, setUserId] = useState('');
  const [amount, setAmount] = useState<number>(100);
  const [reason, setReason] = useState('');
  // One key until the grant has succeeded, so that a lost answer does not grant twice.
  const [key, setKey] = useState(newRequestKey);
  const [fault, setFault] = useState<Fault | null>(null);

  async function submit() {
    setFault(null);
    const input = { userId: userId.trim(), amount, reason: reason.trim(), idempotencyKey: key };
    const { data, error } = await grant({ input });
    if (error) setFault(faultOfResult(error));
    const quota = data?.grantQuota?.quota;
    if (!quota) return;
    notifyDone(t`Granted`, t`${input.userId} now has ${count(quota.balance)} quota.`);
    setKey(newRequestKey());
    setReason('');
    refresh();
    onGranted();
  }

  /** A changed grant is another one; under the old key it would be a conflict. */
  const changing =
    <Value,>(set: (value: Value) => void) =>
    (value: Value) => {
      set(value);
      setKey(newRequestKey());
    };

  return (
    <Paper withBorder radius="lg" p="md">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Stack gap="sm">
          <div>
            <Title order={2} size="h4">
              <Trans>Grant quota</Trans>
            </Title>
            <Text size="sm" c="dimmed">
              <Trans>
                The user is named by the <code>sub</code> of their token.
              </Trans>
            </Text>
          </div>
          <Group align="flex-end" gap="sm">
            <Autocomplete
              label={t`User`}
              data={users.map(({ id }) => id)}
              value={userId}
              onChange={changing(setUserId)}
              required
            />
            <NumberInput
              label={t`Amount`}
              min={1}
              allowDecimal={false}
              value={amount}
              onChange={changing((value: number | string) =>
                setAmount(typeof value === 'number' ? value : 0),
              )}
              w={120}
              required
            />
            <TextInput
              label={t`Reason`}
              value={reason}
              onChange={(event) => changing(setReason)(event.currentTarget.value)}
              required
              flex={1}
              miw={180}
            />
            <Button
              type="submit"
              loading={fetching}
              disabled={userId.trim() === '' || amount < 1 || reason.trim() === ''}
            >
              <Trans>Grant</Trans>
            </Button>
          </Group>
          {fault && <FaultAlert fault={fault} />}
        </Stack>
      </form>
    </Paper>
  );
}
