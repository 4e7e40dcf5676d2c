import { describe, expect, it } from 'vitest';
import { rested } from './harness/obstacles';
import { deploy, processOf, reference, start } from './harness/processes';
import { stage } from './harness/spec';

const at = stage();

const ORDER = processOf(
  'supplies',
  'Supplies',
  '',
  `<bpmn:startEvent id="start"/><bpmn:userTask id="review" name="Review the order" flowable:assignee="bob"/>
   <bpmn:endEvent id="end"/><bpmn:sequenceFlow id="a" sourceRef="start" targetRef="review"/>
   <bpmn:sequenceFlow id="b" sourceRef="review" targetRef="end"/>`,
);

describe('a batch of approvals', () => {
  it('decides all that matches the inbox’s filter, and is watched to its end', async () => {
    await at.meet(['Olivia', 'Bob'], async (olivia, bob) => {
      const about = reference('supplies');
      await deploy(olivia, 'Supplies', ORDER);
      // Another one, which is left alone.
      await start(olivia, 'Supplies', reference('other'));
      for (const number of [1, 2, 3]) await start(olivia, 'Supplies', `${about}/${number}`);
      const { page } = bob;
      await page.goto('/inbox');
      await page.getByLabel('Reference', { exact: true }).fill(about);
      await page.getByRole('button', { name: 'Decide all 3' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Comment').fill('as agreed');
      expect(await rested(page)).toEqual([]);
      await dialog.getByRole('button', { name: 'Approve all 3' }).click();
      await page.waitForURL('**/batches/*');
      await page.getByRole('heading', { name: /Approvals #\d+/ }).waitFor();
      await page.getByTestId('batch-status').getByText('Success').waitFor();
      await page.getByText('as agreed').waitFor();
      expect(await page.locator('.item-card[data-status="SUCCESS"]').count()).toBe(3);
      await page.locator('.item-card').first().click();
      await page.getByRole('dialog').getByRole('link', { name: 'Review the order' }).click();
      await page.waitForURL('**/tasks/*');
      await page.goto('/inbox');
      await page.getByLabel('Reference', { exact: true }).fill(about);
      await page.getByText('No task matches the filter').waitFor();
      // Its starter sees what came of it.
      await olivia.page.reload();
      expect(await olivia.page.getByTestId('instance-status').textContent()).toContain('Approved');
    });
  });
});
