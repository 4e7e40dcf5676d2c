import { describe, expect, it } from 'vitest';
import { fileNameOf } from './fileDownload';

describe('the name of a download', () => {
  it.each([
    ['attachment; filename="tasks.xlsx"', 'tasks.xlsx'],
    ['attachment; filename=tasks.xlsx', 'tasks.xlsx'],
    ['attachment; filename="a \\"b\\".xlsx"', 'a "b".xlsx'],
    [`attachment; filename="tasks.xlsx"; filename*=UTF-8''%E4%BB%BB%E5%8A%A1.xlsx`, '任务.xlsx'],
    [`attachment; filename*=UTF-8''%E4; filename="tasks.xlsx"`, 'tasks.xlsx'],
    ['attachment; filename="../../etc/tasks.xlsx"', 'tasks.xlsx'],
    ['attachment', null],
    ['attachment; filename=""', null],
    [null, null],
  ])('of %s is %s', (disposition, name) => {
    expect(fileNameOf(disposition)).toBe(name);
  });
});
