import { Checkbox } from '@mantine/core';
import { isSelectable, type Press, type Selectable } from './selection';

/** Whether a task is chosen, and how to choose it. */
export interface Choice {
  selected: boolean;
  press: (press: Press) => void;
}

interface TaskChoiceProps {
  task: Selectable;
  choice: Choice;
  /** The ids of the elements that name the task. */
  names: string;
}

/** Whether shift was held, by whichever means a box was pressed. */
function withShift(event: Event): boolean {
  return 'shiftKey' in event && event.shiftKey === true;
}

/** Chooses a task, and with shift all from the one that was pressed last. */
export function TaskChoice({ task, choice, names }: TaskChoiceProps) {
  return (
    <div className="task-item-choice">
      <Checkbox
        aria-labelledby={names}
        checked={choice.selected}
        disabled={!isSelectable(task)}
        onChange={({ currentTarget, nativeEvent }) =>
          choice.press({ id: task.id, checked: currentTarget.checked, range: withShift(nativeEvent) })
        }
        onMouseDown={(event) => {
          // Else the text in between is marked, too.
          if (event.shiftKey) event.preventDefault();
        }}
      />
    </div>
  );
}
