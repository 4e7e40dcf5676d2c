import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { drawing } from './harness/drawn';
import { rested } from './harness/obstacles';
import { deploy } from './harness/processes';
import { stage } from './harness/spec';
import type { Visitor } from './harness/visitor';

const at = stage();

const SAMPLES = join(import.meta.dirname, '../../src/workflow/bpmn/samples');

/** A reference that no other test has. */
let counted = 0;
const reference = (word: string) => `${word}-${Date.now().toString(36)}-${++counted}`;

/** The row of a list that is about this reference. */
const row = (page: Page, about: string) => page.locator('.task-item', { hasText: about });
const panel = (page: Page) => page.getByRole('dialog').getByTestId('task');

/** Starts a leave request and waits for its page. */
async function askForLeave(visitor: Visitor, about: string, days = '2'): Promise<void> {
  const { page } = visitor;
  await page.goto('/processes');
  await page.getByRole('article', { name: 'Leave request' }).getByRole('button', { name: 'Start' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reference').fill(about);
  await dialog.getByLabel('First day').fill('2026-12-01');
  await dialog.getByLabel('Last day').fill('2026-12-04');
  await dialog.getByLabel('Working days').fill(days);
  await dialog.getByLabel('Reason').fill('Rest');
  await dialog.getByRole('button', { name: 'Start', exact: true }).click();
  await page.waitForURL('**/instances/*');
  await page.getByRole('heading', { name: about }).waitFor();
}

/** Opens a task from the list. */
async function open(page: Page, about: string): Promise<void> {
  await row(page, about).getByRole('link').click();
  await panel(page).getByTestId('actions').waitFor();
}

const status = (page: Page) =>
  page.getByTestId('instance-status').locator('[data-status]').getAttribute('data-status');

describe('approvals', () => {
  it('reach the inbox of whoever decides without a reload, and their decision the starter', async () => {
    await at.meet(['Alice', 'Olivia'], async (alice, olivia) => {
      const about = reference('leave');
      const pushed: string[] = [];
      olivia.page.on('websocket', (socket) =>
        socket.on('framereceived', ({ payload }) => pushed.push(payload.toString())),
      );
      await olivia.page.goto('/inbox');
      await olivia.page.getByTestId('live').waitFor();
      await olivia.mark();

      await askForLeave(alice, about);
      await alice.mark();
      await row(olivia.page, about).waitFor();
      expect(await olivia.isMarked()).toBe(true);
      await expect.poll(() => pushed.some((message) => message.includes('"kind":"TODO"'))).toBe(true);
      await olivia.page.getByTestId('todo').first().waitFor();

      await open(olivia.page, about);
      await panel(olivia.page).getByText('Rest', { exact: true }).waitFor();
      await panel(olivia.page).getByLabel('Who stands in').fill('Bob');
      await panel(olivia.page).getByRole('button', { name: 'Approve' }).click();
      await row(olivia.page, about).waitFor({ state: 'detached' });

      await expect.poll(() => status(alice.page)).toBe('APPROVE');
      await alice.page.getByTestId('history').getByText('Olivia').first().waitFor();
      expect(await alice.isMarked()).toBe(true);
      expect(await olivia.isMarked()).toBe(true);

      await olivia.page.getByRole('tab', { name: 'Done' }).click();
      await row(olivia.page, about).waitFor();
    });
  });

  it('can be rejected with a reason, which the starter reads', async () => {
    await at.meet(['Alice', 'Olivia'], async (alice, olivia) => {
      const about = reference('leave');
      await askForLeave(alice, about);
      await alice.mark();
      await open(olivia.page, about);
      await panel(olivia.page).getByRole('button', { name: 'Reject' }).click();
      await panel(olivia.page).getByText('Say why.').waitFor();
      await olivia.page.keyboard.type('We are too few that week.');
      await panel(olivia.page).getByRole('button', { name: 'Reject' }).click();
      await row(olivia.page, about).waitFor({ state: 'detached' });
      await expect.poll(() => status(alice.page)).toBe('REJECT');
      await alice.page.getByTestId('history').getByText('We are too few that week.').waitFor();
      expect(await alice.isMarked()).toBe(true);
    });
  });

  it('can be sent back to the starter, mended and sent again', async () => {
    await at.meet(['Alice', 'Olivia'], async (alice, olivia) => {
      const about = reference('leave');
      await askForLeave(alice, about);
      await open(olivia.page, about);
      await panel(olivia.page).getByRole('button', { name: 'More' }).click();
      await olivia.page.getByRole('menuitem', { name: 'Send back' }).click();
      const dialog = olivia.page.getByRole('dialog', { name: 'Send back' });
      await dialog.getByLabel('Why').fill('Which cover?');
      await dialog.getByRole('button', { name: 'Send back' }).click();
      await row(olivia.page, about).waitFor({ state: 'detached' });

      await alice.page.goto('/inbox');
      await open(alice.page, about);
      await panel(alice.page).getByLabel('Who stands in').fill('Bob');
      await panel(alice.page).getByLabel('Reason').fill('Rest, with cover');
      await panel(alice.page).getByRole('button', { name: 'Send again' }).click();
      await row(alice.page, about).waitFor({ state: 'detached' });

      await open(olivia.page, about);
      await panel(olivia.page).getByText('Rest, with cover').waitFor();
      await panel(olivia.page).getByRole('button', { name: 'Approve' }).click();
      await row(olivia.page, about).waitFor({ state: 'detached' });
    });
  });

  it('are voted on: two of finance decide an expense claim', async () => {
    await at.meet(['Alice', 'Olivia'], async (alice, olivia) => {
      const about = reference('claim');
      await alice.page.goto('/processes');
      const process = alice.page.getByRole('article', { name: 'Expense claim' });
      await process.getByRole('button', { name: 'Start' }).click();
      await alice.page.getByRole('dialog').getByLabel('Reference').fill(about);
      await alice.page.getByRole('dialog').getByRole('button', { name: 'Start', exact: true }).click();
      await alice.page.waitForURL('**/instances/*');
      const instance = alice.page.url();

      await alice.page.goto('/inbox');
      await open(alice.page, about);
      const claim = panel(alice.page);
      await claim.getByRole('button', { name: 'Approve' }).click();
      // What is missing is said at its field, and the keyboard is there.
      await claim.getByText('This is needed.').first().waitFor();
      await expect
        .poll(() => claim.getByLabel('What for').evaluate((one) => one === document.activeElement))
        .toBe(true);
      await claim.getByLabel('What for').fill('Chairs');
      await claim.getByRole('combobox', { name: 'Category' }).click();
      await alice.page.getByRole('option', { name: 'equipment' }).click();
      await claim.getByLabel('Amount').fill('900');
      await claim.getByLabel('Spent on').fill('2026-11-02');
      await claim.getByLabel('Account to pay to').fill('DE02 1203 0000');
      await claim.getByRole('button', { name: 'Approve' }).click();
      await row(alice.page, about).waitFor({ state: 'detached' });
      await alice.page.goto(instance);
      await alice.page.getByTestId('history').waitFor();

      const approve = async (name: string) => {
        await olivia.page.goto('/inbox');
        await olivia.become(name);
        await open(olivia.page, about);
        await panel(olivia.page).getByLabel('Comment').fill(`${name} agrees`);
        // What comes next may be theirs as well.
        const decided = await olivia.page.locator('.task-item[data-open]').getAttribute('data-task');
        await panel(olivia.page).getByRole('button', { name: 'Approve' }).click();
        await olivia.page.locator(`[data-task="${decided}"]`).waitFor({ state: 'detached' });
      };
      await approve('Olivia');
      await approve('Admin');
      await alice.page.getByText('Finance approves').first().waitFor();
      await approve('Bob');
      expect(await status(alice.page)).toBe('RUNNING');
      await approve('Olivia');
      await alice.page.getByRole('region', { name: 'Tasks' }).getByText('Pay', { exact: true }).waitFor();
    });
  });

  it('tell calmly that somebody else was first', async () => {
    await at.meet(['Bob', 'Olivia'], async (bob, olivia) => {
      const about = reference('vote');
      await deploy(olivia, 'Either', EITHER);
      await olivia.page.goto('/processes');
      await olivia.page
        .getByRole('article', { name: 'Either' })
        .getByRole('button', { name: 'Start' })
        .click();
      await olivia.page.getByRole('dialog').getByLabel('Reference').fill(about);
      await olivia.page.getByRole('dialog').getByRole('button', { name: 'Start', exact: true }).click();
      await olivia.page.waitForURL('**/instances/*');
      await olivia.page.goto('/inbox');
      await open(olivia.page, about);
      await open(bob.page, about);
      // Bob hears nothing of it, so that his decision comes too late.
      await bob.page.routeWebSocket(/graphql\/ws/, () => undefined);
      await bob.page.reload();
      await panel(bob.page).getByRole('button', { name: 'Approve' }).waitFor();
      await panel(olivia.page).getByRole('button', { name: 'Approve' }).click();
      await row(olivia.page, about).waitFor({ state: 'detached' });
      await panel(bob.page).getByRole('button', { name: 'Approve' }).click();
      const conflict = panel(bob.page).getByTestId('conflict');
      await conflict.waitFor();
      await panel(bob.page).getByRole('button', { name: 'Approve' }).waitFor({ state: 'detached' });
    });
  });

  it('do not move the list under whoever is on it', async () => {
    await at.meet(['Alice', 'Olivia'], async (alice, olivia) => {
      const [first, second] = [reference('held'), reference('held')];
      await askForLeave(alice, first);
      await row(olivia.page, first).waitFor();
      await row(olivia.page, first).getByRole('link').focus();
      await askForLeave(alice, second);
      await olivia.page.getByTestId('fresh').getByText('1 new').waitFor();
      expect(await row(olivia.page, second).count()).toBe(0);
      await olivia.page.getByTestId('fresh').click();
      await row(olivia.page, second).waitFor();
    });
  });

  it('say who will decide before anything is started', async () => {
    await at.visit(async (visitor) => {
      const { page } = visitor;
      await page.goto('/processes');
      await visitor.become('Alice');
      await page
        .getByRole('article', { name: 'Leave request' })
        .getByRole('button', { name: 'Start' })
        .click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('First day').fill('2026-12-01');
      await dialog.getByLabel('Last day').fill('2026-12-09');
      await dialog.getByLabel('Working days').fill('7');
      await dialog.getByLabel('Reason').fill('Rest');
      const ahead = dialog.getByTestId('ahead');
      await ahead.getByText('Personnel decides').waitFor();
      await dialog.getByLabel('Working days').fill('1');
      await ahead.getByText('Personnel decides').waitFor({ state: 'detached' });
      await ahead.getByText('Department leader decides').waitFor();
      // The reference is needed here, which is said at its field.
      await dialog.getByRole('button', { name: 'Start', exact: true }).click();
      await dialog.getByText('This process needs a reference.').waitFor();
      expect(await dialog.getByLabel('Reference').evaluate((one) => one === document.activeElement)).toBe(
        true,
      );
    });
  });

  it('list everything that is wrong with a document', async () => {
    await at.visit(async (visitor) => {
      const { page } = visitor;
      await page.goto('/processes');
      await visitor.become('Olivia');
      await page.getByRole('link', { name: 'Deploy' }).click();
      await page.getByLabel('BPMN file').setInputFiles(join(SAMPLES, 'broken.bpmn'));
      const faults = page.getByRole('list', { name: 'Faults' }).getByRole('listitem');
      await expect.poll(() => faults.count()).toBeGreaterThan(2);
      // It has no drawing of its own; one is made for it, to show where they are.
      await expect.poll(async () => (await drawing(page)).locator('.mark-faulty').count()).toBeGreaterThan(1);
      const told = await faults.count();
      await page.getByRole('button', { name: 'Deploy' }).click();
      await page.getByRole('alert').filter({ hasText: 'cannot be deployed' }).waitFor();
      await expect.poll(() => faults.count()).toBe(told);
    });
  });
});

describe.each(['light', 'dark'] as const)('approvals in %s colours', (colorScheme) => {
  it('can be decided by keyboard, and read by everyone', async () => {
    await at.visit(async (visitor) => {
      const { page } = visitor;
      const about = reference('keys');
      const found: Record<string, string[]> = {};
      const look = async (name: string) => {
        found[name] = await rested(page);
      };
      await page.goto('/inbox');
      await visitor.become('Alice');
      await askForLeave(visitor, about);
      await page.getByTestId('history').waitFor();
      await look('instance');
      await page.goto('/processes');
      await page
        .getByRole('article', { name: 'Leave request' })
        .getByRole('button', { name: 'Start' })
        .click();
      await page.getByRole('dialog').getByLabel('Working days').waitFor();
      await look('start');
      await page.goto('/processes?tab=instances');
      await page.getByRole('table', { name: 'Instances' }).waitFor();
      await look('instances');

      await page.goto('/inbox');
      await visitor.become('Olivia');
      await row(page, about).waitFor();
      await look('inbox');
      await row(page, about).getByRole('link').focus();
      await page.keyboard.press('Enter');
      await panel(page).getByTestId('actions').waitFor();
      await look('task');
      const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '');
      const reach = async (wanted: string) => {
        for (let presses = 0; presses < 30 && (await focused()) !== wanted; presses++)
          await page.keyboard.press('Tab');
        expect(await focused()).toBe(wanted);
      };
      await reach('Approve');
      await page.keyboard.press('Enter');
      await row(page, about).waitFor({ state: 'detached' });
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      // The keyboard goes on at the next row, or at the heading where there is none.
      await expect
        .poll(() => page.evaluate(() => document.activeElement?.closest('main') !== null))
        .toBe(true);
      expect(found).toEqual({ instance: [], start: [], instances: [], inbox: [], task: [] });
    }, colorScheme);
  });
});

/** Either of two decides. */
const EITHER = `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:docket="https://docket.dev/bpmn" id="d" targetNamespace="t">
  <bpmn:process id="either" name="Either" isExecutable="true">
    <bpmn:startEvent id="begun" />
    <bpmn:userTask id="decide" name="Either decides" docket:approverStrategy="USER" docket:approvers="bob,olivia" docket:counting="ANY" />
    <bpmn:endEvent id="done" />
    <bpmn:sequenceFlow id="a" sourceRef="begun" targetRef="decide" />
    <bpmn:sequenceFlow id="b" sourceRef="decide" targetRef="done" />
  </bpmn:process>
</bpmn:definitions>`;
