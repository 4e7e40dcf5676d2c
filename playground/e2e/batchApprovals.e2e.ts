import { describe, expect, it } from 'vitest';
import { rested } from './harness/obstacles';
import { deploy, processOf, reference, start } from './harness/processes';
import { filledIn, XLSX } from './harness/sheet';
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

const SAID = ORDER.replaceAll('supplies', 'said')
  .replaceAll('"Supplies"', '"Said"')
  .replace('flowable:assignee="bob"', 'flowable:assignee="bob" docket:needsComment="true"');

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

  it('rejects what is chosen in the inbox, and takes a decided sheet for what is left', async () => {
    await at.meet(['Olivia', 'Bob'], async (olivia, bob) => {
      const about = reference('sheet');
      await deploy(olivia, 'Supplies', ORDER);
      for (const number of [1, 2, 3]) await start(olivia, 'Supplies', `${about}/${number}`);
      const { page } = bob;
      const row = (number: number) => page.locator('.task-item', { hasText: `${about}/${number}` });
      const narrow = async (left: number) => {
        await page.goto('/inbox');
        await page.getByLabel('Reference', { exact: true }).fill(about);
        await page.waitForURL(`**/inbox?reference=${about}`);
        await expect.poll(() => page.locator('.task-item').count()).toBe(left);
        await row(3).waitFor();
      };

      await narrow(3);
      await page.getByRole('checkbox', { name: 'Select all on this page' }).check();
      await page.getByText('3 selected', { exact: true }).waitFor();
      await page.getByRole('button', { name: 'Clear', exact: true }).click();
      await page.getByText('3 selected', { exact: true }).waitFor({ state: 'detached' });
      for (const number of [1, 2])
        await row(number).getByRole('checkbox', { name: 'Review the order' }).check();
      await page.getByText('2 selected', { exact: true }).waitFor();
      expect(await rested(page)).toEqual([]);
      await page.getByRole('button', { name: 'Decide 2', exact: true }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText('Reject', { exact: true }).click();
      await dialog.getByLabel('Comment').fill('not this year');
      await dialog.getByRole('button', { name: 'More', exact: true }).click();
      await dialog.getByLabel('Second factor').waitFor();
      expect(await rested(page)).toEqual([]);
      await dialog.getByRole('button', { name: 'Reject 2', exact: true }).click();
      await page.waitForURL('**/batches/*');
      await page.getByRole('heading', { name: /Rejections #\d+/ }).waitFor();
      await page.getByTestId('batch-status').getByText('Success').waitFor();
      expect(await page.locator('.item-card[data-status="SUCCESS"]').count()).toBe(2);

      await narrow(1);
      await page.getByRole('button', { name: 'Spreadsheet' }).click();
      const downloading = page.waitForEvent('download');
      await page.getByRole('menuitem', { name: 'Download these tasks' }).click();
      const download = await downloading;
      expect(download.suggestedFilename()).toMatch(/\.xlsx$/);
      const decided = await filledIn(await download.path(), { decision: 'APPROVE', comment: 'by the sheet' });

      await page.getByRole('button', { name: 'Spreadsheet' }).click();
      await page.getByRole('menuitem', { name: 'Upload a decided sheet' }).click();
      await dialog.getByLabel('Decided sheet').waitFor({ state: 'attached' });
      expect(await rested(page)).toEqual([]);
      await dialog
        .getByLabel('Decided sheet')
        .setInputFiles({ name: 'decided.xlsx', mimeType: XLSX, buffer: decided });
      const preview = dialog.getByRole('table', { name: 'Rows of the sheet' });
      await preview.getByText(`${about}/3`).waitFor();
      expect(await preview.locator('tr[data-outcome="APPROVE"]').count()).toBe(1);
      await dialog.getByTestId('rows-approve').getByText('1').waitFor();
      expect(await rested(page)).toEqual([]);
      await dialog.getByRole('button', { name: 'Run 1 decision', exact: true }).click();
      await page.waitForURL('**/batches/*');
      await page.getByRole('heading', { name: /Decisions #\d+/ }).waitFor();
      await page.getByText('Row by row, from a sheet').waitFor();
      await page.getByTestId('batch-status').getByText('Success').waitFor();
      await page.locator('.item-card [data-decision="APPROVE"]').waitFor();
      expect(await rested(page)).toEqual([]);
      // Its starter sees what came of it.
      await olivia.page.reload();
      expect(await olivia.page.getByTestId('instance-status').textContent()).toContain('Approved');
    });
  });

  it('shows what failed and why, retries it, and takes its error sheet back once it is corrected', async () => {
    await at.meet(['Olivia', 'Bob'], async (olivia, bob) => {
      const about = reference('said');
      await deploy(olivia, 'Said', SAID);
      for (const number of [1, 2]) await start(olivia, 'Said', `${about}/${number}`);
      const { page } = bob;
      const dialog = page.getByRole('dialog');
      await page.goto('/inbox');
      await page.getByLabel('Reference', { exact: true }).fill(about);
      await page.getByRole('button', { name: 'Decide all 2' }).click();
      await dialog.getByRole('button', { name: 'Approve all 2' }).click();
      await page.waitForURL('**/batches/*');
      await page.getByTestId('batch-status').getByText('Failed').waitFor();
      await page.getByTestId('count-failed').click();
      expect(await page.locator('.item-card[data-status="FAILED"]').count()).toBe(2);
      await page.getByText('this decision needs a comment').first().waitFor();
      expect(await rested(page)).toEqual([]);
      // Nobody has said anything since: it fails again, for the same reason.
      await page.getByRole('button', { name: 'Retry 2 failed' }).click();
      await page.getByText('2 decisions again.').waitFor();
      await page.getByTestId('batch-status').getByText('Failed').waitFor();
      await page.getByText('this decision needs a comment').first().waitFor();

      const downloading = page.waitForEvent('download');
      await page.getByRole('link', { name: 'Error sheet' }).click();
      const corrected = await filledIn(await (await downloading).path(), { comment: 'as agreed' });
      await page.goto('/inbox');
      await page.getByRole('button', { name: 'Spreadsheet' }).click();
      await page.getByRole('menuitem', { name: 'Upload a decided sheet' }).click();
      await dialog
        .getByLabel('Decided sheet')
        .setInputFiles({ name: 'errors.xlsx', mimeType: XLSX, buffer: corrected });
      await dialog.getByRole('button', { name: 'Run 2 decisions', exact: true }).click();
      await page.waitForURL('**/batches/*');
      await page.getByTestId('batch-status').getByText('Success').waitFor();
      expect(await page.locator('.item-card[data-status="SUCCESS"]').count()).toBe(2);
    });
  });
});
