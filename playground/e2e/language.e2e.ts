import { describe, expect, it } from 'vitest';
import { rested } from './harness/obstacles';
import { reference } from './harness/processes';
import { stage } from './harness/spec';
import { launchBrowser, Visitor } from './harness/visitor';

const at = stage();

/** Letters of a text that no Chinese page has: English, beside names and what the server and the processes say. */
const ENGLISH = /\b(the|and|of|to|is|are|by|with|you|your|it|not|no|yet|this|what|all|any)\b/i;

describe('the language of the pages', () => {
  it('is chosen in the header, remembered, and changes what is open without losing anything', async () => {
    await at.visit(async (visitor) => {
      const { page } = visitor;
      const language = () => page.locator('html').getAttribute('lang');
      await page.goto('/processes');
      await page.getByRole('heading', { level: 1, name: 'Processes' }).waitFor();
      expect(await language()).toBe('en');
      await visitor.mark();
      await page.getByRole('button', { name: 'Language' }).click();
      await page.getByRole('menuitem', { name: '中文' }).click();
      await page.getByRole('heading', { level: 1, name: '流程' }).waitFor();
      await expect.poll(language).toBe('zh-Hans');
      await expect.poll(() => page.title()).toBe('流程 · Docket');
      expect(await visitor.isMarked()).toBe(true);

      await page.reload();
      await page.getByRole('heading', { level: 1, name: '流程' }).waitFor();
      expect(await language()).toBe('zh-Hans');
      await page.getByRole('tab', { name: '我的实例' }).waitFor();

      await page.getByRole('button', { name: '语言' }).click();
      await page.getByRole('menuitem', { name: 'English' }).click();
      await page.getByRole('heading', { level: 1, name: 'Processes' }).waitFor();
      await expect.poll(language).toBe('en');
    });
  });

  it('is Chinese for who reads it, on every page, with the terms of approvals', async () => {
    const browser = await launchBrowser();
    const visitor = await Visitor.arrive({ browser, url: at.docket.url, locale: 'zh-CN' });
    try {
      const { page } = visitor;
      const left: Record<string, string> = {};
      const read = async (name: string) => {
        // What is drawn is the process's own, and so is what its elements are called.
        const text = await page
          .locator(':is(header, main) :not(svg *, code, [translate=no])')
          .evaluateAll((elements) =>
            elements.flatMap(({ childNodes }) =>
              [...childNodes].flatMap((node) => (node instanceof Text ? [node.data] : [])),
            ),
          );
        const english = text.find((part) => ENGLISH.test(part));
        if (english !== undefined) left[name] = english;
        const unreadable = await rested(page);
        if (unreadable.length > 0) left[`${name}, to some`] = unreadable.join('\n');
      };
      await page.goto('/processes');
      await visitor.become('Alice');
      await page
        .getByRole('article', { name: 'Leave request' })
        .getByRole('button', { name: '发起' })
        .click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('业务编号').fill(reference('words'));
      await dialog.getByLabel('First day').fill('2026-12-01');
      await dialog.getByLabel('Last day').fill('2026-12-02');
      await dialog.getByLabel('Working days').fill('2');
      await dialog.getByLabel('Reason').fill('Rest');
      await dialog.getByRole('button', { name: '发起', exact: true }).click();
      await page.waitForURL('**/instances/*');
      await page.getByTestId('instance-status').getByText('审批中', { exact: true }).waitFor();
      await page.getByTestId('history').getByText('发起了流程').waitFor();
      await page.getByTestId('diagram').getByText('当前在此').waitFor();

      await page.goto('/inbox');
      await visitor.become('Olivia');
      await page.getByRole('tab', { name: /待办/ }).waitFor();
      await page.locator('.task-item').first().getByRole('link').click();
      await page.getByRole('dialog').getByRole('button', { name: '通过', exact: true }).click();
      await page.getByText('审批通过').first().waitFor();

      for (const [name, path] of Object.entries({
        batches: '/',
        inbox: '/inbox?view=all',
        definition: '/processes/expense-claim',
        instances: '/processes?tab=instances&whose=all',
        deploy: '/deploy',
        quota: '/quota',
        incidents: '/incidents',
        jobs: '/jobs?status=SUCCESS',
        foreign: '/webhooks',
        nowhere: '/nowhere',
      })) {
        await page.goto(path);
        await page.getByTestId('balance').waitFor();
        await page.locator('main :is(h1, h2)').first().waitFor();
        await read(name);
      }
      await page.goto('/webhooks');
      await visitor.become('Admin');
      await page.getByRole('button', { name: '新建 Webhook' }).click();
      await page.getByRole('dialog').getByLabel('用途').waitFor();
      await read('webhooks');
      expect(left).toEqual({});
    } catch (error) {
      await visitor.photograph('chinese');
      await visitor.abandon();
      throw error;
    } finally {
      await browser.close();
    }
  });
});
