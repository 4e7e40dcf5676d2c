import { plural, t } from '@lingui/core/macro';
import { Paper } from '@mantine/core';
import type { RefObject } from 'react';
import { Pager } from '../ui/Pager';
import type { PageArgument } from '../ui/paging';
import type { TaskPageData } from './inboxState';
import { isSelected } from './selection';
import { SelectionHead } from './SelectionHead';
import { TaskItem } from './TaskItem';
import type { Selecting } from './useSelection';

interface TaskListProps {
  page: TaskPageData;
  /** Where the rows are. */
  list: RefObject<HTMLUListElement | null>;
  /** The address at which a task is open beside the list. */
  addressOf: (taskId: string) => string;
  /** The task that is. */
  openTask: string | null;
  /** Null: nothing can be chosen here, and how tasks stand is not what one expects of the list. */
  selecting: Selecting | null;
  onDecide: () => void;
  onPage: (page: PageArgument) => void;
}

/** A page of tasks. */
export function TaskList({ page, list, addressOf, openTask, selecting, onDecide, onPage }: TaskListProps) {
  return (
    <>
      <Paper withBorder radius="lg" className="task-list-frame">
        {selecting && <SelectionHead page={page} selecting={selecting} onDecide={onDecide} />}
        <ul className="task-list" ref={list} aria-label={t`Tasks`}>
          {page.nodes.map((task) => (
            <TaskItem
              key={task.id}
              task={task}
              to={addressOf(task.id)}
              isOpen={task.id === openTask}
              withStatus={selecting === null}
              choice={
                selecting && { selected: isSelected(selecting.selection, task), press: selecting.press }
              }
            />
          ))}
        </ul>
      </Paper>
      <Pager
        noun={(total) => plural(total, { one: '# task', other: '# tasks' })}
        totalCount={page.totalCount}
        shown={page.nodes.length}
        ends={page.pageInfo}
        onPage={onPage}
      />
    </>
  );
}
