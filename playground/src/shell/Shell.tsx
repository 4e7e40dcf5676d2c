import {
  ActionIcon,
  Anchor,
  AppShell,
  Badge,
  Burger,
  Container,
  Drawer,
  Group,
  Image,
  Stack,
  Text,
  Tooltip,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCoins, IconMoon, IconSun } from '@tabler/icons-react';
import { Link, NavLink, Outlet } from 'react-router';
import { useInbox } from '../inbox/inboxContext';
import { useViewer } from '../session/viewer';
import { UserMenu } from './UserMenu';

const PAGES = [
  { to: '/', label: 'Batches' },
  { to: '/inbox', label: 'Inbox' },
  { to: '/processes', label: 'Processes' },
  { to: '/features', label: 'Features' },
  { to: '/quota', label: 'Quota' },
];

function Links({ onFollow }: { onFollow?: () => void }) {
  return (
    <>
      {PAGES.map(({ to, label }) => (
        <NavLink key={to} to={to} end className="nav-link" onClick={onFollow}>
          {label}
          {to === '/inbox' && <TodoCount />}
        </NavLink>
      ))}
      <a href="/graphiql" className="nav-link">
        GraphiQL
      </a>
    </>
  );
}

/** How much there is to do. */
function TodoCount() {
  const { todo } = useInbox();
  if (todo === null || todo === 0) return null;
  return (
    <Badge
      size="sm"
      variant="filled"
      ml={6}
      px={6}
      className="numeric"
      data-testid="todo"
      aria-label={`${todo} to do`}
    >
      {todo > 999 ? '999+' : todo}
    </Badge>
  );
}

function ColorSchemeToggle() {
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme('light') === 'dark';
  const label = dark ? 'Use light colours' : 'Use dark colours';
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant="default"
        size="lg"
        aria-label={label}
        onClick={() => setColorScheme(dark ? 'light' : 'dark')}
      >
        {dark ? <IconSun size={18} /> : <IconMoon size={18} />}
      </ActionIcon>
    </Tooltip>
  );
}

function QuotaPill() {
  const { viewer } = useViewer();
  if (!viewer) return null;
  const { balance } = viewer.quota;
  return (
    <Tooltip label="Your quota. Every picture of a batch costs what its feature says; what fails is refunded.">
      <Badge
        component={Link}
        to="/quota"
        size="lg"
        variant="light"
        color={balance === 0 ? 'red' : 'indigo'}
        leftSection={<IconCoins size={14} />}
        tt="none"
        style={{ cursor: 'pointer', flexShrink: 0 }}
        data-testid="balance"
        aria-label={`Quota ${balance}`}
      >
        {balance.toLocaleString()}
      </Badge>
    </Tooltip>
  );
}

/** The frame of every page: navigation, quota, colours and the user. */
export function Shell() {
  const [open, { toggle, close }] = useDisclosure(false);
  return (
    <AppShell header={{ height: 60 }} padding={0}>
      <AppShell.Header>
        <a href="#content" className="skip-link">
          Skip to content
        </a>
        <Container size="xl" h="100%">
          <Group h="100%" justify="space-between" wrap="nowrap" gap="sm">
            <Group gap="sm" wrap="nowrap">
              <Burger opened={open} onClick={toggle} hiddenFrom="md" size="sm" aria-label="Navigation" />
              <Anchor component={Link} to="/" underline="never" c="inherit">
                <Group gap={8} wrap="nowrap">
                  <Image src="/favicon.svg" alt="" w={28} h={28} />
                  <Text fw={700} size="lg" visibleFrom="xs">
                    Docket
                  </Text>
                </Group>
              </Anchor>
              <Group component="nav" aria-label="Pages" gap={4} ml="md" visibleFrom="md" wrap="nowrap">
                <Links />
              </Group>
            </Group>
            <Group gap="xs" wrap="nowrap">
              <QuotaPill />
              <ColorSchemeToggle />
              <UserMenu />
            </Group>
          </Group>
        </Container>
      </AppShell.Header>
      <Drawer opened={open} onClose={close} title="Docket" size="xs" hiddenFrom="md">
        <Stack component="nav" gap={4}>
          <Links onFollow={close} />
        </Stack>
      </Drawer>
      <AppShell.Main id="content">
        <Container size="xl" py="lg">
          <Outlet />
        </Container>
      </AppShell.Main>
    </AppShell>
  );
}
