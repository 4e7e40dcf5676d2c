import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { Docket } from './docket';
import { PictureServer } from './pictureServer';
import { launchBrowser, Visitor } from './visitor';

/** What a spec runs against: a server, pictures for it to fetch, and visitors. */
export interface Stage {
  readonly docket: Docket;
  readonly pictures: PictureServer;
  /** Lets someone visit, runs the test, and checks their console at the end. */
  visit: (test: (visitor: Visitor) => Promise<void>, colorScheme?: 'light' | 'dark') => Promise<void>;
}

/** Sets the stage before the tests of a file and clears it after them. */
export function stage(settings: Record<string, string> = {}): Stage {
  let started: { docket: Docket; pictures: PictureServer; browser: Browser } | null = null;
  const get = () => {
    if (!started) throw new Error('The stage is not set.');
    return started;
  };

  beforeAll(async () => {
    const pictures = await PictureServer.start();
    const docket = await Docket.start({ ...settings, DOCKET_FETCH__ALLOW: pictures.host });
    started = { pictures, docket, browser: await launchBrowser() };
  });

  afterAll(async () => {
    await started?.browser.close();
    await started?.docket.stop();
    await started?.pictures.stop();
  });

  return {
    get docket() {
      return get().docket;
    },
    get pictures() {
      return get().pictures;
    },
    visit: async (test, colorScheme) => {
      const visitor = await Visitor.arrive({
        browser: get().browser,
        url: get().docket.url,
        ...(colorScheme && { colorScheme }),
      });
      try {
        await test(visitor);
      } catch (error) {
        await visitor.photograph(expect.getState().currentTestName ?? 'unnamed');
        await visitor.abandon();
        throw error;
      }
      await visitor.leave();
    },
  };
}
