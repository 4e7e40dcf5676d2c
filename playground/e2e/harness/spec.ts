import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { Docket } from './docket';
import { PictureServer } from './pictureServer';
import { Receiver } from './receiver';
import { launchBrowser, Visitor } from './visitor';

/** What a spec runs against: a server, pictures for it to fetch, a receiver for what it tells, and visitors. */
export interface Stage {
  readonly docket: Docket;
  readonly pictures: PictureServer;
  readonly receiver: Receiver;
  /** Lets someone visit, runs the test, and checks their console at the end. */
  visit: (test: (visitor: Visitor) => Promise<void>, colorScheme?: 'light' | 'dark') => Promise<void>;
  /** Lets two people visit at the same time, each in a browser of their own. */
  meet: (
    names: readonly [string, string],
    test: (one: Visitor, other: Visitor) => Promise<void>,
  ) => Promise<void>;
}

/** Sets the stage before the tests of a file and clears it after them. */
export function stage(settings: Record<string, string> = {}): Stage {
  let started: { docket: Docket; pictures: PictureServer; receiver: Receiver; browser: Browser } | null =
    null;
  const get = () => {
    if (!started) throw new Error('The stage is not set.');
    return started;
  };

  beforeAll(async () => {
    const pictures = await PictureServer.start();
    const receiver = await Receiver.start();
    const allowed = `${pictures.host},${receiver.host}`;
    const docket = await Docket.start({ ...settings, DOCKET_FETCH__ALLOW: allowed });
    started = { pictures, receiver, docket, browser: await launchBrowser() };
  });

  afterAll(async () => {
    await started?.browser.close();
    await started?.docket.stop();
    await started?.pictures.stop();
    await started?.receiver.stop();
  });

  const among = async (
    count: number,
    test: (visitors: readonly Visitor[]) => Promise<void>,
    colorScheme?: 'light' | 'dark',
  ) => {
    const { browser, docket } = get();
    const arrive = () => Visitor.arrive({ browser, url: docket.url, ...(colorScheme && { colorScheme }) });
    const visitors = await Promise.all(Array.from({ length: count }, arrive));
    try {
      await test(visitors);
    } catch (error) {
      for (const [place, visitor] of visitors.entries()) {
        await visitor.photograph(`${expect.getState().currentTestName ?? 'unnamed'} ${place + 1}`);
        await visitor.abandon();
      }
      throw error;
    }
    for (const visitor of visitors) await visitor.leave();
  };

  return {
    get docket() {
      return get().docket;
    },
    get pictures() {
      return get().pictures;
    },
    get receiver() {
      return get().receiver;
    },
    visit: (test, colorScheme) =>
      among(1, async ([visitor]) => (visitor ? test(visitor) : undefined), colorScheme),
    meet: (names, test) =>
      among(2, async ([one, other]) => {
        if (!one || !other) return;
        for (const [visitor, name] of [
          [one, names[0]],
          [other, names[1]],
        ] as const) {
          await visitor.page.goto('/inbox');
          await visitor.become(name);
        }
        await test(one, other);
      }),
  };
}
