import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { drawing, drawnProcess, markOf } from './harness/drawn';
import { rested } from './harness/obstacles';
import { choose, deploy, drop, reference, start, status } from './harness/processes';
import { stage } from './harness/spec';
import type { Visitor } from './harness/visitor';

const at = stage();

/** Two look at an order, one after the other. */
const order = (second: string, more = '') =>
  drawnProcess(
    'orders',
    'Orders',
    [
      { id: 'begun', xml: '<bpmn:startEvent id="begun" />' },
      { id: 'first', xml: '<bpmn:userTask id="first" name="Bob looks" flowable:assignee="bob" />' },
      { id: 'second', xml: `<bpmn:userTask id="second" name="Then another" ${second} />` },
      ...(more === '' ? [] : [{ id: more, xml: `<bpmn:task id="${more}" name="Noted" />` }]),
      { id: 'done', xml: '<bpmn:endEvent id="done" />' },
    ],
    more === ''
      ? [
          ['begun', 'first'],
          ['first', 'second'],
          ['second', 'done'],
        ]
      : [
          ['begun', 'first'],
          ['first', 'second'],
          ['second', more],
          [more, 'done'],
        ],
  );

const FAULTY = order('flowable:assignee="${nobody.knows()}" flowable:formKey="f"').replace(
  '<bpmn:endEvent id="done" />',
  '<bpmn:endEvent id="done"><bpmn:cancelEventDefinition id="c" /></bpmn:endEvent>',
);
const MENDED = order('flowable:assignee="olivia"');
const NEXT = order('flowable:assignee="admin"', 'noted');

/** Nobody knows where to go after a second. */
const STUCK = drawnProcess(
  'stuck',
  'Stuck',
  [
    { id: 'begun', xml: '<bpmn:startEvent id="begun" />' },
    {
      id: 'later',
      xml: '<bpmn:intermediateCatchEvent id="later" name="A second later"><bpmn:timerEventDefinition><bpmn:timeDuration>PT1S</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>',
    },
    { id: 'which', xml: '<bpmn:exclusiveGateway id="which" />' },
    { id: 'small', xml: '<bpmn:task id="small" name="Post it" />' },
    { id: 'done', xml: '<bpmn:endEvent id="done" />' },
  ],
  [
    ['begun', 'later'],
    ['later', 'which'],
    ['which', 'small', '${sum == 1}'],
    ['which', 'done', '${sum == 2}'],
    ['small', 'done'],
  ],
);

const row = (page: Page, about: string) => page.locator('.task-item', { hasText: about });

/** Has two versions of the order there, and opens the second one. */
async function deployTwice(olivia: Visitor): Promise<void> {
  await deploy(olivia, 'Orders', MENDED);
  await olivia.page.goto('/deploy');
  await choose(olivia.page, 'next.bpmn', NEXT);
  await olivia.page.getByRole('button', { name: 'Deploy' }).click();
  await olivia.page.waitForURL('**/processes/orders?version=2');
}

/** Approves in the inbox what is about something. */
async function approve(page: Page, about: string): Promise<void> {
  await page.goto('/inbox');
  await row(page, about).getByRole('link').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
  await row(page, about).waitFor({ state: 'detached' });
}

describe('a process', () => {
  it('is dropped, refused where it is wrong, mended, deployed, started, and seen to go on', async () => {
    await at.meet(['Bob', 'Olivia'], async (bob, olivia) => {
      const { page } = olivia;
      await page.goto('/processes');
      await page.getByRole('article').first().waitFor();
      await drop(page, 'orders.bpmn', FAULTY);
      await page.waitForURL('**/deploy');
      const diagram = await drawing(page);
      await diagram.getByText('Bob looks').waitFor();
      await page.getByRole('button', { name: 'Deploy' }).click();

      const faults = page.getByRole('list', { name: 'Faults' });
      await faults.getByRole('button', { name: 'done' }).waitFor();
      for (const element of ['second', 'done'])
        await expect.poll(() => markOf(diagram, element)).toBe('faulty');
      expect(await markOf(diagram, 'first')).toBeNull();
      await faults.getByRole('button', { name: 'done' }).click();
      await diagram.locator('.shown-element[data-element-id=done]').waitFor();
      // The other way round too: what is pressed in the drawing stands out in the list.
      await diagram.locator('[data-element-id=second] .djs-hit').click();
      await expect
        .poll(() => faults.locator('[data-shown]').first().getByRole('button').textContent())
        .toBe('second');
      expect(await rested(page)).toEqual([]);

      await drop(page, 'mended.bpmn', MENDED);
      await page.getByRole('heading', { name: 'mended.bpmn' }).waitFor();
      await faults.waitFor({ state: 'detached' });
      await expect.poll(() => markOf(diagram, 'done')).toBeNull();
      await page.getByRole('button', { name: 'Deploy' }).click();
      await page.waitForURL('**/processes/orders?version=1');
      await drawing(page);
      await page.getByRole('button', { name: 'Start' }).click();
      const about = reference('order');
      await page.getByRole('dialog').getByLabel('Reference').fill(about);
      await page.getByRole('dialog').getByRole('button', { name: 'Start', exact: true }).click();
      await page.waitForURL('**/instances/*');
      await olivia.mark();

      const stands = await drawing(page);
      await expect.poll(() => markOf(stands, 'first')).toBe('current');
      await stands.locator('.diagram-note', { hasText: 'Bob' }).waitFor();
      expect(await markOf(stands, 'begun')).toBe('done');
      expect(await markOf(stands, 'begun-first')).toBe('taken');
      expect(await markOf(stands, 'second')).toBeNull();

      await approve(bob.page, about);
      await expect.poll(() => markOf(stands, 'first')).toBe('done');
      await expect.poll(() => markOf(stands, 'second')).toBe('current');
      await stands.locator('.diagram-note', { hasText: 'Olivia' }).waitFor();
      expect(await olivia.isMarked()).toBe(true);
      const instance = page.url();

      await bob.page.goto(instance);
      const seen = await drawing(bob.page);
      await bob.mark();
      await approve(page, about);
      await expect.poll(() => markOf(seen, 'second')).toBe('done');
      await expect.poll(() => markOf(seen, 'done')).toBe('done');
      await expect.poll(() => status(bob.page)).toBe('APPROVE');
      expect(await bob.isMarked()).toBe(true);
    });
  });

  it('is drawn where it was rejected, and told in words beside it', async () => {
    await at.meet(['Bob', 'Olivia'], async (bob, olivia) => {
      await deploy(olivia, 'Orders', MENDED);
      const about = reference('order');
      await start(olivia, 'Orders', about);
      await bob.page.goto('/inbox');
      await row(bob.page, about).getByRole('link').click();
      const task = bob.page.getByRole('dialog').getByTestId('task');
      await task.getByLabel('Comment').fill('No.');
      await task.getByRole('button', { name: 'Reject' }).click();
      await row(bob.page, about).waitFor({ state: 'detached' });

      const { page } = olivia;
      const stands = await drawing(page);
      await expect.poll(() => markOf(stands, 'first')).toBe('rejected');
      await page.getByRole('button', { name: 'The diagram in words' }).click();
      await page.getByTestId('node-list').getByText('Bob looks: Rejected').waitFor();
    });
  });

  it('is drawn where it could not go on', async () => {
    await at.visit(async (visitor) => {
      const { page } = visitor;
      await page.goto('/deploy');
      await visitor.become('Olivia');
      await choose(page, 'stuck.bpmn', STUCK);
      await page.getByRole('button', { name: 'Deploy' }).click();
      await page.waitForURL('**/processes/stuck?version=1');
      await start(visitor, 'Stuck', reference('stuck'));
      const stands = await drawing(page);
      await expect.poll(() => markOf(stands, 'later')).toBe('failed');
      await stands.getByText('Could not go on').waitFor();
    });
  });

  it('is drawn as soon as what draws it can be loaded', async () => {
    await at.visit(async (visitor) => {
      const { page } = visitor;
      await visitor.expecting(/net::ERR_FAILED/, async () => {
        await page.route('**/assets/canvas-*.js', (route) => route.abort());
        await page.goto('/processes/leave-request');
        await page.getByText('The drawing could not be loaded').waitFor();
        await page.unroute('**/assets/canvas-*.js');
        await page.getByRole('button', { name: 'Try again' }).click();
        await drawing(page);
      });
    });
  });

  it('shows what is different between two versions', async () => {
    await at.visit(async (visitor) => {
      const { page } = visitor;
      await page.goto('/processes');
      await visitor.become('Olivia');
      await deployTwice(visitor);
      await page.getByRole('link', { name: 'Compare with the one before' }).click();
      const [before, after] = [page.locator('[data-side=from]'), page.locator('[data-side=to]')];
      for (const side of [before, after]) await drawing(side);
      await expect.poll(() => markOf(before, 'second-done')).toBe('removed');
      await expect.poll(() => markOf(after, 'noted')).toBe('added');
      for (const side of [before, after]) await expect.poll(() => markOf(side, 'second')).toBe('changed');
      expect(await before.locator('[data-element-id=noted]').count()).toBe(0);
      const told = page.getByTestId('differences');
      await told.locator('[data-node=second]').getByText('flowable:assignee').waitFor();
      expect(await told.locator('[data-node=second] del').textContent()).toBe('olivia');
      expect(await told.locator('[data-node=second] ins').textContent()).toBe('admin');
      await told.locator('[data-node=noted]').getByRole('button').click();
      await after.locator('.shown-element[data-element-id=noted]').waitFor();

      await page.goto('/processes/orders/compare?from=1&to=7');
      await page.getByText('The versions of this process go from 1 to 2.').waitFor();
      await page.goto('/processes/orders?version=1');
      await page.getByRole('link', { name: 'Compare with the newest' }).waitFor();
      expect(await page.getByRole('button', { name: 'Start' }).count()).toBe(0);
    });
  });

  it('can be looked at by keyboard', async () => {
    await at.visit(async ({ page }) => {
      await page.goto('/processes/leave-request');
      const diagram = await drawing(page);
      const viewport = diagram.locator('.viewport');
      // To a tenth, since fitting it once more may round otherwise.
      const place = async () =>
        (await viewport.getAttribute('transform'))
          ?.replaceAll(/[-\d.]+/g, (number) => Number(number).toFixed(1))
          .replaceAll('-0.0', '0.0');
      const first = await place();
      await diagram.getByRole('application').focus();
      await page.keyboard.press('ArrowRight');
      await expect.poll(place).not.toBe(first);
      await page.keyboard.press('+');
      await expect.poll(place).toContain('1.3');
      await page.keyboard.press('0');
      await expect.poll(place).toBe(first);
      await diagram.getByRole('button', { name: 'Zoom out' }).click();
      await expect.poll(place).not.toBe(first);
      await diagram.getByRole('button', { name: 'Show all' }).click();
      await expect.poll(place).toBe(first);
      // The mark of those who made the drawing possible is never covered.
      expect(
        await diagram.locator('.bjs-powered-by').evaluate((mark) => {
          const { left, top, width, height } = mark.getBoundingClientRect();
          return mark.contains(document.elementFromPoint(left + width / 2, top + height / 2));
        }),
      ).toBe(true);
    });
  });

  it('says what it is that cannot be shown', async () => {
    await at.visit(async (visitor) => {
      const { page } = visitor;
      await page.goto('/processes/nothing');
      await page.getByText('There is no such process').waitFor();
      await page.goto('/processes/leave-request?version=9');
      await page.getByText('It has no version 9.').waitFor();
      await visitor.become('Olivia');
      await page.goto('/deploy');
      await choose(page, 'letter.xml', 'Dear all');
      await page.getByText('It cannot be drawn').waitFor();
    });
  });
});

describe.each(['light', 'dark'] as const)('drawings in %s colours', (colorScheme) => {
  it('can be read and used by everyone', async () => {
    await at.visit(async (visitor) => {
      const { page } = visitor;
      const found: Record<string, string[]> = {};
      await page.goto('/deploy');
      await visitor.become('Olivia');
      found.empty = await rested(page);
      await choose(page, 'orders.bpmn', MENDED);
      await drawing(page);
      found.file = await rested(page);
      await page.goto('/processes/leave-request');
      await drawing(page);
      await page.getByRole('table', { name: 'Versions' }).waitFor();
      found.definition = await rested(page);
      await deployTwice(visitor);
      await page.goto('/processes/orders/compare?from=1&to=2');
      await page.getByTestId('differences').waitFor();
      await drawing(page.locator('[data-side=to]'));
      found.comparison = await rested(page);
      expect(found).toEqual({ empty: [], file: [], definition: [], comparison: [] });
    }, colorScheme);
  });
});
