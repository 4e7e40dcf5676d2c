import { describe, expect, it } from 'vitest';
import { jobFilter, type JobView, readJobView, writeJobView } from './jobView';

describe('the view of the jobs', () => {
  it.each<JobView>([
    { status: null, topic: null, page: { after: undefined, before: undefined, last: false } },
    { status: 'FAILED', topic: 'pack & send', page: { after: 'c', before: undefined, last: false } },
    { status: 'RUNNING', topic: null, page: { after: undefined, before: undefined, last: true } },
  ])('is in the address: %o', (view) => {
    expect(readJobView(writeJobView(view))).toEqual(view);
  });

  it('leaves out what is not known', () => {
    expect(readJobView(new URLSearchParams('status=LOST&topic=%20'))).toMatchObject({
      status: null,
      topic: null,
    });
  });

  it('asks for what has not ended, unless a status is named', () => {
    const view = readJobView(new URLSearchParams());
    expect(jobFilter(view)).toEqual({});
    expect(jobFilter({ ...view, status: 'SUCCESS', topic: 'pack' })).toEqual({
      statuses: ['SUCCESS'],
      topics: ['pack'],
    });
  });
});
