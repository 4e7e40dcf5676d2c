import { describe, expect, it } from 'vitest';
import { Docket } from './harness/docket';
import { stage } from './harness/spec';

// A lease of the killed server has to run out before its items are taken up again.
const at = stage({ DOCKET_ENGINE__LEASE_SECONDS: '3' });

describe.skipIf(Docket.isForeign)('a server that is killed', () => {
  it('is found again by the page, which catches up from its cursor', async () => {
    await at.visit(async (visitor) => {
      const { page } = visitor;
      const { docket, pictures } = at;
      const cursors: unknown[] = [];
      page.on('websocket', (socket) =>
        socket.on('framesent', ({ payload }) => {
          const message = JSON.parse(payload.toString()) as {
            type: string;
            payload?: { operationName?: string; variables?: { after?: unknown } };
          };
          if (message.payload?.operationName === 'BatchProgress')
            cursors.push(message.payload.variables?.after);
        }),
      );
      await visitor.createFromUrls([...pictures.urls('good', 2), ...pictures.urls('gated', 4)]);
      await expect.poll(() => visitor.cards('SUCCESS')).toBe(2);
      await expect.poll(() => visitor.cards('RUNNING')).toBeGreaterThan(0);
      // Something has to happen behind the first cursor, however early the page subscribed.
      await expect.poll(() => cursors.length).toBeGreaterThan(0);
      await expect.poll(() => pictures.letOneThrough()).toBe(true);
      await expect.poll(() => visitor.cards('SUCCESS')).toBe(3);
      await page.evaluate(() => Object.assign(window, { notReloaded: true }));

      await visitor.whileServerIsDown(async () => {
        await docket.kill();
        await page.getByTestId('reconnecting').waitFor();
        expect(await visitor.cards('SUCCESS')).toBe(3);
        pictures.openGate();
        await docket.restart();
        await page.getByTestId('reconnecting').waitFor({ state: 'detached' });
      });

      await expect.poll(() => visitor.cards('SUCCESS'), { timeout: 90_000 }).toBe(6);
      await expect.poll(() => visitor.batchStatus()).toBe('SUCCESS');
      expect(await page.evaluate(() => 'notReloaded' in window)).toBe(true);
      expect(cursors.length).toBeGreaterThan(1);
      expect(cursors.every((cursor) => typeof cursor === 'string')).toBe(true);
      expect(cursors.at(-1)).not.toBe(cursors[0]);
    });
  });
});
