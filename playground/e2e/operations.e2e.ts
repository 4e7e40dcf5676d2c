import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { drawing, drawnProcess, markOf } from './harness/drawn';
import { rested } from './harness/obstacles';
import { deploy, drop, reference, start, status } from './harness/processes';
import { stage } from './harness/spec';
import type { Visitor } from './harness/visitor';
import { Worker } from './harness/worker';

const at = stage();

const row = (page: Page, about: string) => page.locator('.task-item', { hasText: about });
const incident = (page: Page) => page.getByRole('alert').filter({ hasText: 'could not go on' });
const jobs = (page: Page) => page.getByRole('region', { name: 'Jobs' });

/** Two look at an order, and then a machine packs it. */
const order = (key: string, name: string, second: string) =>
  drawnProcess(
    key,
    name,
    [
      { id: 'begun', xml: '<bpmn:startEvent id="begun" />' },
      { id: 'first', xml: '<bpmn:userTask id="first" name="Bob looks" flowable:assignee="bob" />' },
      { id: 'second', xml: `<bpmn:userTask id="second" name="Olivia looks" ${second} />` },
      {
        id: 'pack',
        xml: `<bpmn:serviceTask id="pack" name="Pack it" xmlns:docket="https://docket.dev/bpmn" docket:topic="${key}" docket:retries="2" />`,
      },
      { id: 'done', xml: '<bpmn:endEvent id="done" />' },
    ],
    [
      ['begun', 'first'],
      ['first', 'second'],
      ['second', 'pack'],
      ['pack', 'done'],
    ],
  );

/** What a machine does at once. */
const machine = (key: string, name: string) =>
  drawnProcess(
    key,
    name,
    [
      { id: 'begun', xml: '<bpmn:startEvent id="begun" />' },
      {
        id: 'pack',
        xml: `<bpmn:serviceTask id="pack" name="Pack it" xmlns:docket="https://docket.dev/bpmn" docket:topic="${key}" />`,
      },
      { id: 'done', xml: '<bpmn:endEvent id="done" />' },
    ],
    [
      ['begun', 'pack'],
      ['pack', 'done'],
    ],
  );

/** Approves in the inbox what is about something. */
async function approve({ page }: Visitor, about: string): Promise<void> {
  await page.goto('/inbox');
  await row(page, about).getByRole('link').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
  await row(page, about).waitFor({ state: 'detached' });
}

/** Confirms that something is tried again. */
async function confirm(page: Page): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByText('if it fails again, there is another incident').waitFor();
  await dialog.getByRole('button', { name: 'Try again' }).click();
  await dialog.waitFor({ state: 'detached' });
}

describe('a process with work for machines', () => {
  it('is mended, deployed, decided by two, fails at its job, is tried again by an operator, and ends', async () => {
    await at.meet(['Bob', 'Olivia'], async (bob, olivia) => {
      const { page } = olivia;
      const worker = new Worker(at.docket, 'packing', 'packer-1');
      const faulty = order('packing', 'Packing', 'flowable:assignee="${nobody.knows()}"');
      const about = reference('packing');

      // What is wrong is told as soon as the file is there.
      await page.goto('/processes');
      await page.getByRole('article').first().waitFor();
      await drop(page, 'packing.bpmn', faulty);
      await page.waitForURL('**/deploy');
      const faults = page.getByRole('list', { name: 'Faults' });
      await faults.getByRole('button', { name: 'second' }).first().waitFor();
      await expect.poll(async () => markOf(await drawing(page), 'second')).toBe('faulty');
      await drop(page, 'mended.bpmn', order('packing', 'Packing', 'flowable:assignee="olivia"'));
      await page.getByRole('heading', { name: 'mended.bpmn' }).waitFor();
      await faults.waitFor({ state: 'detached' });
      await expect.poll(async () => markOf(await drawing(page), 'second')).toBeNull();
      await page.getByRole('button', { name: 'Deploy' }).click();
      await page.waitForURL('**/processes/packing?version=1');
      const instance = await start(olivia, 'Packing', about);

      // Two decide, and each sees on the drawing what the other has done.
      await olivia.mark();
      await approve(bob, about);
      await expect.poll(async () => markOf(await drawing(page), 'first')).toBe('done');
      await expect.poll(async () => markOf(await drawing(page), 'second')).toBe('current');
      expect(await olivia.isMarked()).toBe(true);
      await bob.page.goto(instance);
      const seen = await drawing(bob.page);
      await bob.mark();
      await approve(olivia, about);
      await expect.poll(() => markOf(seen, 'pack')).toBe('current');
      await seen.locator('.diagram-note', { hasText: 'packing' }).waitFor();

      // A worker has the job; which one, operators see and others do not.
      const claimed = await worker.claim();
      await jobs(bob.page).locator('[data-status=RUNNING]').first().waitFor();
      expect(await jobs(bob.page).getByTestId('worker').count()).toBe(0);
      await page.goto('/jobs');
      const job = page.getByRole('row', { name: about });
      await job.getByText('held by packer-1').waitFor();
      await olivia.mark();
      await worker.failClaimed(claimed, 'NO_BOX', 'there is no box left');
      await job.getByText('There is no box left.').waitFor();
      await job.getByText('1 attempt, may fail once more').waitFor();
      expect(await olivia.isMarked()).toBe(true);

      // It fails as often as it may.
      await page.goto('/incidents');
      await page.getByText('No open incidents').waitFor();
      await olivia.mark();
      await worker.fail('NO_BOX', 'there is still no box');
      await incident(bob.page).getByText('There is still no box.').waitFor();
      await incident(bob.page).getByText('Somebody who runs this must see to it.').waitFor();
      await expect.poll(() => markOf(seen, 'pack')).toBe('failed');
      expect(await incident(bob.page).getByRole('button', { name: 'Try again' }).count()).toBe(0);
      await incident(bob.page).getByRole('button', { name: 'Show where' }).click();
      await seen.locator('.shown-element[data-element-id=pack]').waitFor();
      const listed = page.getByRole('row', { name: about });
      await listed.getByText('There is still no box.').waitFor();
      await listed.getByText('2 attempts, none left').waitFor();
      expect(await olivia.isMarked()).toBe(true);
      await page
        .getByRole('textbox', { name: 'Process, reference, node, topic or error' })
        .fill('PACKING still');
      await page.waitForURL('**/incidents?find=*');
      await listed.waitFor();
      await page.getByRole('textbox', { name: 'Process, reference, node, topic or error' }).fill('elsewhere');
      await page.getByText('No incident matches the filter').waitFor();
      await page.getByRole('button', { name: 'Show all' }).click();

      // An operator has it tried again on the instance's page, and the next time in the list.
      await listed.getByRole('link', { name: about }).click();
      await page.waitForURL(instance);
      await incident(page).getByRole('button', { name: 'Try again' }).click();
      await page.getByRole('dialog').getByText('which then may fail 2 times').waitFor();
      await confirm(page);
      for (const place of [page, bob.page]) await incident(place).waitFor({ state: 'detached' });
      await expect.poll(() => markOf(seen, 'pack')).toBe('current');
      await worker.fail('NO_TAPE', 'there is no tape', true);
      await incident(bob.page).getByText('There is no tape.').waitFor();
      await page.goto('/incidents');
      await listed.getByRole('button', { name: 'Try again' }).click();
      await confirm(page);
      await page.getByText('No open incidents').waitFor();
      await incident(bob.page).waitFor({ state: 'detached' });

      await worker.complete();
      await expect.poll(() => status(bob.page)).toBe('APPROVE');
      await expect.poll(() => markOf(seen, 'pack')).toBe('done');
      await expect.poll(() => markOf(seen, 'done')).toBe('done');
      await jobs(bob.page).waitFor({ state: 'detached' });
      expect(await bob.isMarked()).toBe(true);
    });
  });

  it('has its jobs listed by status and topic', async () => {
    await at.visit(async (olivia) => {
      const { page } = olivia;
      await page.goto('/processes');
      await olivia.become('Olivia');
      await deploy(olivia, 'Boxing', machine('boxing', 'Boxing'));
      const about = reference('boxing');
      await start(olivia, 'Boxing', about);
      await page.goto('/jobs');
      const job = page.getByRole('row', { name: about });
      await job.getByText('waits for a worker').waitFor();
      await job.getByRole('button', { name: 'boxing' }).click();
      await page.waitForURL('**/jobs?topic=boxing');
      const topic = page.getByRole('textbox', { name: 'Topic' });
      await expect.poll(() => topic.inputValue()).toBe('boxing');
      await page.getByRole('combobox', { name: 'Status' }).click();
      await page.getByRole('option', { name: 'Done' }).click();
      await page.getByText('No job matches the filter').waitFor();
      await new Worker(at.docket, 'boxing', 'boxer').complete();
      await job.getByText('1 attempt').waitFor();
      await topic.fill('else');
      await page.getByText('No job matches the filter').waitFor();
      await page.getByRole('button', { name: 'Show all' }).click();
      await page.waitForURL(/\/jobs$/);
      await expect.poll(() => topic.inputValue()).toBe('');
    });
  });
});

describe('what is for operators', () => {
  it('is done for instances that others have started and that are not theirs to see', async () => {
    await at.meet(['Alice', 'Olivia'], async (alice, olivia) => {
      const { page } = olivia;
      await deploy(olivia, 'Wrapping', machine('wrapping', 'Wrapping'));
      const about = reference('wrapping');
      await start(alice, 'Wrapping', about);
      const worker = new Worker(at.docket, 'wrapping', 'wrapper');
      await worker.fail('NO_PAPER', 'there is no paper', true);
      await incident(alice.page).getByText('There is no paper.').waitFor();
      await page.goto('/jobs?topic=wrapping');
      await page.getByRole('table', { name: 'Jobs' }).getByText('Not yours to see').waitFor();
      await page.getByRole('link', { name: 'To its incident' }).click();
      await page.waitForURL('**/incidents?find=wrapping');
      const listed = page.getByRole('row', { name: 'There is no paper.' });
      await listed.getByText('Not yours to see').waitFor();
      await listed.getByRole('button', { name: 'Try again' }).click();
      await confirm(page);
      await page.getByText('No incident matches the filter').waitFor();
      await worker.complete();
      await expect.poll(() => status(alice.page)).toBe('APPROVE');
    });
  });

  it('is neither offered nor shown to others', async () => {
    await at.visit(async (visitor) => {
      const { page } = visitor;
      await page.goto('/jobs');
      await visitor.become('Alice');
      await page.getByText('This page needs another role').waitFor();
      expect(await page.getByTestId('operations').count()).toBe(0);
      await page.goto('/incidents');
      await page.getByText('It takes the role operator').waitFor();
      await visitor.become('Olivia');
      await page.getByTestId('operations').click();
      await page.getByRole('menuitem', { name: 'Jobs' }).waitFor();
      expect(await page.getByRole('menuitem', { name: 'Webhooks' }).count()).toBe(0);
      await page.keyboard.press('End');
      await page.keyboard.press('Enter');
      await page.waitForURL('**/jobs');
      await page.goto('/webhooks');
      await page.getByText('It takes the role admin').waitFor();
    });
  });
});

describe.each(['light', 'dark'] as const)('operations in %s colours', (colorScheme) => {
  it('can be read and used by everyone', async () => {
    await at.visit(async (olivia) => {
      const { page } = olivia;
      const found: Record<string, string[]> = {};
      const [key, name] = [`taping-${colorScheme}`, `Taping ${colorScheme}`];
      await page.goto('/processes');
      await olivia.become('Olivia');
      await deploy(olivia, name, machine(key, name));
      const about = reference('taping');
      await start(olivia, name, about);
      await new Worker(at.docket, key, 'taper').fail('NO_TAPE', 'there is no tape', true);
      await incident(page).waitFor();
      found.instance = await rested(page);
      await start(olivia, name, reference('taping'));
      await new Worker(at.docket, key, 'taper-7').claim();
      await page.goto('/jobs');
      await page.getByText('held by taper-7').first().waitFor();
      found.jobs = await rested(page);
      await page.getByTestId('operations').click();
      await page.getByRole('menuitem', { name: 'Incidents' }).waitFor();
      found.menu = await rested(page);
      await page.goto('/incidents');
      await page.getByRole('row', { name: about }).getByRole('button', { name: 'Try again' }).click();
      await page.getByRole('dialog').waitFor();
      found.incidents = await rested(page);
      expect(found).toEqual({ instance: [], jobs: [], menu: [], incidents: [] });
    }, colorScheme);
  });
});
