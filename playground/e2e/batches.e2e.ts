import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { stage } from './harness/spec';

const at = stage();

beforeEach(() => at.pictures.closeGate());

describe('batches', () => {
  it('turns sample photographs into a batch and shows every item succeed, live', async () => {
    await at.visit(async (visitor) => {
      const { page } = visitor;
      await visitor.openNewBatch();
      const before = await visitor.balance();
      await page.getByRole('button', { name: /^Add all/ }).click();
      await expect.poll(() => page.locator('.chosen-picture[data-state=ready]').count()).toBe(10);
      expect(await page.getByTestId('cost').textContent()).toContain('10 × 1 = 10 quota');
      await visitor.create();
      await expect.poll(() => visitor.cards('SUCCESS')).toBe(10);
      await expect.poll(() => visitor.batchStatus()).toBe('SUCCESS');
      await expect.poll(() => visitor.balance()).toBe(before - 10);
      expect(await page.title()).toContain('success');

      const result = page.locator('.item-card[data-index="0"] img');
      await expect
        .poll(() => result.evaluate((image: HTMLImageElement) => image.naturalWidth))
        .toBeGreaterThan(100);
      await page.locator('.item-card[data-index="0"]').click();
      await page.getByRole('dialog').getByText('Result', { exact: true }).first().waitFor();
      await page.getByRole('dialog').getByRole('heading', { name: 'Steps' }).waitFor();
    });
  });

  it('shows items running before they are done, without a reload', async () => {
    await at.visit(async (visitor) => {
      const pushed: string[] = [];
      visitor.page.on('websocket', (socket) =>
        socket.on('framereceived', ({ payload }) => pushed.push(payload.toString())),
      );
      await visitor.createFromUrls(at.pictures.urls('gated', 3));
      await visitor.page.getByTestId('live').waitFor();
      await expect.poll(() => visitor.cards('RUNNING')).toBe(3);
      await visitor.page.evaluate(() => Object.assign(window, { notReloaded: true }));
      at.pictures.openGate();
      await expect.poll(() => visitor.cards('SUCCESS')).toBe(3);
      await expect.poll(() => visitor.batchStatus()).toBe('SUCCESS');
      expect(await visitor.page.evaluate(() => 'notReloaded' in window)).toBe(true);
      for (const index of [0, 1, 2]) {
        const outcome = new RegExp(`"item":\\{[^}]*"index":${index},"status":"SUCCESS"`);
        expect(pushed.some((message) => outcome.test(message))).toBe(true);
      }
    });
  });

  it('says why items failed, refunds them, and retries exactly those', async () => {
    await at.visit(async (visitor) => {
      const { page } = visitor;
      const { pictures } = at;
      await page.goto('/');
      await page.getByTestId('balance').waitFor();
      const before = await visitor.balance();
      await visitor.createFromUrls([
        ...pictures.urls('good', 2),
        ...pictures.urls('flaky', 1),
        ...pictures.urls('text', 1),
      ]);
      await expect.poll(() => visitor.batchStatus()).toBe('PARTIAL_SUCCESS');
      expect(await visitor.cards('SUCCESS')).toBe(2);
      expect(await visitor.cards('FAILED')).toBe(2);
      await page.locator('.item-card[data-index="2"]').getByText('FETCH_FAILED').waitFor();
      await page.locator('.item-card[data-index="3"]').getByText('NOT_AN_IMAGE').waitFor();
      await expect.poll(() => visitor.balance()).toBe(before - 2);
      await expect.poll(() => page.getByTestId('refunded').textContent()).toBe('2');

      await page.locator('.item-card[data-index="2"]').click();
      const failure = page.getByRole('dialog').getByTestId('item-failure');
      await failure.getByText('The picture could not be fetched').waitFor();
      await failure.getByText('The server answered 404.').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });

      // What a retry costs is the batch's own price, for exactly what failed.
      await page.getByRole('button', { name: /^Retry/ }).hover();
      await page.getByText('Runs the 2 failed items again, for 2 quota.').waitFor();

      pictures.mend();
      await page.getByRole('button', { name: 'Retry 2 failed' }).click();
      await page.locator('.item-card[data-index="2"][data-status=SUCCESS]').waitFor();
      await expect.poll(() => visitor.batchStatus()).toBe('PARTIAL_SUCCESS');
      await expect.poll(() => visitor.cards('FAILED')).toBe(1);
      await expect.poll(() => visitor.balance()).toBe(before - 3);

      await page.locator('.item-card[data-index="2"]').click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('heading', { name: 'Earlier attempts' }).waitFor();
      await dialog.getByText('FETCH_FAILED').first().waitFor();
    });
  });

  it('cancels what has not succeeded and says how much came back', async () => {
    await at.visit(async (visitor) => {
      const { page } = visitor;
      await visitor.createFromUrls(at.pictures.urls('gated', 8));
      await expect.poll(() => visitor.cards('RUNNING')).toBeGreaterThan(0);
      await page.getByRole('button', { name: 'Cancel', exact: true }).click();
      await page.getByRole('button', { name: 'Cancel the batch' }).click();
      await page.getByText('Batch cancelled').waitFor();
      at.pictures.openGate();
      await expect.poll(() => visitor.batchStatus()).toBe('CANCELLED');
      await expect.poll(() => visitor.cards('CANCELLED')).toBe(8);
      await expect.poll(() => page.getByTestId('refunded').textContent()).toBe('8');
    });
  });

  it('downloads the results as one ZIP', async () => {
    await at.visit(async (visitor) => {
      const { page } = visitor;
      await visitor.createFromUrls(at.pictures.urls('good', 2));
      await expect.poll(() => visitor.batchStatus()).toBe('SUCCESS');
      const downloading = page.waitForEvent('download');
      await page.getByRole('link', { name: 'Download ZIP' }).click();
      const download = await downloading;
      expect(download.suggestedFilename()).toMatch(/\.zip$/);
      const archive = await readFile(await download.path());
      expect(archive.subarray(0, 4).toString('latin1')).toBe('PK\u0003\u0004');
      for (const name of ['result_001.jpg', 'result_002.jpg', 'manifest.csv']) {
        expect(archive.includes(name)).toBe(true);
      }
    });
  });

  it('uploads a picture of one’s own and refuses what is none', async () => {
    await at.visit(async (visitor) => {
      const { page } = visitor;
      await visitor.openNewBatch();
      await page.getByRole('tab', { name: 'Upload' }).click();
      const samples = join(import.meta.dirname, '../public/samples');
      await page
        .getByTestId('file-input')
        .setInputFiles([join(samples, 'coffee.jpg'), join(samples, 'rocket.jpg')]);
      await expect.poll(() => page.locator('.chosen-picture[data-state=ready]').count()).toBe(2);
      // The server keeps documents too: what is no picture is told apart by what it answers.
      const text = {
        name: 'notes.txt',
        mimeType: 'text/plain',
        buffer: Buffer.from('Not a picture at all. '.repeat(20)),
      };
      await page.getByTestId('file-input').setInputFiles([text]);
      await page.locator('.chosen-picture[data-state=failed]').waitFor();
      await page.getByText('1 could not be uploaded and is left out.').waitFor();
      await page.getByRole('button', { name: 'Parameters' }).click();
      await page.getByRole('textbox', { name: 'Brightness' }).first().fill('25');
      await visitor.create();
      await expect.poll(() => visitor.batchStatus()).toBe('SUCCESS');
      await page.getByText('"brightness":25').waitFor();
    });
  });

  it('tells what is wrong with a batch of too many pictures', async () => {
    await at.visit(async (visitor) => {
      const { page } = visitor;
      await visitor.openNewBatch();
      await page.getByRole('tab', { name: 'URLs' }).click();
      await page.getByLabel('Addresses of pictures').fill(at.pictures.urls('good', 51).join('\n'));
      await page.getByRole('button', { name: 'Add 51 URLs' }).click();
      await page.getByText('At most 50 pictures a batch.').waitFor();
      await page.getByRole('button', { name: 'Create batch' }).click();
      await page.getByRole('alert').getByText('at most 50 images', { exact: false }).waitFor();
    });
  });

  it('keeps the batches of one user from another', async () => {
    await at.visit(async (visitor) => {
      const { page } = visitor;
      await visitor.createFromUrls(at.pictures.urls('good', 1));
      await expect.poll(() => visitor.batchStatus()).toBe('SUCCESS');
      await page.getByTestId('user-menu').click();
      await page.getByRole('menuitem', { name: /^Bob/ }).click();
      await page.getByText('There is no such batch').waitFor();
      await page.getByRole('link', { name: 'To the batches' }).click();
      await page.getByText('No batches yet').waitFor();
      expect(await visitor.balance()).toBe(100);
      await page.reload();
      await page.getByTestId('user-menu').getByText('Bob').waitFor();
    });
  });
});
