import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Avatar, Button, Group, Menu, Text } from '@mantine/core';
import { IconCheck, IconChevronDown, IconLogout } from '@tabler/icons-react';
import { rolesLabel } from '../session/roles';
import { useSession } from '../session/session';
import { useViewer } from '../session/viewer';

/** Shows who is signed in; in development mode it switches between the users, else it signs out. */
export function UserMenu() {
  const { users, token, chooseUser, signOut } = useSession();
  const { viewer } = useViewer();
  const current = users.find((user) => user.token === token);
  const name = viewer?.name ?? current?.name ?? '…';
  return (
    <Menu position="bottom-end" width={270} shadow="md">
      <Menu.Target>
        <Button
          variant="default"
          px="xs"
          leftSection={<Avatar name={name} color="initials" size={24} aria-hidden />}
          rightSection={<IconChevronDown size={14} />}
          data-testid="user-menu"
        >
          <span className="not-on-narrow">{name}</span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {users.length > 0 ? (
          <>
            <Menu.Label>
              <Trans>Development mode: act as</Trans>
            </Menu.Label>
            {users.map((user) => (
              <Menu.Item
                key={user.id}
                leftSection={<Avatar name={user.name} color="initials" size={26} aria-hidden />}
                rightSection={
                  user.id === current?.id ? <IconCheck size={16} aria-label={t`current`} /> : null
                }
                onClick={() => chooseUser(user.id)}
              >
                <Group gap={6} wrap="nowrap">
                  <Text size="sm" truncate>
                    {user.name}
                  </Text>
                  <Text size="xs" c="dimmed">
                    {rolesLabel(user.roles)}
                  </Text>
                </Group>
              </Menu.Item>
            ))}
          </>
        ) : (
          <>
            <Menu.Label>{viewer && rolesLabel(viewer.roles)}</Menu.Label>
            <Menu.Item leftSection={<IconLogout size={16} />} onClick={signOut}>
              <Trans>Sign out</Trans>
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
