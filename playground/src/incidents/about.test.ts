import { describe, expect, it } from 'vitest';
import { isAbout, isAboutStart, jobOf, namesOf, startIncidentsOf, startOf } from './about';

const incident = {
  instanceId: 'i1',
  nodeId: 'pack',
  code: 'NO_BOX',
  message: 'there is no box left',
  instance: {
    id: 'i1',
    businessKey: 'O-7',
    definition: { id: 'd', name: 'Orders', nodes: [{ id: 'pack', name: 'Pack it' }] },
  },
};

const job = (changes: object) => ({
  instanceId: 'i1',
  nodeId: 'pack',
  status: 'FAILED' as const,
  errorCode: 'NO_BOX',
  errorMessage: 'there is no box left',
  ...changes,
});

describe('what an incident is about', () => {
  it('is the job that has failed at its node', () => {
    const jobs = [job({ instanceId: 'i2' }), job({ nodeId: 'send' }), job({ status: 'WAITING' }), job({})];
    expect(jobOf(incident, jobs)).toBe(jobs[3]);
    expect(jobOf(incident, jobs.slice(0, 3))).toBeNull();
  });

  it('is, of several jobs at a node, that which has failed so', () => {
    const jobs = [job({ errorCode: 'LEASE_EXPIRED', errorMessage: null }), job({})];
    expect(jobOf(incident, jobs)).toBe(jobs[1]);
    expect(jobOf({ ...incident, code: 'OTHER' }, jobs)).toBe(jobs[0]);
  });

  it('is called as its process calls it, where one may see that', () => {
    expect(namesOf(incident)).toEqual({ name: 'Orders O-7', node: 'Pack it' });
    expect(namesOf({ instance: null, nodeId: 'pack' })).toEqual({ name: null, node: 'pack' });
  });

  it.each([
    ['orders o-7', true],
    ['box PACK', true],
    ['no_box', true],
    ['parcels', true],
    ['orders o-8', false],
  ])('is found by “%s”: %s', (text, found) => {
    expect(isAbout(text, incident, { topic: 'parcels' })).toBe(found);
  });
});

const start = {
  nodeId: 'nightly',
  code: 'NO_FLOW',
  message: 'no condition of its flows holds',
  definition: {
    id: 'd2',
    key: 'stock-taking',
    name: 'Stocks',
    version: 2,
    nodes: [{ id: 'nightly', name: 'Every night' }],
  },
};

describe('what could not begin', () => {
  it('is called as its start event is', () => {
    expect(startOf(start)).toBe('Every night');
    expect(startOf({ ...start, nodeId: 'gone' })).toBe('gone');
  });

  it.each([
    ['stocks', true],
    ['taking EVERY night', true],
    ['nightly no_flow', true],
    ['condition holds', true],
    ['stocks parcels', false],
  ])('is found by “%s”: %s', (text, found) => {
    expect(isAboutStart(text, start)).toBe(found);
  });

  it('is told by its own version, and all of the process by the newest', () => {
    const before = { ...start, definition: { ...start.definition, id: 'd1', version: 1 } };
    const other = { ...start, definition: { ...start.definition, id: 'e1', key: 'other' } };
    const incidents = [before, start, other];
    const key = 'stock-taking';
    expect(startIncidentsOf({ id: 'd3', key }, true, incidents)).toEqual([before, start]);
    expect(startIncidentsOf({ id: 'd1', key }, false, incidents)).toEqual([before]);
  });
});
