import { isSchema } from '../forms/schemaFields';
import type { TaskDetails } from './actions';

/** What was saved for later of a task. */
export interface TaskDraft {
  formData: Record<string, unknown>;
  comment: string;
}

/** Reads a draft; what is not as it should be in it is left out. */
export function readDraft(draft: TaskDetails['draft']): TaskDraft | null {
  if (!isSchema(draft)) return null;
  return {
    formData: isSchema(draft.formData) ? draft.formData : {},
    comment: typeof draft.comment === 'string' ? draft.comment : '',
  };
}

/**
 * Whether two answers about a task are of the same asking: the same form, to the same person. What was typed then stays,
 * however often the task is read again.
 */
export function askingOf(task: TaskDetails): string {
  const decidable = task.availableActions.includes('APPROVE');
  return JSON.stringify([task.id, decidable, task.form?.key, task.form?.schema]);
}
