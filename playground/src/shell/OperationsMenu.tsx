import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Menu, UnstyledButton } from '@mantine/core';
import { IconAlertTriangle, IconChevronDown, IconRobot, IconWebhook } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'react-router';
import type { Role } from '../gql/graphql';
import { say } from '../language/format';
import { useViewer } from '../session/viewer';

interface Operation {
  to: string;
  label: MessageDescriptor;
  icon: ReactNode;
  /** Who may see it. */
  role: Role;
}

const OPERATIONS: readonly Operation[] = [
  { to: '/incidents', label: msg`Incidents`, icon: <IconAlertTriangle size={16} />, role: 'OPERATOR' },
  { to: '/jobs', label: msg`Jobs`, icon: <IconRobot size={16} />, role: 'OPERATOR' },
  { to: '/webhooks', label: msg`Webhooks`, icon: <IconWebhook size={16} />, role: 'ADMIN' },
];

/** The pages for whoever runs this, as far as one may see them. */
export function useOperations(): readonly Operation[] {
  const { may } = useViewer();
  return OPERATIONS.filter(({ role }) => may(role));
}

/** Leads to these pages. */
export function OperationsMenu({ operations }: { operations: readonly Operation[] }) {
  const { pathname } = useLocation();
  const isHere = (to: string) => pathname === to || pathname.startsWith(`${to}/`);
  return (
    <Menu position="bottom-start" shadow="md" withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <UnstyledButton
          className="nav-link"
          aria-current={operations.some(({ to }) => isHere(to)) ? 'page' : undefined}
          data-testid="operations"
        >
          <Trans>Operations</Trans> <IconChevronDown size={14} style={{ verticalAlign: 'middle' }} />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {operations.map(({ to, label, icon }) => (
          <Menu.Item
            key={to}
            component={Link}
            to={to}
            leftSection={icon}
            aria-current={isHere(to) ? 'page' : undefined}
          >
            {say(label)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
