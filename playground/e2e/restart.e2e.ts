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

  it('is found again by the inbox, which goes on from its cursor', async () => {
    await at.meet(['Alice', 'Olivia'], async (alice, olivia) => {
      const { docket } = at;
      const cursors: unknown[] = [];
      olivia.page.on('websocket', (socket) =>
        socket.on('framesent', ({ payload }) => {
          const { payload: sent } = JSON.parse(payload.toString()) as {
            payload?: { operationName?: string; variables?: { after?: unknown } };
          };
          if (sent?.operationName === 'TaskInbox') cursors.push(sent.variables?.after);
        }),
      );
      await olivia.page.goto('/inbox');
      await olivia.page.getByText('Nothing to do').waitFor();
      await olivia.page.getByTestId('live').waitFor();
      await olivia.mark();
      await alice.page.goto('/processes');
      await alice.page
        .getByRole('article', { name: 'Leave request' })
        .getByRole('button', { name: 'Start' })
        .click();
      const dialog = alice.page.getByRole('dialog');
      await dialog.getByLabel('Reference').fill('after-the-restart');
      await dialog.getByLabel('First day').fill('2026-12-01');
      await dialog.getByLabel('Last day').fill('2026-12-01');
      await dialog.getByLabel('Working days').fill('1');
      await dialog.getByLabel('Reason').fill('Rest');
      await olivia.whileServerIsDown(() =>
        alice.whileServerIsDown(async () => {
          await docket.kill();
          await olivia.page.getByTestId('reconnecting').waitFor();
          await docket.restart();
          await olivia.page.getByTestId('reconnecting').waitFor({ state: 'detached' });
        }),
      );
      await dialog.getByRole('button', { name: 'Start', exact: true }).click();
      await olivia.page.locator('.task-item', { hasText: 'after-the-restart' }).waitFor();
      expect(await olivia.isMarked()).toBe(true);
      await expect.poll(() => typeof cursors.at(-1)).toBe('string');
    });
  });
});
