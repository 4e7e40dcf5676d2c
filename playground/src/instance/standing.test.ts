import { describe, expect, it } from 'vitest';
import { holders, standing, type Standing, taken, topics } from './standing';

const stay = (nodeId: string, outcome: string | null, cameBy: string | null = null, instanceId = 'i') => ({
  instanceId,
  nodeId,
  cameBy,
  outcome,
  leftAt: outcome === null ? null : '2026-03-01T12:00:00Z',
});

const instance = (changes: Partial<Standing>): Standing => ({
  id: 'i',
  path: [],
  currentNodes: [],
  incidents: [],
  ...changes,
});

describe('how the elements of an instance stand', () => {
  it.each([
    ['COMPLETED', 'done'],
    ['JOINED', 'done'],
    ['SKIPPED', 'skipped'],
    ['REJECTED', 'rejected'],
    ['RETURNED', 'stopped'],
    ['WITHDRAWN', 'stopped'],
    ['CANCELLED', 'stopped'],
    [null, 'current'],
  ])('%s is marked %s', (outcome, mark) => {
    expect(standing(instance({ path: [stay('n', outcome)] }))).toEqual(new Map([['n', mark]]));
  });

  it('is as the last stay was, and here now while any lasts', () => {
    const path = [stay('n', 'RETURNED'), stay('m', 'COMPLETED'), stay('n', 'COMPLETED')];
    expect(standing(instance({ path })).get('n')).toBe('done');
    const twice = instance({
      path: [stay('n', null), stay('n', 'COMPLETED')],
      currentNodes: [{ instanceId: 'i', nodeId: 'n' }],
    });
    expect(standing(twice).get('n')).toBe('current');
  });

  it('says where something could not be done, though a token is there', () => {
    const failed = instance({ path: [stay('n', null)], incidents: [{ nodeId: 'n' }] });
    expect(standing(failed).get('n')).toBe('failed');
  });

  it('knows where the tokens are beyond the end of the path', () => {
    expect(standing(instance({ currentNodes: [{ instanceId: 'i', nodeId: 'far' }] })).get('far')).toBe(
      'current',
    );
  });

  it('leaves what was called to the page of what was called', () => {
    const called = instance({
      path: [stay('n', 'COMPLETED', 'f', 'child')],
      currentNodes: [{ instanceId: 'child', nodeId: 'm' }],
    });
    expect(standing(called).size).toBe(0);
    expect(taken(called).size).toBe(0);
  });

  it('knows the flows that were taken, each once', () => {
    const path = [stay('a', 'COMPLETED'), stay('b', 'RETURNED', 'f'), stay('b', null, 'f')];
    expect([...taken(instance({ path }))]).toEqual(['f']);
  });
});

describe('who is to decide', () => {
  const task = (nodeId: string, status: 'RUNNING' | 'WAIT' | 'APPROVE', assignee: string | null) => ({
    nodeId,
    status,
    assignee: assignee === null ? null : { name: assignee },
    candidates: [{ name: 'HR' }],
  });

  it('is told by node, each once, and only who is asked now', () => {
    const tasks = [
      task('n', 'RUNNING', 'Bob'),
      task('n', 'RUNNING', 'Bob'),
      task('n', 'RUNNING', null),
      task('n', 'WAIT', 'Carol'),
      task('m', 'APPROVE', 'Dan'),
    ];
    expect(holders(tasks)).toEqual(new Map([['n', ['Bob', 'HR']]]));
  });
});

describe('what machines are to do', () => {
  it('is told by node, each topic once', () => {
    const jobs = [
      { nodeId: 'n', topic: 'pack' },
      { nodeId: 'n', topic: 'pack' },
      { nodeId: 'n', topic: 'send' },
      { nodeId: 'm', topic: 'pack' },
    ];
    expect(topics(jobs)).toEqual(
      new Map([
        ['n', ['pack', 'send']],
        ['m', ['pack']],
      ]),
    );
  });
});
