import { msg, t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
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
import { count, say } from '../language/format';
import { useViewer } from '../session/viewer';
import { LanguageMenu } from './LanguageMenu';
import { OperationsMenu, useOperations } from './OperationsMenu';
import { UserMenu } from './UserMenu';

const PAGES = [
  { to: '/', label: msg`Batches` },
  { to: '/inbox', label: msg`Inbox` },
  { to: '/processes', label: msg`Processes` },
  { to: '/features', label: msg`Features` },
  { to: '/quota', label: msg`Quota` },
];

interface LinksProps {
  /** Everything stands below each other. */
  isList?: boolean;
  onFollow?: () => void;
}

function Links({ isList = false, onFollow }: LinksProps) {
  const operations = useOperations();
  return (
    <>
      {PAGES.map(({ to, label }) => (
        <NavLink key={to} to={to} end className="nav-link" onClick={onFollow}>
          {say(label)}
          {to === '/inbox' && <TodoCount />}
        </NavLink>
      ))}
      {isList &&
        operations.map(({ to, label }) => (
          <NavLink key={to} to={to} className="nav-link" onClick={onFollow}>
            {say(label)}
          </NavLink>
        ))}
      {!isList && operations.length > 0 && <OperationsMenu operations={operations} />}
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
      aria-label={t`${count(todo)} to do`}
    >
      {todo > 999 ? '999+' : todo}
    </Badge>
  );
}

function ColorSchemeToggle() {
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme('light') === 'dark';
  const label = dark ? t`Use light colours` : t`Use dark colours`;
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
    <Tooltip
      label={t`Your quota. Every picture of a batch costs what its feature says; what fails is refunded.`}
    >
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
        aria-label={t`Quota ${count(balance)}`}
      >
        {count(balance)}
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
          <Trans>Skip to content</Trans>
        </a>
        <Container size="xl" h="100%">
          <Group h="100%" justify="space-between" wrap="nowrap" gap="sm">
            <Group gap="sm" wrap="nowrap">
              <Burger opened={open} onClick={toggle} hiddenFrom="md" size="sm" aria-label={t`Navigation`} />
              <Anchor component={Link} to="/" underline="never" c="inherit">
                <Group gap={8} wrap="nowrap">
                  <Image src="/favicon.svg" alt="" w={28} h={28} />
                  <Text fw={700} size="lg" visibleFrom="xs">
                    Docket
                  </Text>
                </Group>
              </Anchor>
              <Group component="nav" aria-label={t`Pages`} gap={4} ml="md" visibleFrom="md" wrap="nowrap">
                <Links />
              </Group>
            </Group>
            <Group gap="xs" wrap="nowrap">
              <QuotaPill />
              <LanguageMenu />
              <ColorSchemeToggle />
              <UserMenu />
            </Group>
          </Group>
        </Container>
      </AppShell.Header>
      <Drawer opened={open} onClose={close} title="Docket" size="xs" hiddenFrom="md">
        <Stack component="nav" gap={4}>
          <Links isList onFollow={close} />
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
