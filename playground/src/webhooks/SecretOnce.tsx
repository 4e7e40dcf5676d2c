import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Button, Code, CopyButton, Group, Modal, Stack, Text } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';

interface SecretOnceProps {
  /** Null: there is none to show. */
  secret: string | null;
  onClose: () => void;
}

/** Shows a secret, which nobody can read again. */
export function SecretOnce({ secret, onClose }: SecretOnceProps) {
  return (
    <Modal
      opened={secret !== null}
      onClose={onClose}
      title={t`Keep this secret`}
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
      size="lg"
      centered
    >
      {secret !== null && (
        <Stack gap="sm">
          <Text size="sm">
            <Trans>
              Messages are signed with it, so that the receiver can tell them from others. It is shown only
              now: give it to the receiver now. If it gets lost, make a new one.
            </Trans>
          </Text>
          <Group gap="xs" wrap="nowrap" align="stretch">
            <Code block flex={1} className="said" data-testid="secret">
              {secret}
            </Code>
            <CopyButton value={secret} timeout={3_000}>
              {({ copied, copy }) => (
                <Button
                  variant={copied ? 'light' : 'filled'}
                  h="auto"
                  leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
                  onClick={copy}
                  data-autofocus
                >
                  {copied ? <Trans>Copied</Trans> : <Trans>Copy</Trans>}
                </Button>
              )}
            </CopyButton>
          </Group>
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              <Trans>I have kept it</Trans>
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}
