import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { rested } from './harness/obstacles';
import { deploy, flow, processOf, reference, start } from './harness/processes';
import { isSignedWith } from './harness/receiver';
import { stage } from './harness/spec';
import type { Visitor } from './harness/visitor';

const at = stage();

/** It has ended as soon as it began. */
const QUICK = processOf(
  'quick',
  'Quick',
  '',
  `<bpmn:startEvent id="begun" /><bpmn:endEvent id="done" />${flow('begun', 'done')}`,
);

const state = (page: Page) => page.getByTestId('webhook-state').getAttribute('data-state');
const delivery = (page: Page, event: string) => page.locator('[data-delivery]', { hasText: event }).first();

/** Makes a webhook that is told of these events; its secret. */
async function make({ page }: Visitor, url: string, events: readonly string[]): Promise<string> {
  await page.goto('/webhooks');
  await page.getByRole('button', { name: 'New webhook' }).click();
  const dialog = page.getByRole('dialog', { name: 'New webhook' });
  await dialog.getByRole('button', { name: 'Create webhook' }).click();
  await dialog.getByText('This must be an address').waitFor();
  await dialog.getByLabel('Address').fill(url);
  await dialog.getByLabel('What it is for').fill('Books what was approved');
  for (const event of events) {
    await dialog.getByRole('combobox', { name: 'Events' }).fill(event);
    await page.getByRole('option', { name: event }).click();
  }
  await dialog.getByRole('combobox', { name: 'Events' }).press('Tab');
  await dialog.getByRole('button', { name: 'Create webhook' }).click();
  const once = page.getByRole('dialog', { name: 'Keep this secret' });
  const secret = (await once.getByTestId('secret').textContent()) ?? '';
  await once.getByRole('button', { name: 'I have kept it' }).click();
  await page.waitForURL('**/webhooks/*');
  return secret;
}

/** Chooses what is in the webhook's menu, and confirms it. */
async function act(page: Page, name: string, order: string): Promise<void> {
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name }).click();
  await page.getByRole('dialog').getByRole('button', { name: order }).click();
}

describe('a webhook', () => {
  it('is made, told, tried again, replayed, disabled by its receiver, enabled and deleted', async () => {
    await at.meet(['Alice', 'Olivia'], async (alice, admin) => {
      const { receiver } = at;
      const { page } = admin;
      await deploy(admin, 'Quick', QUICK);
      await admin.become('Admin');
      receiver.answers = 503;
      const secret = await make(admin, receiver.url, ['Instance approved']);
      await page.getByText('Nothing was told yet').waitFor();
      expect(await state(page)).toBe('enabled');
      await admin.mark();

      // Nothing arrives at first.
      await start(alice, 'Quick', reference('told'));
      const told = delivery(page, 'Instance approved');
      await told.getByText('503', { exact: true }).waitFor();
      await told
        .getByText('The receiver answered 503')
        .or(told.getByText('the receiver answered 503'))
        .waitFor();
      expect(await told.getAttribute('data-status')).toBe('PENDING');
      await told.getByRole('button', { name: 'Show the details' }).click();
      const id = receiver.received[0]?.id ?? '';
      await page.getByText(id).waitFor();
      // It is tried again by itself, once soon and then after minutes.
      await page.getByRole('table', { name: 'Attempts' }).locator('[data-attempt="2"]').waitFor();
      await told.getByText('next in').waitFor();

      // Then it does, and again when it is replayed: the same event, signed with the secret.
      receiver.answers = 204;
      await told.getByRole('button', { name: 'Send now' }).click();
      await expect.poll(() => told.getAttribute('data-status')).toBe('SUCCESS');
      const arrived = () => receiver.received.filter(({ status }) => status === 204);
      expect(arrived()).toHaveLength(1);
      await told.getByRole('button', { name: 'Replay' }).click();
      await expect.poll(() => arrived().length).toBe(2);
      await expect.poll(() => told.getAttribute('data-status')).toBe('SUCCESS');
      expect(new Set(receiver.received.map((message) => message.id))).toEqual(new Set([id]));
      for (const message of receiver.received) {
        expect(message.type).toBe('instance.approved');
        expect(isSignedWith(secret, message)).toBe(true);
      }
      await page.getByRole('button', { name: 'Replay since…' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Replay', exact: true }).click();
      await page.getByText('1 message is on its way again.').first().waitFor();
      await expect.poll(() => arrived().length).toBe(3);

      // A receiver that wants nothing any more.
      receiver.answers = 410;
      await start(alice, 'Quick', reference('gone'));
      await expect.poll(() => state(page)).toBe('given-up');
      const notice = page.getByRole('alert').filter({ hasText: 'The server has disabled it' });
      await notice.getByText('1 message is kept').waitFor();
      receiver.answers = 204;
      await notice.getByRole('button', { name: 'Enable' }).click();
      await expect.poll(() => state(page)).toBe('enabled');
      await expect.poll(() => arrived().length).toBe(4);
      await notice.waitFor({ state: 'detached' });

      await act(page, 'New secret', 'Make a new secret');
      const once = page.getByRole('dialog', { name: 'Keep this secret' });
      const second = (await once.getByTestId('secret').textContent()) ?? '';
      expect(second).not.toBe(secret);
      await once.getByRole('button', { name: 'I have kept it' }).click();
      await page.getByText('Two secrets sign').waitFor();
      await start(alice, 'Quick', reference('both'));
      await expect.poll(() => arrived().length).toBe(5);
      const last = arrived().at(-1);
      expect(last && [isSignedWith(secret, last), isSignedWith(second, last)]).toEqual([true, true]);

      await page.getByRole('button', { name: 'Edit' }).click();
      const editing = page.getByRole('dialog', { name: 'Edit the webhook' });
      await editing.getByLabel('What it is for').fill('Books it all');
      await editing.getByRole('button', { name: 'Save' }).click();
      await page.getByText('Books it all').waitFor();
      await page.getByRole('button', { name: 'Disable', exact: true }).click();
      await expect.poll(() => state(page)).toBe('disabled');
      await start(alice, 'Quick', reference('untold'));
      expect(await admin.isMarked()).toBe(true);

      await page.getByRole('link', { name: 'Webhooks' }).click();
      await page.getByRole('row', { name: receiver.url }).getByText('Disabled').waitFor();
      await page.getByRole('link', { name: receiver.url }).click();
      await act(page, 'Delete', 'Delete the webhook');
      await page.waitForURL(/\/webhooks$/);
      await page.getByText('No webhooks yet').waitFor();
      expect(arrived()).toHaveLength(5);
    });
  });
});

describe.each(['light', 'dark'] as const)('webhooks in %s colours', (colorScheme) => {
  it('can be read and used by everyone', async () => {
    await at.visit(async (admin) => {
      const { page } = admin;
      const found: Record<string, string[]> = {};
      at.receiver.answers = 500;
      await page.goto('/processes');
      await admin.become('Admin');
      await deploy(admin, 'Quick', QUICK);
      await page.goto('/webhooks');
      await page.getByRole('button', { name: 'New webhook' }).click();
      const dialog = page.getByRole('dialog', { name: 'New webhook' });
      await dialog.getByRole('combobox', { name: 'Mode' }).click();
      await page.getByRole('option', { name: 'Asked before decisions' }).click();
      await dialog.getByLabel('Address').fill('ftp://nowhere');
      await dialog.getByRole('button', { name: 'Create webhook' }).click();
      await dialog.getByText('This must be an address').waitFor();
      found.form = await rested(page);
      await dialog.getByLabel('Address').fill(`http://${at.receiver.host}/asked`);
      await dialog.getByRole('button', { name: 'Create webhook' }).click();
      await page.getByTestId('secret').waitFor();
      found.secret = await rested(page);
      await page.getByRole('button', { name: 'I have kept it' }).click();
      await page.getByText('What it was asked is not kept').waitFor();
      found.asked = await rested(page);
      await act(page, 'Delete', 'Delete the webhook');
      await page.waitForURL(/\/webhooks$/);

      await make(admin, at.receiver.url, []);
      const webhook = page.url();
      await start(admin, 'Quick', reference('seen'));
      await page.goto(webhook);
      await delivery(page, 'Instance started').getByText('500', { exact: true }).waitFor();
      await delivery(page, 'Instance started').getByRole('button', { name: 'Show the details' }).click();
      await page.getByRole('table', { name: 'Attempts' }).waitFor();
      found.webhook = await rested(page);
      await page.goto('/webhooks');
      await page.getByRole('row', { name: at.receiver.url }).first().waitFor();
      found.list = await rested(page);
      expect(found).toEqual({ form: [], secret: [], asked: [], webhook: [], list: [] });
      await page.goto(webhook);
      await act(page, 'Delete', 'Delete the webhook');
      await page.waitForURL(/\/webhooks$/);
    }, colorScheme);
  });
});
