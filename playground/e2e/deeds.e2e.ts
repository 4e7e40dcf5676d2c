import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { obstacles, rested } from './harness/obstacles';
import { deploy, flow, prepare, processOf, reference, start, status } from './harness/processes';
import { stage } from './harness/spec';

const at = stage();

const row = (page: Page, about: string) => page.locator('.task-item', { hasText: about });
const panel = (page: Page) => page.getByRole('dialog').getByTestId('task');

/** Opens a task from the inbox. */
async function open(page: Page, about: string, tab?: string): Promise<void> {
  await page.goto('/inbox');
  if (tab !== undefined) await page.getByRole('tab', { name: tab }).click();
  await row(page, about).getByRole('link').click();
  await panel(page).getByTestId('actions').waitFor();
}

/** Chooses what is in the task's menu. */
async function choose(page: Page, action: string): Promise<void> {
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: action }).click();
}

/** Chooses a person in a picker. */
async function pick(place: ReturnType<Page['locator']>, label: string, name: string): Promise<void> {
  const input = place.getByRole('combobox', { name: label });
  await input.fill(name);
  await place.page().getByRole('option', { name }).first().click();
  // Leaving it closes its list, and nothing else.
  await input.press('Tab');
}

describe('what people do with a task', () => {
  it('is shared out: claimed and given back, delegated and back, commented with a file that others open', async () => {
    await at.meet(['Bob', 'Olivia'], async (bob, olivia) => {
      await deploy(olivia, 'Many hands', HANDS);
      const about = reference('hands');
      const instance = await start(olivia, 'Many hands', about);

      await open(bob.page, about);
      const task = panel(bob.page);
      await task.getByRole('button', { name: 'Claim' }).click();
      await task.getByText('With Bob').waitFor();
      await choose(bob.page, 'Give back');
      await row(bob.page, about).getByText('To be claimed').waitFor();
      await open(bob.page, about);
      await task.getByRole('button', { name: 'Claim' }).click();
      await task.getByText('With Bob').waitFor();

      await choose(bob.page, 'Delegate');
      const dialog = bob.page.getByRole('dialog', { name: 'Delegate' });
      await pick(dialog, 'To whom', 'Olivia');
      await dialog.getByLabel('Comment').fill('You know them better.');
      await dialog.getByRole('button', { name: 'Delegate' }).click();
      await row(bob.page, about).waitFor({ state: 'detached' });

      await open(olivia.page, about);
      await panel(olivia.page).getByText('Bob asks what you think').waitFor();
      await panel(olivia.page).getByLabel('Comment').fill('I am for it.');
      await panel(olivia.page).getByRole('button', { name: 'Approve' }).click();
      await row(olivia.page, about).waitFor({ state: 'detached' });

      await open(bob.page, about);
      await choose(bob.page, 'Comment');
      const comment = bob.page.getByRole('dialog', { name: 'Comment' });
      await comment.getByLabel('Comment').fill('The offer is attached.');
      await comment.getByLabel('Files to attach').setInputFiles({
        name: 'offer.pdf',
        mimeType: 'application/pdf',
        buffer: Buffer.from('%PDF-1.7\nthe offer'),
      });
      await comment.getByText('offer.pdf').waitFor();
      await comment.getByRole('button', { name: 'Comment', exact: true }).click();
      await comment.waitFor({ state: 'detached' });

      await olivia.page.goto(instance);
      const history = olivia.page.getByTestId('history');
      await history.getByText('delegated “Look” to Olivia').waitFor();
      await history.getByText(': for it').waitFor();
      const downloading = olivia.page.waitForEvent('download');
      await history.getByRole('link', { name: 'offer.pdf' }).click();
      const file = await downloading;
      expect(file.suggestedFilename()).toBe('offer.pdf');
      expect(readFileSync(await file.path(), 'utf8')).toContain('the offer');
    });
  });

  it('comes with what its node demands: people to choose, a comment and a signature', async () => {
    await at.meet(['Bob', 'Olivia'], async (bob, olivia) => {
      await deploy(olivia, 'Many hands', HANDS);
      const about = reference('demands');
      const instance = await start(olivia, 'Many hands', about);
      await open(bob.page, about);
      await pick(panel(bob.page), 'Who decides “Sign”', 'Olivia');
      await panel(bob.page).getByRole('button', { name: 'Approve' }).click();
      await row(bob.page, about).waitFor({ state: 'detached' });

      await open(olivia.page, about);
      const task = panel(olivia.page);
      await task.getByRole('button', { name: 'Approve' }).click();
      await task.getByText('This decision needs a comment.').waitFor();
      await task.getByText('This decision needs a signature.').waitFor();
      await olivia.page.keyboard.type('As agreed.');
      await task.getByRole('button', { name: 'Draw' }).click();
      const sheet = task.getByLabel('Sheet to sign on');
      await sheet.scrollIntoViewIfNeeded();
      const box = await sheet.boundingBox();
      if (!box) throw new Error('There is no sheet.');
      await olivia.page.mouse.move(box.x + 20, box.y + 20);
      await olivia.page.mouse.down();
      await olivia.page.mouse.move(box.x + 120, box.y + 90, { steps: 5 });
      await olivia.page.mouse.move(box.x + 200, box.y + 30, { steps: 5 });
      await olivia.page.mouse.up();
      await task.getByRole('button', { name: 'Sign with this' }).click();
      await task.getByText('signature.png').waitFor();
      expect(await obstacles(olivia.page)).toEqual([]);
      await task.getByRole('button', { name: 'Approve' }).click();
      await row(olivia.page, about).waitFor({ state: 'detached' });
      await bob.page.goto(instance);
      await expect.poll(() => status(bob.page)).toBe('APPROVE');
      const link = bob.page.getByTestId('history').getByRole('link', { name: 'signature.png' });
      const signature = await bob.page.request.get((await link.getAttribute('href')) ?? '');
      expect([signature.status(), signature.headers()['content-type']]).toEqual([200, 'image/png']);
    });
  });

  it('is kept as a draft, signed by others, shown, taken back and handed on', async () => {
    await at.meet(['Bob', 'Olivia'], async (bob, olivia) => {
      await deploy(olivia, 'Many hands', HANDS);
      const about = reference('more');
      await start(olivia, 'Many hands', about);
      const task = panel(bob.page);
      await open(bob.page, about);
      await task.getByRole('button', { name: 'Claim' }).click();
      await task.getByText('With Bob').waitFor();
      await task.getByLabel('Comment').fill('Not yet.');
      await task.getByRole('button', { name: 'Save draft' }).click();
      await bob.page.getByText('Draft saved').first().waitFor();
      await open(bob.page, about);
      expect(await task.getByLabel('Comment').inputValue()).toBe('Not yet.');

      await choose(bob.page, 'Add signers');
      const adding = bob.page.getByRole('dialog', { name: 'Add signers' });
      await pick(adding, 'Who', 'Olivia');
      await adding.getByRole('button', { name: 'Add signers' }).click();
      await adding.waitFor({ state: 'detached' });
      await expect.poll(() => task.getAttribute('data-task-status')).toBe('WAIT');
      await choose(bob.page, 'Remove signers');
      const removing = bob.page.getByRole('dialog', { name: 'Remove signers' });
      await pick(removing, 'Who', 'Olivia');
      await removing.getByRole('button', { name: 'Remove signers' }).click();
      await removing.waitFor({ state: 'detached' });
      await expect.poll(() => task.getAttribute('data-task-status')).toBe('RUNNING');

      await choose(bob.page, 'Copy to others');
      const copying = bob.page.getByRole('dialog', { name: 'Copy to others' });
      await pick(copying, 'Who', 'Olivia');
      await copying.getByRole('button', { name: 'Copy to others' }).click();
      await copying.waitFor({ state: 'detached' });
      await open(olivia.page, about, 'Copied');
      await panel(olivia.page).getByText('Bob has shown it to you.').waitFor();

      await pick(task, 'Who decides “Sign”', 'Olivia');
      await task.getByRole('button', { name: 'Approve' }).click();
      await row(bob.page, about).waitFor({ state: 'detached' });
      await open(bob.page, about, 'Done');
      await choose(bob.page, 'Withdraw my approval');
      const taking = bob.page.getByRole('dialog', { name: 'Withdraw my approval' });
      await taking.getByRole('button', { name: 'Withdraw my approval' }).click();
      await taking.waitFor({ state: 'detached' });

      await open(bob.page, about);
      await choose(bob.page, 'Transfer');
      const handing = bob.page.getByRole('dialog', { name: 'Transfer' });
      await pick(handing, 'To whom', 'Olivia');
      await handing.getByRole('button', { name: 'Transfer' }).click();
      await row(bob.page, about).waitFor({ state: 'detached' });
      await open(olivia.page, about);
      await panel(olivia.page).getByText('With Olivia').waitFor();

      // What is listed can be narrowed by its reference and by how it stands.
      await olivia.page.goto('/inbox?view=all');
      await olivia.page.getByLabel('Reference').fill(about.toUpperCase());
      await expect.poll(() => olivia.page.locator('.task-item').count()).toBeGreaterThan(1);
      await olivia.page.getByRole('combobox', { name: 'Status' }).click();
      await olivia.page.getByRole('option', { name: 'To be decided' }).click();
      await expect.poll(() => olivia.page.locator('.task-item').count()).toBe(1);
    });
  });
});

describe('what becomes of an instance', () => {
  it('is urged and cancelled by its starter, suspended and resumed by an ADMIN', async () => {
    await at.meet(['Alice', 'Olivia'], async (alice, admin) => {
      await deploy(admin, 'Many hands', HANDS);
      await admin.become('Admin');
      const about = reference('held');
      const instance = await start(alice, 'Many hands', about);
      await alice.page.getByRole('region', { name: 'Tasks' }).getByRole('link').first().click();
      await alice.page.getByTestId('actions').waitFor();
      await choose(alice.page, 'Urge');
      const urging = alice.page.getByRole('dialog', { name: 'Urge' });
      await urging.getByRole('button', { name: 'Urge' }).click();
      await alice.page.getByTestId('task').getByText('Urged').waitFor();

      await alice.page.goto(instance);
      await admin.page.goto(instance);
      const act = async (page: Page, name: string) => {
        await page.getByRole('button', { name, exact: true }).click();
        await page.getByRole('dialog').getByLabel('Why').fill('For the test.');
        await page
          .getByRole('dialog')
          .getByRole('button', { name: `${name} the instance` })
          .click();
        await page.getByRole('dialog').waitFor({ state: 'detached' });
      };
      await act(admin.page, 'Suspend');
      await alice.page.reload();
      await alice.page.getByText('Suspended', { exact: true }).waitFor();
      await act(admin.page, 'Resume');
      await alice.page.reload();
      await alice.page.getByText('Suspended', { exact: true }).waitFor({ state: 'detached' });
      await act(alice.page, 'Cancel');
      await expect.poll(() => status(admin.page)).toBe('CANCEL');
    });
  });

  it('begins with whom its starter chooses, and is not offered to those who may not start it', async () => {
    await at.meet(['Alice', 'Olivia'], async (alice, olivia) => {
      await deploy(olivia, 'By choice', CHOICE);
      const dialog = await prepare(alice, 'By choice');
      await pick(dialog, 'Who decides “Chosen decides”', 'Bob');
      await dialog.getByTestId('ahead').getByText('Bob').waitFor();
      await dialog.getByRole('button', { name: 'Start', exact: true }).click();
      await dialog.getByText('This process needs a reference.').waitFor();
      await dialog.getByLabel('Reference').fill(reference('choice'));
      await dialog.getByRole('button', { name: 'Start', exact: true }).click();
      await alice.page.waitForURL('**/instances/*');
      await alice.page.getByRole('region', { name: 'Tasks' }).getByText('With Bob').waitFor();

      await olivia.page.goto('/processes');
      const article = olivia.page.getByRole('article', { name: 'By choice' });
      await article.getByText('Others start it.').waitFor();
      expect(await article.getByRole('button', { name: 'Start' }).count()).toBe(0);
    });
  });

  it('shows the way through what it has called, and its variables over time', async () => {
    await at.meet(['Alice', 'Olivia'], async (alice, olivia) => {
      await deploy(olivia, 'Many hands', HANDS);
      await deploy(olivia, 'Caller', CALLER);
      await start(alice, 'Caller', reference('called'));
      await alice.page.getByText('Look, ').or(alice.page.getByText(', Look')).first().waitFor();
      await alice.page.getByRole('button', { name: /The way it took/ }).click();
      const way = alice.page.getByTestId('path');
      await way.getByText('Call it').waitFor();
      await way.locator('[data-node="look"]').getByRole('link', { name: 'in Many hands' }).waitFor();
      await alice.page.getByRole('button', { name: 'Variables over time' }).click();
      const values = alice.page.getByRole('table', { name: 'Variables over time' });
      await values.getByText('colour').waitFor();
      await values.getByText('"blue"').waitFor();
      expect(await rested(alice.page)).toEqual([]);
    });
  });
});

/** Bob or Olivia looks, and chooses who signs with a comment. */
const HANDS = processOf(
  'hands',
  'Many hands',
  '',
  `<bpmn:startEvent id="begun" />
   <bpmn:userTask id="look" name="Look" flowable:candidateUsers="bob,olivia" />
   <bpmn:userTask id="sign" name="Sign" docket:approverStrategy="APPROVER_CHOICE" docket:needsComment="true" docket:needsSignature="true" />
   <bpmn:endEvent id="done" />
   ${flow('begun', 'look')}${flow('look', 'sign')}${flow('sign', 'done')}`,
);

/** Alice alone starts it, and says who decides. */
const CHOICE = processOf(
  'choice',
  'By choice',
  'docket:businessType="wish" flowable:candidateStarterUsers="alice"',
  `<bpmn:startEvent id="begun" />
   <bpmn:userTask id="decide" name="Chosen decides" docket:approverStrategy="STARTER_CHOICE" />
   <bpmn:endEvent id="done" />
   ${flow('begun', 'decide')}${flow('decide', 'done')}`,
);

/** Calls the one of many hands. */
const CALLER = processOf(
  'caller',
  'Caller',
  '',
  `<bpmn:dataObject id="colour" name="colour" itemSubjectRef="xsd:string"><bpmn:extensionElements><flowable:value>blue</flowable:value></bpmn:extensionElements></bpmn:dataObject>
   <bpmn:startEvent id="begun" />
   <bpmn:callActivity id="call" name="Call it" calledElement="hands" />
   <bpmn:endEvent id="done" />
   ${flow('begun', 'call')}${flow('call', 'done')}`,
);
