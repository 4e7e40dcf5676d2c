import { Avatar, Button, Group, Menu, Text } from '@mantine/core';
import { IconCheck, IconChevronDown, IconLogout } from '@tabler/icons-react';
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
          {name}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {users.length > 0 ? (
          <>
            <Menu.Label>Development mode: act as</Menu.Label>
            {users.map((user) => (
              <Menu.Item
                key={user.id}
                leftSection={<Avatar name={user.name} color="initials" size={26} aria-hidden />}
                rightSection={user.id === current?.id ? <IconCheck size={16} aria-label="current" /> : null}
                onClick={() => chooseUser(user.id)}
              >
                <Group gap={6} wrap="nowrap">
                  <Text size="sm" truncate>
                    {user.name}
                  </Text>
                  <Text size="xs" c="dimmed">
                    {user.roles.join(', ').toLowerCase()}
                  </Text>
                </Group>
              </Menu.Item>
            ))}
          </>
        ) : (
          <>
            <Menu.Label>{viewer?.roles.join(', ').toLowerCase()}</Menu.Label>
            <Menu.Item leftSection={<IconLogout size={16} />} onClick={signOut}>
              Sign out
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
