import { describe, expect, it } from 'vitest';
import { obstacles, rested } from './harness/obstacles';
import { stage } from './harness/spec';

const at = stage();

describe.each(['light', 'dark'] as const)('in %s colours', (colorScheme) => {
  it('every page can be read and used by everyone', async () => {
    await at.visit(async (visitor) => {
      const { page } = visitor;
      await page.goto('/');
      await page.getByTestId('balance').waitFor();
      const found: Record<string, string[]> = { empty: await obstacles(page) };

      await visitor.createFromUrls([...at.pictures.urls('good', 2), ...at.pictures.urls('missing', 1)]);
      await expect.poll(() => visitor.batchStatus()).toBe('PARTIAL_SUCCESS');
      await page.getByRole('link', { name: 'Download ZIP' }).waitFor();
      found.batch = await obstacles(page);

      for (const [name, path] of Object.entries({ list: '/', features: '/features', quota: '/quota' })) {
        await page.goto(path);
        await page.getByTestId('balance').waitFor();
        await page.locator('main :is(table, article)').first().waitFor();
        found[name] = await obstacles(page);
      }
      await visitor.openNewBatch();
      await page.locator('.sample img').first().waitFor();
      found.dialog = await rested(page);
      expect(found).toEqual({ empty: [], batch: [], list: [], features: [], quota: [], dialog: [] });
    }, colorScheme);
  });
});

describe('the pages', () => {
  it('can be reached and used by keyboard alone', async () => {
    await at.visit(async (visitor) => {
      const { page } = visitor;
      await page.goto('/');
      await page.getByTestId('balance').waitFor();
      await page.keyboard.press('Tab');
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to content');
      await page.getByRole('button', { name: 'New batch', exact: true }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('dialog', { name: 'New batch' }).waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('New batch');
    });
  });

  it('remember the colours chosen', async () => {
    await at.visit(async (visitor) => {
      const { page } = visitor;
      const scheme = () => page.locator('html').getAttribute('data-mantine-color-scheme');
      await page.goto('/');
      await page.getByRole('button', { name: 'Use dark colours' }).click();
      await expect.poll(scheme).toBe('dark');
      await page.reload();
      await page.getByRole('button', { name: 'Use light colours' }).waitFor();
      expect(await scheme()).toBe('dark');
    });
  });

  it('say so when there is nothing at an address', async () => {
    await at.visit(async (visitor) => {
      await visitor.page.goto('/nowhere');
      await visitor.page.getByText('There is no such page').waitFor();
    });
  });

  it('let an operator switch a feature off and an administrator grant quota', async () => {
    await at.visit(async (visitor) => {
      const { page } = visitor;
      await page.goto('/features');
      await page.getByTestId('balance').waitFor();
      expect(await page.getByRole('switch').count()).toBe(0);

      await visitor.become('Olivia');
      const enabled = page.getByRole('article', { name: 'Watermark' }).getByRole('switch');
      await enabled.click();
      await page.getByText('Disabled: no new batches.').waitFor();
      await enabled.click();
      await page.getByText('Enabled.', { exact: true }).waitFor();

      await visitor.become('Admin');
      await page.goto('/quota');
      await page.getByRole('combobox', { name: 'User' }).fill('bob');
      await page.getByLabel('Amount').fill('25');
      await page.getByLabel('Reason').fill('Good work');
      await page.getByRole('button', { name: 'Grant', exact: true }).click();
      await page.getByText('bob now has 125 quota.').waitFor();

      await visitor.become('Bob');
      await page.getByRole('cell', { name: 'Good work' }).waitFor();
      expect(await visitor.balance()).toBe(125);
    });
  });
});
