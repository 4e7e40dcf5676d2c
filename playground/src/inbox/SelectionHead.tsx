import { t } from '@lingui/core/macro';
import { Trans } from '@lingui/react/macro';
import { Button, Checkbox, Group, Text } from '@mantine/core';
import { IconChecks } from '@tabler/icons-react';
import { useRef } from 'react';
import { count } from '../language/format';
import type { TaskPageData } from './inboxState';
import { isSelectable, selectedCount, selectedOfPage } from './selection';
import type { Selecting } from './useSelection';

interface SelectionHeadProps {
  page: TaskPageData;
  selecting: Selecting;
  onDecide: () => void;
}

/** Chooses a whole page, says how much is chosen, and what can be done with that. It stays in sight. */
export function SelectionHead({ page, selecting, onDecide }: SelectionHeadProps) {
  const { selection, pressPage, selectEverything, clear } = selecting;
  const { nodes, totalCount: total } = page;
  const chosen = selectedCount(selection, total);
  const ofPage = selectedOfPage(selection, nodes);
  // The button that was pressed goes; the keyboard goes on beside it.
  const box = useRef<HTMLInputElement>(null);
  const decide = useRef<HTMLButtonElement>(null);
  const offersAll = chosen > 0 && chosen < total && total > nodes.length;
  return (
    <div className="task-list-head" data-chosen={chosen > 0 || undefined}>
      <Checkbox
        ref={box}
        label={t`Select all on this page`}
        checked={ofPage === 'all'}
        indeterminate={ofPage === 'some'}
        disabled={!nodes.some(isSelectable)}
        onChange={() => pressPage(ofPage !== 'all')}
      />
      {/* It is there before it says anything, or nobody is told. */}
      <Text size="sm" fw={600} role="status" className="numeric">
        {chosen > 0 &&
          (selection.everything
            ? t`All ${count(total)} that match are selected`
            : t`${count(chosen)} selected`)}
      </Text>
      {chosen > 0 && (
        <Group gap="xs" ml="auto">
          {offersAll && (
            <Button
              size="xs"
              variant="subtle"
              onClick={() => {
                selectEverything();
                decide.current?.focus();
              }}
            >
              <Trans>Select all {count(total)} that match</Trans>
            </Button>
          )}
          <Button
            size="xs"
            variant="default"
            onClick={() => {
              clear();
              box.current?.focus();
            }}
          >
            <Trans>Clear</Trans>
          </Button>
          <Button size="xs" leftSection={<IconChecks size={14} />} onClick={onDecide} ref={decide}>
            <Trans>Decide {count(chosen)}</Trans>
          </Button>
        </Group>
      )}
    </div>
  );
}
