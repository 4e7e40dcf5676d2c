import { describe, expect, it } from 'vitest';
import type { Handlers } from '../progress/progressSocket';
import { InboxFeed, type InboxMessage, type InboxNews } from './inboxFeed';

/** A feed whose socket, frames and timers are moved by hand. */
function setUp() {
  const subscriptions: Handlers<InboxMessage>[] = [];
  let stopped = 0;
  const frames: (() => void)[] = [];
  const timers: (() => void)[] = [];
  const feed = new InboxFeed({
    watch: (handlers) => {
      subscriptions.push(handlers);
      return () => stopped++;
    },
    nextFrame: (run) => {
      frames.push(run);
      return () => undefined;
    },
    later: (run) => {
      timers.push(run);
      return () => timers.splice(timers.indexOf(run), 1);
    },
  });
  const news: InboxNews[] = [];
  const stop = feed.listen((one) => news.push(one));
  const told = (): InboxNews[] => {
    for (const run of frames.splice(0)) run();
    return news.splice(0);
  };
  const last = () => {
    const handlers = subscriptions.at(-1);
    if (!handlers) throw new Error('nobody subscribed');
    return handlers;
  };
  return { feed, subscriptions, timers, told, last, stop, stopped: () => stopped };
}

const first = (cursor: string): InboxMessage => ({ cursor, kind: null, task: null });
const changed = (cursor: string, id: string): InboxMessage => ({
  cursor,
  kind: 'TODO',
  task: { id, status: 'RUNNING', instance: { id: 'i' } },
});

describe('the feed of the inbox', () => {
  it('says at the first message that all may have changed', () => {
    const { told, last } = setUp();
    last().onMessage(first('1'));
    expect(told()).toEqual([{ all: true }]);
  });

  it('tells a burst at once', () => {
    const { told, last } = setUp();
    last().onMessage(changed('1', 'a'));
    last().onMessage(changed('2', 'b'));
    expect(told()).toEqual([
      {
        all: false,
        tasks: [
          { kind: 'TODO', taskId: 'a', instanceId: 'i' },
          { kind: 'TODO', taskId: 'b', instanceId: 'i' },
        ],
      },
    ]);
  });

  it('goes on from the last cursor', () => {
    const { last } = setUp();
    expect(last().cursor()).toBeNull();
    last().onMessage(first('1'));
    last().onMessage(changed('2', 'a'));
    expect(last().cursor()).toBe('2');
  });

  it('subscribes again after a fault, from where it was', () => {
    const { last, timers, subscriptions } = setUp();
    last().onMessage(first('1'));
    last().onFault({ code: 'INTERNAL', message: 'no' });
    timers.splice(0).forEach((run) => run());
    expect(subscriptions).toHaveLength(2);
    expect(last().cursor()).toBe('1');
  });

  it('begins anew where its cursor is not known any more', () => {
    const { last, timers } = setUp();
    last().onMessage(first('1'));
    last().onFault({ code: 'BAD_INPUT', message: 'no' });
    timers.splice(0).forEach((run) => run());
    expect(last().cursor()).toBeNull();
  });

  it('shares one subscription, and ends it with the last listener', () => {
    const { feed, subscriptions, stop, stopped } = setUp();
    const other = feed.listen(() => undefined);
    expect(subscriptions).toHaveLength(1);
    stop();
    expect(stopped()).toBe(0);
    other();
    expect(stopped()).toBe(1);
  });
});
