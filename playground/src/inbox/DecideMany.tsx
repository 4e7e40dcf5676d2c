import { t } from '@lingui/core/macro';
import { Modal } from '@mantine/core';
import type { TaskFilter } from '../gql/graphql';
import { DecisionForm } from './DecisionForm';

/** What is to be decided, as it was when the dialog was opened. */
export interface Wanted {
  /** The tasks that were chosen, or all that a filter matches. */
  tasks: { taskIds: string[] } | { filter: TaskFilter };
  /** How many they are. */
  total: number;
  /** Sent again after a failure, it makes no second batch. */
  requestKey: string;
}

interface DecideManyProps {
  /** Null: nothing. */
  wanted: Wanted | null;
  onClose: () => void;
}

/** Asks what to decide of many tasks, and decides it in one batch. */
export function DecideMany({ wanted, onClose }: DecideManyProps) {
  return (
    <Modal opened={wanted !== null} onClose={onClose} title={t`Decide many at once`} size="lg">
      {wanted !== null && <DecisionForm key={wanted.requestKey} {...wanted} onClose={onClose} />}
    </Modal>
  );
}
