import { describe, expect, it } from 'vitest';
import { stage } from './harness/spec';

const at = stage();

describe('GraphiQL', () => {
  it('runs a query and a subscription as the user of the playground', async () => {
    await at.visit(async (visitor) => {
      const { page } = visitor;
      await visitor.createFromUrls(at.pictures.urls('gated', 2));
      await expect.poll(() => visitor.cards('RUNNING')).toBe(2);

      await page.goto('/graphiql');
      const execute = page.getByRole('button', { name: /execute query/i });
      const response = page.locator('.graphiql-response');
      await page.getByText('As Alice').waitFor();
      // Before its editor is there, the button does nothing.
      await page.locator('.graphiql-query-editor .view-lines').getByText('ListFeatures').waitFor();
      await execute.click();
      await response.getByText('"basic_clean"').waitFor();
      await response.getByText('"Alice"').waitFor();

      await page.getByRole('tab', { name: 'WatchProgress' }).click();
      await page.locator('.graphiql-query-editor .view-lines').getByText('WatchProgress').waitFor();
      // GraphiQL takes a moment to notice which operation the tab has, and asks for the last one's
      // until then, which is refused: whoever sees that presses again.
      const begun = response.getByText('"PROCESSING"');
      const begins = async () => {
        await execute.click();
        return begun.waitFor({ timeout: 5_000 }).then(
          () => true,
          () => false,
        );
      };
      await expect.poll(begins, { timeout: 30_000 }).toBe(true);
      at.pictures.openGate();
      await response.getByText('"SUCCESS"').first().waitFor();
    });
  });

  it('offers operations that fit the schema', async () => {
    await at.visit(async (visitor) => {
      const { page } = visitor;
      await page.goto('/graphiql');
      const batches = ['ListFeatures', 'CreateBatch', 'WatchProgress', 'CancelBatch', 'RetryFailed'];
      const approvals = ['StartProcess', 'WatchInbox', 'ListTasks', 'ApproveTask'];
      for (const name of [...batches, ...approvals]) {
        await page.getByRole('tab', { name }).click();
      }
      await page.getByRole('button', { name: /show documentation explorer/i }).click();
      await page.getByText('Root Types').waitFor();
      expect(await page.title()).toBe('GraphiQL · Docket');
    });
  });
});
