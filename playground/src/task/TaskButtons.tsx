import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Button, Group, Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import type { TaskAction } from '../gql/graphql';
import { say } from '../language/format';
import { TASK_STATUS } from '../ui/status';
import { ACTIONS, type TaskDetails } from './actions';

/** Those that have a button of their own; the others are in the menu. */
const SHOWN: readonly TaskAction[] = ['APPROVE', 'REJECT', 'CLAIM', 'SAVE_DRAFT'];
/** Those that need nothing said. */
const IMMEDIATE: readonly TaskAction[] = ['CLAIM', 'UNCLAIM', 'SAVE_DRAFT'];

interface TaskButtonsProps {
  task: TaskDetails;
  /** What is being done. */
  acting: TaskAction | null;
  onAct: (action: TaskAction) => void;
  /** Something has to be asked before it is done. */
  onAsk: (action: TaskAction) => void;
}

/** Everything that one may do with a task; approving submits the form around. */
export function TaskButtons({ task, acting, onAct, onAsk }: TaskButtonsProps) {
  const may = (action: TaskAction) => task.availableActions.includes(action);
  const others = task.availableActions.filter((action) => !SHOWN.includes(action));
  const shared = (action: TaskAction) => ({
    loading: acting === action,
    disabled: acting !== null,
  });
  if (task.availableActions.length === 0) return null;
  return (
    <Group gap="xs" className="form-footer" data-testid="actions">
      {may('APPROVE') && (
        <Button type="submit" color={TASK_STATUS.APPROVE.solid} {...shared('APPROVE')}>
          {task.resubmission ? t`Send again` : t`Approve`}
        </Button>
      )}
      {may('REJECT') && (
        <Button color="red" variant="light" onClick={() => onAct('REJECT')} {...shared('REJECT')}>
          <Trans>Reject</Trans>
        </Button>
      )}
      {may('CLAIM') && (
        <Button variant="light" onClick={() => onAct('CLAIM')} {...shared('CLAIM')}>
          <Trans>Claim</Trans>
        </Button>
      )}
      {may('SAVE_DRAFT') && (
        <Button variant="default" onClick={() => onAct('SAVE_DRAFT')} {...shared('SAVE_DRAFT')}>
          <Trans>Save draft</Trans>
        </Button>
      )}
      {others.length > 0 && (
        <Menu position="top-end" width={220}>
          <Menu.Target>
            <Button variant="default" leftSection={<IconDots size={16} />} disabled={acting !== null}>
              <Trans>More</Trans>
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {others.map((action) => (
              <Menu.Item
                key={action}
                onClick={() => (IMMEDIATE.includes(action) ? onAct(action) : onAsk(action))}
              >
                {say(ACTIONS[action].label)}
                {!IMMEDIATE.includes(action) && '…'}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </Group>
  );
}
