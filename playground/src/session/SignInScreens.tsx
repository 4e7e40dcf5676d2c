import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Alert, Button, Center, Loader, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { IconKey, IconPlugConnectedX } from '@tabler/icons-react';
import { useState } from 'react';

/** Shown until the server has said how one signs in. */
export function StartScreen({ unreachable }: { unreachable: boolean }) {
  return (
    <Center mih="100vh" p="md">
      {unreachable ? (
        <Alert color="orange" icon={<IconPlugConnectedX />} title={t`The server cannot be reached`} maw={420}>
          <Trans>
            Is <code>docket serve</code> running? This page tries again by itself.
          </Trans>
        </Alert>
      ) : (
        <Loader aria-label={t`Loading`} />
      )}
    </Center>
  );
}

/** Asks for a bearer token, where the server has no development users. */
export function TokenScreen({ refused, onToken }: { refused: boolean; onToken: (token: string) => void }) {
  const [value, setValue] = useState('');
  const token = value.trim().replace(/^bearer\s+/i, '');
  return (
    <Center mih="100vh" p="md" component="main">
      <Paper withBorder shadow="sm" radius="lg" p="xl" w="100%" maw={460}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (token !== '') onToken(token);
          }}
        >
          <Stack>
            <Title order={1} size="h2">
              Docket
            </Title>
            <Text c="dimmed">
              <Trans>
                Paste a bearer token to sign in. On the server,{' '}
                <code>docket token --user you --role USER</code> prints one.
              </Trans>
            </Text>
            <PasswordInput
              label={t`Bearer token`}
              leftSection={<IconKey size={16} />}
              value={value}
              onChange={(event) => setValue(event.currentTarget.value)}
              error={refused ? t`The server did not accept this token.` : undefined}
              autoComplete="off"
              data-autofocus
            />
            <Button type="submit" disabled={token === ''}>
              <Trans>Sign in</Trans>
            </Button>
          </Stack>
        </form>
      </Paper>
    </Center>
  );
}
